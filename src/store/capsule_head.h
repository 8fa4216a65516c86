/* Internal: the head of a capsule, and its limits. */
#pragma once
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"

#define CAPSULE_VERSION 1
#define CAPSULE_MAGIC 0x184d2a5dU /* one of the sixteen of skippable frames */

enum {
    CAPSULE_PREFIX = 8,         /* magic and length of the head, both little-endian */
    CAPSULE_HEAD_MAX = 1 << 16, /* bytes */
    CAPSULE_WINDOW_LOG = 27,    /* of zstd; what every decoder accepts unasked */
};

/* Bytes of an unpacked record. */
#define CAPSULE_MAX ((size_t)1 << 30)
/* Below FREE bytes everything is unpacked; above, no more than RATIO times the file's size: a
 * record shrinks to between a tenth and a fiftieth. */
#define CAPSULE_FREE ((size_t)64 << 20)
#define CAPSULE_RATIO 400

/* capsule_load.c: connects s->db to the record in the capsule s->path, and fills s->capsule. */
struct store;
int capsule_connect(struct store *s, uint32_t *schema, struct err *err);
/* capsule_texts.c: takes the suite's texts out of a copy. */
int capsule_strip(struct store *copy, struct err *err);
