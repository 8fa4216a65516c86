/* Parts of an episode's text, shared by transcripts and labelling. Control characters written by
 * models and programs are shown as \xNN, so that they cannot affect the terminal. */
#pragma once
#include "base/str.h"
#include "store/transcript.h"

/* Appends the text with a margin before each line. */
void told_text(struct str *out, const char *margin, const char *text);
/* Behind four blanks; with a title above, and not at all when there is no text. */
void told_block(struct str *out, const char *text);
void told_titled(struct str *out, const char *title, const char *text);
/* Of a tool run: "pass     assert f(1) == 2", a line a test and one below with what went wrong;
 * what a program printed, what it came to. */
void told_tests(struct str *out, const struct transcript_tests *tests);
void told_outcome(struct str *out, const struct transcript_run *run);

/* Rows that are read table by table and printed in the order of time. */
struct told {
    char **text; /* [n] one per row */
    size_t n, cap, next;
};

void told_add(struct told *t, struct str *text); /* which is taken */
void told_up_to(struct told *t, size_t end, struct str *out);
void told_free(struct told *t);
