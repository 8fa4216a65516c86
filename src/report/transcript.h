/* One episode as a text a person can read: calls with prompts and replies, tool runs, events, the
 * ledger, in the order in which they happened. */
#pragma once
#include <stdio.h>
#include "store/store.h"

/* Text of a model's or a program's: every line behind a margin, control characters spelt out. */
void transcript_print_text(FILE *out, const char *margin, const char *text);
int transcript_print(FILE *out, struct store *s, long long id, const struct store_episode *row,
                     struct err *err);
