/* Rows to columns and back, and SQLite's errors as sentences. */
#include "store/db.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* SQLite says SQLITE_FULL of the database and its log, but only "disk I/O error" of the log's index
 * (run.db-shm). */
static bool disk_is_full(struct store *s, int code)
{
    struct statvfs disk;
    return code == SQLITE_FULL || err_is_full(sqlite3_system_errno(s->db)) ||
           (code == SQLITE_IOERR && statvfs(s->path, &disk) == 0 && disk.f_bavail == 0);
}

int db_fail(struct store *s, struct err *err)
{
    int code = sqlite3_errcode(s->db) & 0xff; /* without what an extended code adds */
    if (disk_is_full(s, code))
        return err_full(err, s->path);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return err_input(err, "%s: the run database is damaged (%s); move it away to start anew",
                         s->path, sqlite3_errmsg(s->db));
    if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM)
        return err_input(err, "%s: cannot be opened for writing (%s)", s->path,
                         sqlite3_errmsg(s->db));

    return err_fault(err, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out, struct err *err)
{
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
        return db_fail(s, err);
    return 0;
}

int db_exec(struct store *s, const char *sql, struct err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(s, err);
}

int db_run(struct store *s, sqlite3_stmt *stmt, struct err *err)
{
    int rc = sqlite3_step(stmt) == SQLITE_DONE ? 0 : db_fail(s, err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

static const char *const *text_at(const struct store_fields *fields, size_t i, const void *row)
{
    enum store_kind kind = fields->field[i].kind;
    bool text = kind == FIELD_TEXT || kind == FIELD_TEXT_NULL || kind == FIELD_JSON;
    return text ? (const void *)((const char *)row + fields->field[i].offset) : NULL;
}

size_t db_row_bytes(const struct store_fields *fields, const void *row)
{
    size_t n = fields->row_size;
    for (size_t i = 0; i < fields->n; i++) {
        const char *const *text = text_at(fields, i, row);
        n += text && *text ? strlen(*text) + 1 : 0;
    }
    return n;
}

void db_row_copy(const struct store_fields *fields, const void *row, void *copy)
{
    char *end = (char *)copy + fields->row_size;
    memcpy(copy, row, fields->row_size);
    for (size_t i = 0; i < fields->n; i++) {
        const char *const *text = text_at(fields, i, row);
        if (!text || !*text)
            continue;
        *(const char **)((char *)copy + fields->field[i].offset) = end;
        end = stpcpy(end, *text) + 1;
    }
}

void db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    sqlite3_bind_text(stmt, at, text ? text : "", -1, SQLITE_STATIC);
}

static void bind_u64(sqlite3_stmt *stmt, int at, uint64_t v)
{
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%" PRIu64, v);
    sqlite3_bind_text(stmt, at, text.p, -1, SQLITE_TRANSIENT);
}

void db_bind_row(sqlite3_stmt *stmt, int first, const struct store_fields *fields, const void *row)
{
    for (size_t i = 0; i < fields->n; i++) {
        const void *at = (const char *)row + fields->field[i].offset;
        int p = first + (int)i;
        switch (fields->field[i].kind) {
        case FIELD_TEXT:
        case FIELD_JSON:
            db_bind_text(stmt, p, *(const char *const *)at);
            break;
        case FIELD_TEXT_NULL: /* a NULL pointer binds NULL */
            sqlite3_bind_text(stmt, p, *(const char *const *)at, -1, SQLITE_STATIC);
            break;
        case FIELD_STATUS:
            sqlite3_bind_int(stmt, p, (int)*(const enum store_status *)at);
            break;
        case FIELD_BOOL:
            sqlite3_bind_int(stmt, p, *(const bool *)at);
            break;
        case FIELD_INT:
            sqlite3_bind_int(stmt, p, *(const int *)at);
            break;
        case FIELD_LONG:
            sqlite3_bind_int64(stmt, p, *(const long *)at);
            break;
        case FIELD_U64:
            bind_u64(stmt, p, *(const uint64_t *)at);
            break;
        case FIELD_REAL:
            sqlite3_bind_double(stmt, p, *(const double *)at);
            break;
        }
    }
}

static const char *read_text(sqlite3_stmt *stmt, int column, struct arena *arena)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text && arena ? arena_strdup(arena, text) : text;
}

void db_read_row(sqlite3_stmt *stmt, int first, const struct store_fields *fields, void *row,
                 struct arena *arena)
{
    for (size_t i = 0; i < fields->n; i++) {
        void *at = (char *)row + fields->field[i].offset;
        int c = first + (int)i;
        const char *text;
        switch (fields->field[i].kind) {
        case FIELD_TEXT:
        case FIELD_JSON:
            text = read_text(stmt, c, arena);
            *(const char **)at = text ? text : "";
            break;
        case FIELD_TEXT_NULL:
            *(const char **)at = read_text(stmt, c, arena);
            break;
        case FIELD_STATUS:
            *(enum store_status *)at = (enum store_status)sqlite3_column_int(stmt, c);
            break;
        case FIELD_BOOL:
            *(bool *)at = sqlite3_column_int(stmt, c) != 0;
            break;
        case FIELD_INT:
            *(int *)at = sqlite3_column_int(stmt, c);
            break;
        case FIELD_LONG:
            *(long *)at = (long)sqlite3_column_int64(stmt, c);
            break;
        case FIELD_U64:
            text = read_text(stmt, c, NULL);
            *(uint64_t *)at = text ? strtoull(text, NULL, 10) : 0;
            break;
        case FIELD_REAL:
            *(double *)at = sqlite3_column_double(stmt, c);
            break;
        }
    }
}
