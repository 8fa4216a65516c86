/* The program in a reply: one reader for every role and arm. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

struct program_reading {
    const char *text;      /* NULL = there is none */
    const char *ambiguous; /* why another program could have been meant, one sentence; NULL = it is
                              clear */
    bool weak;             /* nothing says that it is a program: output, another language */
};

/* The program in the fences of reply_spoken's text; entry_point may be NULL. False when no fence
 * holds one. */
bool program_in_fences(const char *spoken, const char *entry_point, struct program_reading *out,
                       struct arena *arena);
/* The same for text without fences: its code, or all of it where a line of it defines the entry
 * point, although it is broken. False when it is prose: that is not run for an exception. */
bool program_in_text(const char *spoken, const char *entry_point, struct program_reading *out,
                     struct arena *arena);
/* The text without its programs in fences, for those who look for an answer in it. */
const char *program_removed(const char *spoken, struct arena *arena);
