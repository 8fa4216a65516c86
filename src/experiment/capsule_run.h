/* What a run was made from, into a capsule (store/capsule.h) and out of it again: its experiment,
 * its suite and its prompts. */
#pragma once
#include <stdbool.h>
#include "base/err.h"

struct experiment;
struct manifest;
struct plan;
struct prompt_set;
struct store;
struct suite;

/* Adds them to a copy of the record. They must be those that the run used (by their SHA-256), so a
 * file that has changed since is refused, naming it. suite, prompts: where they are now; NULL =
 * where the manifest says. Of a capsule without texts the suite is left out. */
int capsule_add_inputs(const struct manifest *m, const char *suite, const char *prompts,
                       struct store *copy, struct err *err);

/* With its numbers for this backend. ERR_INPUT when the record is not from a capsule. */
int capsule_experiment(struct store *s, const char *path, const char *backend,
                       struct experiment *out, struct err *err);
/* m: of the record; messages and reports name the suite and the prompts as the run did. */
int capsule_suite(struct store *s, const struct manifest *m, const char *path, struct suite *out,
                  struct err *err);
int capsule_prompts(struct store *s, const struct manifest *m, const char *path,
                    struct prompt_set **out, struct err *err);
/* Of the plan, what the record has finished. ERR_INPUT when that is nothing. */
int capsule_plan(struct store *s, const char *path, struct plan *p, struct err *err);
