/* Opens a capsule, which may come from anywhere: whatever is wrong with it is one sentence, and
 * nothing in it decides how much memory is taken before it is checked.
 *
 * The record is loaded into memory. Its views are made anew, so that no SQL of the file's author is
 * run but the declarations of tables; files with triggers, other views or virtual tables are
 * refused. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zstd.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/capsule.h"
#include "store/capsule_head.h"
#include "store/db.h"

static uint32_t little_endian(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

bool capsule_is(const char *path)
{
    unsigned char start[CAPSULE_PREFIX];
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    FILE *f CLEANUP_FILE = fopen(path, "re");
    return f && fread(start, 1, sizeof start, f) == sizeof start &&
           little_endian(start) == CAPSULE_MAGIC && little_endian(start + 4) <= CAPSULE_HEAD_MAX;
}

/* What is packed: the rest of the file. */
struct packed {
    const char *path;
    const unsigned char *p;
    size_t n;
    size_t bytes; /* unpacked, as the head says */
    const char *sha256;
};

static int read_head(const char *path, const unsigned char *file, size_t size, json_t **facts,
                     struct packed *out, struct err *err)
{
    size_t n = size < CAPSULE_PREFIX ? 0 : little_endian(file + 4);
    if (size < CAPSULE_PREFIX + n)
        return err_input(err, "%s: the capsule is cut off: %zu bytes", path, size);
    char *what CLEANUP_FREE = xasprintf("%s: head of the capsule", path);
    json_t *o = json_parse((const char *)file + CAPSULE_PREFIX, n, what, err);
    if (!o)
        return -EINVAL;
    *facts = o;
    json_int_t version = json_get_int(o, "capsule", 0), bytes = json_get_int(o, "bytes", 0);
    if (version < 1)
        return err_input(err, "%s: not a capsule of hrm", path);
    if (version > CAPSULE_VERSION)
        return err_input(err, "%s: a capsule of version %lld; this hrm reads %d", path,
                         (long long)version, CAPSULE_VERSION);
    *out = (struct packed){path, file + CAPSULE_PREFIX + n, size - CAPSULE_PREFIX - n,
                           bytes > 0 ? (size_t)bytes : 0, json_get_str(o, "sha256", "")};
    if (out->bytes < DB_HEADER || out->bytes > CAPSULE_MAX ||
        (out->bytes > CAPSULE_FREE && out->bytes / CAPSULE_RATIO > size))
        return err_input(err,
                         "%s: refused: it says that its %zu bytes unpack to %lld; a record is at "
                         "most %zu MiB, and at most %d times its capsule",
                         path, size, (long long)bytes, CAPSULE_MAX >> 20, CAPSULE_RATIO);
    return 0;
}

static int damaged(const struct packed *in, const char *how, struct err *err)
{
    return err_input(err, "%s: the capsule is damaged: %s", in->path, how);
}

/* *out: in->bytes of memory of SQLite. */
static int unpack(const struct packed *in, unsigned char **out, struct err *err)
{
    unsigned long long said = ZSTD_getFrameContentSize(in->p, in->n);
    size_t whole = ZSTD_findFrameCompressedSize(in->p, in->n);
    char hex[HASH_HEX];
    if (said == ZSTD_CONTENTSIZE_ERROR || ZSTD_isError(whole))
        return damaged(in, "its data are cut off, or not of zstd", err);
    if (said != in->bytes)
        return damaged(in, "its head and its data disagree on their size", err);
    if (whole != in->n)
        return damaged(in, "something follows its data", err);
    unsigned char *image = sqlite3_malloc64(in->bytes);
    if (!image)
        return err_fault(err, "%s: no memory for %zu MiB", in->path, in->bytes >> 20);
    ZSTD_DCtx *z = ZSTD_createDCtx();
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, CAPSULE_WINDOW_LOG);
    size_t got = ZSTD_decompressDCtx(z, image, in->bytes, in->p, in->n);
    ZSTD_freeDCtx(z);
    if (!ZSTD_isError(got))
        hash_sha256_hex(image, got, hex);
    int rc = ZSTD_isError(got)          ? damaged(in, ZSTD_getErrorName(got), err)
             : got != in->bytes         ? damaged(in, "its data end early", err)
             : !str_eq(hex, in->sha256) ? damaged(in, "its SHA-256 is another", err)
                                        : 0;
    if (rc == 0)
        *out = image;
    else
        sqlite3_free(image);
    return rc;
}

/* ---- the record ---- */

/* Is there something in the schema that runs SQL by itself? */
static int check_schema(struct store *s, struct err *err)
{
    static const char sql[] =
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' OR (type = 'view' AND name NOT IN "
        "('results', 'spent')) OR (type = 'table' AND (rootpage = 0 OR sql LIKE '%generated "
        "always%')) "
        "UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND "
        "name = 'files')";
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, sql, &stmt, err);
    if (rc < 0)
        return rc;
    if (sqlite3_step(stmt) != SQLITE_DONE)
        rc = err_input(err, "%s: refused: no hrm writes a record with this schema", s->path);
    sqlite3_finalize(stmt);
    return rc;
}

static int check_whole(struct store *s, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, "PRAGMA quick_check(1)", &stmt, err);
    if (rc == 0 && (sqlite3_step(stmt) != SQLITE_ROW ||
                    !str_eq((const char *)sqlite3_column_text(stmt, 0), "ok")))
        rc = err_input(err, "%s: refused: its record is not a sound database", s->path);
    sqlite3_finalize(stmt);
    return rc;
}

/* Takes ownership of image. */
static int connect_to(struct store *s, unsigned char *image, size_t n, uint32_t schema,
                      struct err *err)
{
    const unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
    struct str views CLEANUP_STR = {0};
    if (sqlite3_open(":memory:", &s->db) != SQLITE_OK ||
        sqlite3_deserialize(s->db, "main", image, (sqlite3_int64)n, (sqlite3_int64)n, flags) !=
            SQLITE_OK)
        return db_fail(s, err);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int rc = check_schema(s, err);
    if (rc == 0)
        rc = check_whole(s, err);
    if (rc < 0 || schema != DB_SCHEMA) /* migrating makes them */
        return rc;
    str_add(&views, "DROP VIEW IF EXISTS results; DROP VIEW IF EXISTS spent;\n");
    db_views_sql(&views);
    rc = db_exec(s, views.p, err);
    return rc < 0 ? err_prefix(err, "%s", s->path) : rc;
}

int capsule_connect(struct store *s, uint32_t *schema, struct err *err)
{
    char *file CLEANUP_FREE = NULL;
    unsigned char *image = NULL;
    struct packed in = {0};
    size_t size;
    int rc = file_read(s->path, CAPSULE_MAX, &file, &size, err);
    if (rc == 0)
        rc = read_head(s->path, (unsigned char *)file, size, &s->capsule, &in, err);
    if (rc == 0)
        rc = unpack(&in, &image, err);
    if (rc < 0)
        return rc;
    rc = db_check_bytes(s->path, image, (long long)in.bytes, schema, err);
    if (rc == 0 && image[18] > 1)
        rc = damaged(&in, "its record needs a write-ahead log", err);
    if (rc < 0) {
        sqlite3_free(image);
        return rc;
    }
    return connect_to(s, image, in.bytes, *schema, err);
}
