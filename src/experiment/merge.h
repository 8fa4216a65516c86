/* The parts of one run, played apart (--shard, --limit, --task, --arms; other machines), as one. */
#pragma once
#include <stddef.h>
#include "base/json.h"

struct err;

struct merge_part {
    const char *path; /* of its run.db; borrowed */
    json_t *manifest;
};

/* ERR_INPUT if it is no run, or one that never started. The caller decrefs the manifest. */
int merge_read(const char *path, struct merge_part *out, struct err *err);
/* Are they parts of one run: same configuration, same claims? ERR_INPUT with what they differ in.
 */
int merge_check(const struct merge_part *parts, size_t n, struct err *err);
/* The manifest of the whole, with what each part says of itself in "parts"; `command` is how it is
 * made. *status as manifest_save takes it. *missing: the shards that are not among the parts, as
 * "2, 5 of 8"; NULL = none; the caller frees both. */
json_t *merge_manifest(const struct merge_part *parts, size_t n, const char *command,
                       const char **status, char **missing);
