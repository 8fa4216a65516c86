/* What a chain of operations does to sample inputs, and which mistakes the samples would reveal.
 * From this the generator learns whether every step of a chain matters, and picks inputs for tests.
 */
#pragma once
#include <stdbool.h>
#include "suite/gen_code.h"
#include "suite/gen_code_ops.h"

enum {
    GEN_PROBES = 24,
    GEN_PROBE_EDGES = 2, /* the first probes: the empty input and the shortest one */
    GEN_PROBE_MUTANTS = 3 * GEN_CODE_MAX_STEPS,
};

struct gen_probe {
    struct gen_value in, out;
    unsigned reveals; /* bit m: mutant m answers differently here; bits 0..steps-1 are the dropped
                         steps */
};

/* Fills probe[GEN_PROBES]; the inputs depend on `seed` only. With `thorough`, mutants with a
 * changed parameter and with two neighbours swapped join those with a step dropped. False if a
 * number left its range. */
bool gen_probe_run(const struct gen_code_step *chain, int n, uint64_t seed, bool thorough,
                   struct gen_probe *probe);
/* Every single step matters on several ordinary probes, and no answer is right on more than half of
 * them. */
bool gen_probe_sound(const struct gen_probe *probe, int n);
