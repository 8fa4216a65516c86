/* A capsule: a run in one file, with all that is needed to report and to replay it elsewhere.
 *
 * The file is a zstd stream that begins with a skippable frame (RFC 8878, section 3.1.2), whose
 * content is a JSON object: which run this is, and the size and SHA-256 of what is packed. Behind
 * it stands one frame: the record as an SQLite file, with one more table, `files`, which holds the
 * suite, the prompts, the experiment and the report. Nothing of a capsule is ever written to disk,
 * so names in it cannot lead anywhere.
 *
 * store_open opens a capsule like a record, for reading only. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/json.h"

struct store;

/* What may stand in `files`; the prompts are "prompts/NAME". */
#define CAPSULE_SUITE "suite.yaml"
#define CAPSULE_EXPERIMENT "experiment.yaml"
#define CAPSULE_REPORT "report.html"
#define CAPSULE_PROMPTS "prompts/"

/* A copy of the record in memory, to be packed; a run may be played meanwhile. Without texts: what
 * the suite says (prompts, tests, outputs compared with them, reference programs) is left out of
 * it. Programs, replies, ids and numbers stay. */
int capsule_copy(struct store *s, bool without_texts, struct store **copy, struct err *err);
/* Adds a file to the copy. */
int capsule_add(struct store *copy, const char *name, const void *bytes, size_t n, struct err *err);
/* Packs the copy into path, which appears whole or not at all. facts: an object for the head of the
 * file; the members "capsule", "schema", "texts", "bytes" and "sha256" are added to it. The same
 * copy and facts give the same bytes. */
int capsule_write(struct store *copy, json_t *facts, const char *path, struct err *err);

/* Of a store that was opened from a capsule: the head of the file. Borrowed; NULL = it is a plain
 * record. */
const json_t *capsule_facts(const struct store *s);
bool capsule_has_texts(const struct store *s);
/* Does the file begin like a capsule? */
bool capsule_is(const char *path);
/* A packed file: 1 and *bytes (NUL-terminated, caller frees), 0 when there is none of that name. */
int capsule_file(struct store *s, const char *name, char **bytes, size_t *n, struct err *err);
/* The names of the packed files that begin so, sorted. */
typedef int capsule_name_fn(void *ctx, const char *name);
int capsule_names(struct store *s, const char *prefix, capsule_name_fn *fn, void *ctx,
                  struct err *err);
