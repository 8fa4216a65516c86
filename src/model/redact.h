/* Secrets out of everything a person or a file may see: API keys, passwords in URLs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct redact {
    char **secrets; /* [n], owned */
    size_t n;
};

/* A copy is kept; NULL and texts too short to be a secret (under 4 bytes) are not. */
void redact_add(struct redact *r, const char *secret);
/* The user and password of a URL, as written and percent-decoded. */
void redact_add_url(struct redact *r, const char *url);
/* Every secret in text becomes "[redacted]", and so does what follows "Bearer ". Caller frees. */
char *redact_text(const struct redact *r, const char *text);
/* Replaces in place, only secrets of 16 bytes or more: of a model's reply, in which a key like
 * "none" is a word. True when something was replaced. */
bool redact_reply(const struct redact *r, struct str *text);
void redact_free(struct redact *r);
