/* Runs a chain of operations on sample inputs and finds which mistakes each input reveals. The
 * generator uses this to check that every step matters, and to choose inputs for tests.
 */
#pragma once
#include <stdbool.h>
#include "gen/gen_code.h"
#include "gen/gen_code_ops.h"

enum {
    GEN_PROBES = 24,
    GEN_PROBE_EDGES = 2, /* the first probes: the empty input and the shortest one */
};

struct gen_probe {
    struct gen_value in, out;
    unsigned reveals; /* bit m: mutant m answers differently here; bits 0..steps-1 are the dropped
                         steps */
};

/* Fills probe[GEN_PROBES] for a sound chain; the inputs depend on `seed` only. Besides dropped
 * steps the mutants are changed parameters and swapped neighbours. */
void gen_probe_run(const struct gen_code_step *chain, int n, uint64_t seed,
                   struct gen_probe *probe);
/* Every step matters on several ordinary probes, no answer is right on more than half of them, and
 * no number leaves its range. */
bool gen_probe_sound(const struct gen_code_step *chain, int n, uint64_t seed);
