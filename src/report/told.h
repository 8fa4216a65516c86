/* Parts of an episode's text, shared by transcripts and labelling. Control characters written by
 * models and programs are shown as \xNN, so that they cannot affect the terminal. */
#pragma once
#include "base/json.h"
#include "base/str.h"

/* Appends the text with a margin before each line. */
void told_text(struct str *out, const char *margin, const char *text);
/* Behind four blanks; with a title above, and not at all when there is no text. */
void told_block(struct str *out, const char *text);
void told_titled(struct str *out, const char *title, const char *text);
/* The detail of a tool run: a line per test ("pass     assert f(1) == 2"), with a line below on
 * what went wrong; output and value of a program. */
void told_tests(struct str *out, const json_t *detail);
void told_outcome(struct str *out, const json_t *detail);

/* Rows that are read table by table and printed in the order of time. */
struct told {
    char **text; /* [n] one per row */
    size_t n, cap, next;
};

void told_add(struct told *t, struct str *text); /* which is taken */
void told_up_to(struct told *t, size_t end, struct str *out);
void told_free(struct told *t);
