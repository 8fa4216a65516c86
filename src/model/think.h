/* Literal <think>...</think> at the head of a reply, split off while it streams in. Behaves like
 * Ollama's own parser: whitespace around the tags is dropped, a tag after any other text is text,
 * and only the first pair counts. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct think {
    enum think_state {
        THINK_START,  /* nothing but whitespace, or a beginning of <think> */
        THINK_OPENED, /* behind <think>, skipping whitespace */
        THINK_INSIDE,
        THINK_CLOSED, /* behind </think>, skipping whitespace */
        THINK_TEXT,   /* nothing more to look for */
    } state;
    struct str held; /* bytes that may become a tag */
    size_t blanks;   /* of them, white space at the start that has been looked at */
};

void think_feed(struct think *t, const char *s, size_t n, struct str *text, struct str *reasoning);
/* What was held is what it is. */
void think_end(struct think *t, struct str *text, struct str *reasoning);
bool think_unclosed(const struct think *t);
/* Templates that put <think> into the prompt leave only the closing tag in the reply: everything
 * before it moves from text to reasoning. True if so. */
bool think_split_unopened(struct str *text, struct str *reasoning);
void think_free(struct think *t);
