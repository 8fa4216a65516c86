/* Coding a plan step by step: each step is written on its own, seeing only its description and the
 * names before it, and the pieces are assembled into one function. */
#pragma once
#include "control/episode.h"
#include "control/code_plan.h"

/* `warmer` as in struct ask. */
int per_step_code(struct episode *e, const struct code_plan *P, double warmer,
                  struct candidate **out);
/* The function made of `signature` ("def f(x)", or "" for def entry_point(x)) and the pieces;
 * returns the name that the last piece assigned, unless it returns by itself. Exposed for its test.
 */
const char *per_step_assemble(const char *signature, const char *entry_point,
                              const char *const *pieces, size_t n, struct arena *arena);
