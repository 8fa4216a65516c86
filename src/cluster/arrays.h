/* Job arrays: which indices, and how many arrays it takes. */
#pragma once
#include <stddef.h>
#include "base/str.h"

/* "1-3,7" of numbers that rise. */
void arrays_add_list(const unsigned *numbers, size_t n, struct str *out);

/* One of the arrays: index i of it is shard offset + i. */
struct array_cut {
    unsigned offset;
    size_t first, n; /* its shards: numbers[first .. first + n) */
    char *list;      /* of indices, as sbatch --array takes them */
};

/* Cuts shards (numbers from 1, rising) into arrays whose indices stay below max_size, Slurm's
 * MaxArraySize. at_once > 0: an array runs no more tasks than that at a time ("1-8%4"), all arrays
 * together no more than that, but at least one each. Caller frees with arrays_free. */
size_t arrays_cut(const unsigned *numbers, size_t n, unsigned max_size, unsigned at_once,
                  struct array_cut **out);
void arrays_free(struct array_cut *cuts, size_t n);
