/* An experiment as experiment.yaml states it: one suite, several arms, one budget for all of them.
 *
 * The experiment owns all text it points to, flags included; experiment_free ends it. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"
#include "control/arm.h"
#include "control/role.h"
#include "experiment/criteria.h"
#include "experiment/curriculum.h"
#include "model/model.h"

/* A value that may depend on the backend: `suite: F`, or `suite: {embedded: F, default: G}`. */
struct experiment_choice {
    struct {
        const char *backend, *value;
    } of[8];
    size_t n;
    int line;
};

struct experiment {
    const char *path, *name, *question;
    struct experiment_choice suite;
    struct experiment_choice prompts; /* profile; absent: "tiny" for embedded, else "chat" */
    const char *weights;              /* of the embedded model when no name is given; NULL = none */
    int samples;
    uint64_t seed;
    struct budget budget;
    struct model_sampling sampling;
    struct role_sampling
        *roles; /* [n_roles] whose sampling differs; whole, not just what differs */
    size_t n_roles;
    struct arm *arms; /* [n_arms] */
    size_t n_arms;
    struct criterion *criteria; /* [n_criteria] that of `primary:` first */
    size_t n_criteria;
    struct curriculum *curriculum; /* NULL = none: every arm plays the one model there is */
    struct arena *arena;
};

/* The file of an experiment: a YAML file, a directory holding experiment.yaml, or a name under
 * experiments/, of which the beginning is enough where only one has it. Caller frees. */
int experiment_find(const char *arg, char **path, struct err *err);
/* With the numbers that it states for this backend, where they depend on it. Every complaint is
 * ERR_INPUT with file and line. */
int experiment_load(const char *path, const char *backend, struct experiment *out, struct err *err);
/* The same from text in memory; path is shown in messages. */
int experiment_parse(const char *path, const char *text, size_t n, const char *backend,
                     struct experiment *out, struct err *err);
void experiment_free(struct experiment *x);

/* A number from a flag: `name` as in the file ("max_iters", "temperature", "samples", "seed"), '-'
 * for '_' allowed. One of sampling holds for every role. */
int experiment_set(struct experiment *x, const char *name, const char *text, struct err *err);
const struct arm *experiment_arm(const struct experiment *x, const char *name); /* NULL if none */

const char *experiment_prompts(const struct experiment *x, const char *backend);
/* The suite for this backend, found from the working directory, beside the experiment's file, or
 * among the data that ships. Caller frees. */
int experiment_suite(const struct experiment *x, const char *backend, char **path, struct err *err);

/* {"budget":{...},"sampling":{...},"samples":..,"seed":"..","arms":[...],...}; caller decrefs. */
json_t *experiment_json(const struct experiment *x);
