/* The parts of one run, played apart (--shard, --limit, --task, --arms; other machines), as one. */
#pragma once
#include "base/json.h"
#include "store/store.h"

struct err;

struct merge_part {
    const char *path; /* of its run.db */
    struct store *store;
    json_t *manifest;
};

/* A part to be read. Its path is borrowed. ERR_INPUT if it is no run, or one that never started. */
int merge_open(const char *path, struct merge_part *out, struct err *err);
void merge_close(struct merge_part *part);
/* Are they parts of one run: same configuration, same claims? ERR_INPUT with what they differ in.
 */
int merge_check(const struct merge_part *parts, size_t n, struct err *err);
/* The manifest of the whole, with what each part says of itself in "parts"; `command` is how it is
 * made. *status as manifest_save takes it. *missing: the shards that are not among the parts, as
 * "2, 5 of 8"; NULL = none; the caller frees both. */
json_t *merge_manifest(const struct merge_part *parts, size_t n, const char *command,
                       const char **status, char **missing);
