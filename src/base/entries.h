/* What a directory offers by name: experiments, suites, prompt profiles, runs. The list owns its
 * names. */
#pragma once
#include <stddef.h>
#include "base/mem.h"

struct entries {
    char **of; /* [n], in the order of the alphabet */
    size_t n;
};

/* NAME for each file dir/NAME<suffix> that exists: entries_in("eval/suites", ".yaml"),
 * entries_in("runs", "/latest/run.db"). None for a directory that cannot be read, or is NULL. */
struct entries entries_in(const char *dir, const char *suffix);
/* Of data that ships with the program (file_find_data). */
struct entries entries_of_data(const char *dir, const char *suffix);
/* The one that str_nearest finds; borrowed, NULL if none is near. */
const char *entries_nearest(const struct entries *names, const char *word);
void entries_free(struct entries *names);
#define CLEANUP_ENTRIES CLEANUP(entries_free)
