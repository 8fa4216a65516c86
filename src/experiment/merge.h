/* Merges the parts of a run that were run separately (--shard, --limit, --task, --arms; on other
 * machines). */
#pragma once
#include <stddef.h>
#include "store/manifest.h"

struct err;

struct merge_part {
    const char *path; /* of its run.db; borrowed */
    struct manifest manifest;
};

/* ERR_INPUT if it is no run, or one that never started. The caller frees the manifest. */
int merge_read(const char *path, struct merge_part *out, struct err *err);
/* Are they parts of one run: same configuration, same criteria? ERR_INPUT with the difference.
 */
int merge_check(const struct merge_part *parts, size_t n, struct err *err);
/* Is this manifest, of a part that is about to start, of the same run as the one in the file
 * `path`? The part that comes first makes the file. ERR_INPUT with the difference. */
int merge_same_as(const char *path, json_t *manifest, struct err *err);
/* The manifest of the merged run, with the facts of each part in "parts"; `command`: the merge
 * command. *status as manifest_save takes it. *missing: the shards that are not among the parts, as
 * "2, 5 of 8"; NULL = none; the caller frees both. */
json_t *merge_manifest(const struct merge_part *parts, size_t n, const char *command,
                       const char **status, char **missing);
