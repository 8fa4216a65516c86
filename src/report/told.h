/* What the texts of an episode are made of, whoever they are for. What models and programs wrote
 * has its control characters spelt out: it must not steer the reader's terminal. */
#pragma once
#include "base/json.h"
#include "base/str.h"

/* Every line of the text behind a margin. */
void told_text(struct str *out, const char *margin, const char *text);
/* Behind four blanks; with a title above, and not at all when there is no text. */
void told_block(struct str *out, const char *text);
void told_titled(struct str *out, const char *title, const char *text);
/* Of the detail of a tool run: "pass     assert f(1) == 2", a line a test and one below with what
 * went wrong; what a program printed, what it came to. */
void told_tests(struct str *out, const json_t *detail);
void told_outcome(struct str *out, const json_t *detail);

/* Rows that are read table by table and told in the order in which they happened. */
struct told {
    char **text; /* [n] one per row */
    size_t n, cap, next;
};

void told_add(struct told *t, struct str *text); /* which is taken */
void told_up_to(struct told *t, size_t end, struct str *out);
void told_free(struct told *t);
