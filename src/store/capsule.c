/* See capsule.h: making a capsule, and the files in it. */
#include "store/capsule.h"
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/capsule_head.h"
#include "store/db.h"

/* Small records are packed in seconds at any level. Large ones repeat themselves over long
 * distances, which the matcher for these finds at a level that does not take minutes. */
static const size_t LARGE = (size_t)4 << 20;
enum { LEVEL_SMALL = 19, LEVEL_LARGE = 12 };

/* ---- the copy ---- */

static int copy_record(struct store *s, struct store *to, struct err *err)
{
    DB_LOCKED(s);
    return db_copy_to_memory(to, s->db, err);
}

int capsule_copy(struct store *s, bool without_texts, struct store **copy, struct err *err)
{
    struct store *to = db_new(s->path);
    bool strip = without_texts && capsule_has_texts(s);
    static const char files[] = "CREATE TABLE IF NOT EXISTS files(name TEXT PRIMARY KEY, bytes "
                                "BLOB NOT NULL) WITHOUT ROWID;"
                                "DELETE FROM files WHERE name = '" CAPSULE_REPORT "'";
    int rc = copy_record(s, to, err);
    to->capsule = json_pack("{s:b}", "texts", !without_texts && capsule_has_texts(s));
    if (rc == 0)
        rc = db_exec(to, files, err);
    if (rc == 0 && strip)
        rc = capsule_strip(to, err);
    if (rc == 0 && strip) /* of what is left */
        rc = db_exec(to, "DELETE FROM sums", err);
    if (rc == 0 && strip)
        rc = db_sums_fill(to, err);
    if (rc == 0)
        rc = db_prepare_all(to, err);
    if (rc < 0)
        store_close(to);
    else
        *copy = to;
    return rc;
}

int capsule_add(struct store *copy, const char *name, const void *bytes, size_t n, struct err *err)
{
    sqlite3_stmt *put = NULL;
    int rc = db_prepare(copy, "REPLACE INTO files VALUES(?1, ?2)", &put, err);
    if (rc < 0)
        return rc;
    db_bind_text(put, 1, name);
    sqlite3_bind_blob64(put, 2, n ? bytes : "", n, SQLITE_STATIC);
    rc = db_run(copy, put, err);
    sqlite3_finalize(put);
    return rc;
}

/* ---- packing ---- */

/* The image of the copy as a file. *out is from SQLite. */
static int serialize(struct store *copy, unsigned char **out, size_t *n, struct err *err)
{
    sqlite3_int64 size = 0;
    int rc = db_exec(copy, "VACUUM", err);
    if (rc < 0)
        return rc;
    *out = sqlite3_serialize(copy->db, "main", &size, 0);
    if (!*out || size < DB_HEADER)
        return err_fault(err, "%s: the record cannot be copied", copy->path);
    *n = (size_t)size;
    (*out)[18] = (*out)[19] = 1; /* no write-ahead log */
    return 0;
}

static int zstd_fault(size_t code, struct err *err)
{
    return err_fault(err, "zstd: %s", ZSTD_getErrorName(code));
}

static int compress(const void *bytes, size_t n, struct str *out, struct err *err)
{
    size_t bound = ZSTD_compressBound(n), packed;
    char *buffer CLEANUP_FREE = xmalloc(bound);
    ZSTD_CCtx *z = ZSTD_createCCtx();
    bool large = n > LARGE;
    ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, large ? LEVEL_LARGE : LEVEL_SMALL);
    ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    if (large) {
        ZSTD_CCtx_setParameter(z, ZSTD_c_enableLongDistanceMatching, 1);
        ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, CAPSULE_WINDOW_LOG);
    }
    packed = ZSTD_compress2(z, buffer, bound, bytes, n);
    ZSTD_freeCCtx(z);
    if (ZSTD_isError(packed))
        return zstd_fault(packed, err);
    str_addn(out, buffer, packed);
    return 0;
}

static void add_little_endian(struct str *out, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        str_addc(out, (char)(x >> (8 * i)));
}

static int add_head(const json_t *facts, struct str *out, struct err *err)
{
    char *text CLEANUP_FREE = json_text(facts);
    size_t n = strlen(text);
    if (n > CAPSULE_HEAD_MAX)
        return err_fault(err, "the head of the capsule would be of %zu bytes", n);
    add_little_endian(out, CAPSULE_MAGIC);
    add_little_endian(out, (uint32_t)n);
    str_addn(out, text, n);
    return 0;
}

int capsule_write(struct store *copy, json_t *facts, const char *path, struct err *err)
{
    struct str out CLEANUP_STR = {0};
    unsigned char *image = NULL;
    char hex[HASH_HEX];
    size_t n = 0;
    int rc = serialize(copy, &image, &n, err);
    if (rc == 0 && n > CAPSULE_MAX)
        rc = err_input(err, "%s: a record of %zu MiB; a capsule holds %zu MiB", copy->path, n >> 20,
                       CAPSULE_MAX >> 20);
    if (rc < 0)
        goto out;
    hash_sha256_hex(image, n, hex);
    json_object_set_new(facts, "capsule", json_integer(CAPSULE_VERSION));
    json_object_set_new(facts, "schema", json_integer(DB_SCHEMA));
    json_object_set_new(facts, "texts", json_boolean(capsule_has_texts(copy)));
    json_object_set_new(facts, "bytes", json_integer((json_int_t)n));
    json_object_set_new(facts, "sha256", json_string(hex));
    rc = add_head(facts, &out, err);
    if (rc == 0)
        rc = compress(image, n, &out, err);
    if (rc == 0)
        rc = file_write(path, out.p, out.len, err);
out:
    sqlite3_free(image);
    return rc;
}

/* ---- what is packed ---- */

const json_t *capsule_facts(const struct store *s)
{
    return s->capsule;
}

bool capsule_has_texts(const struct store *s)
{
    return !s->capsule || json_get_bool(s->capsule, "texts", false);
}

int capsule_file(struct store *s, const char *name, char **bytes, size_t *n, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *get = NULL;
    if (!s->capsule)
        return 0;
    int rc = db_prepare(s, "SELECT bytes FROM files WHERE name = ?1", &get, err);
    if (rc < 0)
        return rc;
    db_bind_text(get, 1, name);
    int step = sqlite3_step(get);
    if (step == SQLITE_ROW) {
        const char *blob = sqlite3_column_blob(get, 0);
        *n = (size_t)sqlite3_column_bytes(get, 0);
        *bytes = xcalloc(*n + 1, 1);
        memcpy(*bytes, blob ? blob : "", *n);
        rc = 1;
    } else if (step != SQLITE_DONE) {
        rc = db_fail(s, err);
    }
    sqlite3_finalize(get);
    return rc;
}

int capsule_names(struct store *s, const char *prefix, capsule_name_fn *fn, void *ctx,
                  struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *list = NULL;
    int step = SQLITE_DONE;
    if (!s->capsule)
        return 0;
    int rc = db_prepare(s,
                        "SELECT name FROM files WHERE substr(name, 1, length(?1)) = ?1 "
                        "ORDER BY name",
                        &list, err);
    if (rc < 0)
        return rc;
    db_bind_text(list, 1, prefix);
    while (rc == 0 && (step = sqlite3_step(list)) == SQLITE_ROW)
        rc = fn(ctx, (const char *)sqlite3_column_text(list, 0));
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(list);
    return rc;
}
