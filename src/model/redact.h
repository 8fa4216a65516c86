/* Removes secrets from everything that is shown or written: API keys, passwords in URLs.
 *
 * A secret is found however it is spelled: as it is, in percent-encoding (also twice), as escapes
 * of JSON, C or HTML, in quoted-printable, in base64. Texts are redacted before they are cut; since
 * others cut them too, the first PREFIX_MIN bytes of a secret are as secret as all of it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct redact {
    struct redact_secret {
        char *text;      /* owned */
        size_t n, least; /* as many bytes of it are hidden, at least */
        bool long_one;   /* long enough to be no word of a reply */
    } * secrets;         /* [n] */
    size_t n;
    bool begins[256]; /* bytes with which one of them may begin */
};

/* A copy is kept; NULL and texts too short to be a secret (under 4 bytes) are not. */
void redact_add(struct redact *r, const char *secret);
/* The user and password of a URL, as written and percent-decoded. */
void redact_add_url(struct redact *r, const char *url);
/* Every secret in text becomes "[redacted]", and so does what follows "Bearer " and "Basic ". Then
 * what is more than max bytes is cut off (0 = nothing). Caller frees. */
char *redact_text(const struct redact *r, const char *text, size_t max);
/* Replaces in place, only secrets of 16 bytes or more: of a model's reply, in which a key like
 * "none" is a word. cut: the text may end inside a secret. True when something was replaced. */
bool redact_reply(const struct redact *r, struct str *text, bool cut);
void redact_free(struct redact *r);
