/* manifest.json: what was run, on what, and how far it came. The same JSON is kept in run.db, so
 * that the database alone tells the whole story. Everyone reads it into this struct and nowhere
 * else; experiment/manifest_make.h says what goes into it. */
#pragma once
#include "base/json.h"

struct err;
struct store;

struct manifest {
    json_t *json; /* owned: all of it, for tables and comparisons */
    /* borrowed from it; text "", JSON NULL where it does not say */
    const char *status, *config_hash, *created, *command, *experiment, *hrm_version;
    struct {
        const char *name, *path, *sha256;
        const json_t *clusters; /* {task: cluster} */
    } suite;
    struct {
        const char *backend, *name, *digest;
        const json_t *identity; /* all that the backend said */
    } model;
    struct {
        const char *profile, *sha256;
    } prompts;
    const json_t *arms, *budget, *curriculum,
        *selection; /* of the experiment; what of it is played */
    const json_t
        *criteria; /* as frozen before the first call, else as the experiment states them */
    const json_t *stopping; /* what a run under --stop_when was stopped by, or would have been */
    const json_t *decided, *cells, *parts;
};

/* Takes the JSON over; NULL is an empty one. */
struct manifest manifest_of(json_t *json);
/* 1 and *out; 0 and an empty one where the run never started; negative when it is no JSON. */
int manifest_read(struct store *s, struct manifest *out, struct err *err);
/* Into run.db and, in `dir`, manifest.json, with this status ("running", "complete", "decided",
 * "interrupted", "errors") and the time. */
int manifest_save(json_t *json, const char *status, const char *dir, struct store *s,
                  struct err *err);
void manifest_free(struct manifest *m);
/* The arm of this name; NULL = none. */
const json_t *manifest_arm(const struct manifest *m, const char *name);
