/* See shelf.h. */
#include "view/shelf.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/taxonomy.h"

enum { OPEN_MAX_RECORDS = 12, SIDE_VERSION = 1 };

/* A record on the shelf; `r` first, as callers have only that. */
struct place {
    struct shelf_record r;
    pthread_mutex_t mutex;
    int users;
    dev_t dev;
    ino_t ino;
    struct place *next; /* by last use */
};

struct shelf {
    char *dir;
    pthread_mutex_t mutex;
    struct place *first;
};

struct shelf *shelf_new(const char *dir)
{
    struct shelf *s = xcalloc(1, sizeof *s);
    s->dir = xstrdup(dir);
    pthread_mutex_init(&s->mutex, NULL);
    return s;
}

const char *shelf_dir(const struct shelf *s)
{
    return s->dir;
}

/* A path below the directory and nothing else: no empty part, no "." but alone, no "..". */
char *shelf_place(const struct shelf *s, const char *key)
{
    if (strcmp(key, ".") == 0)
        return xstrdup(s->dir);
    for (const char *part = key;; part++) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n <= 2 && strspn(part, ".") >= n))
            return NULL;
        part += n;
        if (!*part)
            return file_join(s->dir, key);
    }
}

/* ---- SQL ---- */

int shelf_fail(struct shelf_record *r, struct err *err)
{
    return err_fault(err, "%s: %s", r->key, sqlite3_errmsg(r->sql));
}

int shelf_prepare(struct shelf_record *r, const char *sql, sqlite3_stmt **out, struct err *err)
{
    return sqlite3_prepare_v2(r->sql, sql, -1, out, NULL) == SQLITE_OK ? 0 : shelf_fail(r, err);
}

int shelf_exec(struct shelf_record *r, const char *sql, struct err *err)
{
    return sqlite3_exec(r->sql, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : shelf_fail(r, err);
}

int shelf_number(struct shelf_record *r, const char *sql, long long *out, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, sql, &stmt, err);
    if (rc < 0)
        return rc;
    int step = sqlite3_step(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return shelf_fail(r, err);
    *out = step == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    return 0;
}

void shelf_cleanup_stmt(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

/* ---- opening ---- */

/* The record is read. Whatever a statement says, `r` stays as it is. */
static int authorize(void *ctx, int action, const char *a, const char *b, const char *database,
                     const char *trigger)
{
    (void)ctx, (void)a, (void)b, (void)trigger;
    switch (action) {
    case SQLITE_READ:
    case SQLITE_SELECT:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    default:
        return database && strcmp(database, "r") == 0 ? SQLITE_DENY : SQLITE_OK;
    }
}

/* Codes as bits, "T3" as its place in the table + 1: a million rows are compared by these. */
static void sql_flags(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    const char *codes = (const char *)sqlite3_value_text(v[0]);
    sqlite3_result_int64(c, (sqlite3_int64)taxonomy_parse(codes ? codes : ""));
}

static void sql_label(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    const char *code = (const char *)sqlite3_value_text(v[0]);
    sqlite3_result_int(c, code && *code ? 1 + taxonomy_index(code) : 0);
}

static const char side_sql[] =
    "CREATE TABLE info(key TEXT PRIMARY KEY, value TEXT NOT NULL);\n"
    "CREATE TABLE e(id INTEGER PRIMARY KEY, task INTEGER, arm INTEGER, sample INTEGER,\n"
    "  status INTEGER, passed INTEGER, disputed INTEGER, label INTEGER, flags INTEGER,\n"
    "  steps INTEGER, grp TEXT);\n"
    "CREATE INDEX e_task ON e(task, arm, sample, status, passed);\n"
    "CREATE TABLE parts(task INTEGER PRIMARY KEY);\n"
    "CREATE TABLE indexed(id INTEGER PRIMARY KEY);\n"
    "CREATE VIRTUAL TABLE text USING fts5(body, content = '', detail = full,\n"
    "  tokenize = \"unicode61 remove_diacritics 2 tokenchars '_'\");\n";

static int make_side(struct shelf_record *r, struct err *err)
{
    long long version = 0;
    int rc = shelf_number(r, "PRAGMA main.user_version", &version, err);
    if (rc < 0 || version == SIDE_VERSION)
        return rc;
    if (version != 0)
        return err_fault(err, "view.db of another version");
    char *sql CLEANUP_FREE = xasprintf("BEGIN IMMEDIATE; %s PRAGMA main.user_version = %d; COMMIT",
                                       side_sql, SIDE_VERSION);
    return shelf_exec(r, sql, err);
}

static int open_side(struct shelf_record *r, const char *path, struct err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    if (sqlite3_open_v2(path, &r->sql, flags, NULL) != SQLITE_OK)
        return shelf_fail(r, err);
    sqlite3_busy_timeout(r->sql, 5000);
    int rc = shelf_exec(r,
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000",
                        err);
    return rc < 0 ? rc : make_side(r, err);
}

static void close_side(struct shelf_record *r)
{
    sqlite3_close(r->sql);
    r->sql = NULL;
}

static void remove_side(const char *path)
{
    static const char *const suffix[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
        char *file CLEANUP_FREE = xasprintf("%s%s", path, suffix[i]);
        unlink(file);
    }
}

/* view.db can be made anew at any time. Where it cannot be written there is a temporary one. */
static int open_some_side(struct shelf_record *r, struct err *err)
{
    char *path CLEANUP_FREE = file_join(r->dir, "view.db");
    if (open_side(r, path, NULL) == 0)
        return 0;
    close_side(r);
    remove_side(path);
    if (open_side(r, path, NULL) == 0)
        return 0;
    close_side(r);
    return open_side(r, "", err);
}

static int attach(struct shelf_record *r, const char *db, bool immutable, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    struct str uri CLEANUP_STR = {0};
    str_add(&uri, "file:");
    for (const char *p = db; *p; p++)
        str_addf(&uri, strchr("%?#", *p) ? "%%%02x" : "%c", (unsigned char)*p);
    str_add(&uri, immutable ? "?immutable=1" : "");
    int rc = shelf_prepare(r, "ATTACH ?1 AS r", &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_text(stmt, 1, uri.p, -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int open_sql(struct shelf_record *r, const char *db, struct err *err)
{
    char *wal CLEANUP_FREE = xasprintf("%s-wal", db);
    bool immutable = access(db, W_OK) < 0 && access(wal, F_OK) < 0;
    int rc = open_some_side(r, err);
    if (rc == 0)
        rc = attach(r, db, immutable, err);
    if (rc < 0)
        return rc;
    sqlite3_create_function(r->sql, "hrm_flags", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                            sql_flags, NULL, NULL);
    sqlite3_create_function(r->sql, "hrm_label", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                            sql_label, NULL, NULL);
    sqlite3_set_authorizer(r->sql, authorize, NULL);
    return 0;
}

static int open_record(struct shelf_record *r, struct err *err)
{
    char *db CLEANUP_FREE = file_join(r->dir, "run.db");
    if (!file_exists(db))
        return err_input(err, "there is no run '%s'", r->key);
    int rc = store_open(db, STORE_READ, &r->store, err);
    if (rc == 0)
        rc = manifest_read(r->store, &r->manifest, err);
    if (rc < 0)
        return rc;
    r->has_suite = tagging_open(r->store, NULL, &r->tagging, NULL) == 0;
    return open_sql(r, db, err);
}

static void close_place(struct place *p)
{
    if (p->r.has_suite)
        tagging_close(&p->r.tagging);
    close_side(&p->r);
    store_close(p->r.store);
    manifest_free(&p->r.manifest);
    pthread_mutex_destroy(&p->mutex);
    free(p->r.key);
    free(p->r.dir);
    free(p);
}

/* ---- the shelf ---- */

void shelf_free(struct shelf *s)
{
    if (!s)
        return;
    while (s->first) {
        struct place *p = s->first;
        s->first = p->next;
        close_place(p);
    }
    pthread_mutex_destroy(&s->mutex);
    free(s->dir);
    free(s);
}

static struct place *unlink_place(struct place **at)
{
    struct place *p = *at;
    *at = p->next;
    return p;
}

/* Closes what nobody uses and was used longest ago, so that at most that many stay open. */
static void make_room(struct shelf *s)
{
    size_t n = 0;
    for (struct place **at = &s->first; *at;) {
        if (++n > OPEN_MAX_RECORDS && (*at)->users == 0)
            close_place(unlink_place(at));
        else
            at = &(*at)->next;
    }
}

/* The record as it is now: one that was moved away and begun anew is another file. */
static struct place *find(struct shelf *s, const char *key, const struct stat *st)
{
    for (struct place **at = &s->first; *at;) {
        struct place *p = *at;
        if (strcmp(p->r.key, key) != 0) {
            at = &p->next;
            continue;
        }
        if (p->dev == st->st_dev && p->ino == st->st_ino)
            return unlink_place(at);
        if (p->users > 0) { /* closed by the next who looks */
            at = &p->next;
            continue;
        }
        close_place(unlink_place(at));
    }
    return NULL;
}

int shelf_take(struct shelf *s, const char *key, struct shelf_record **out, struct err *err)
{
    char *dir CLEANUP_FREE = shelf_place(s, key);
    char *db CLEANUP_FREE = dir ? file_join(dir, "run.db") : NULL;
    struct stat st;
    if (!db || stat(db, &st) < 0)
        return err_input(err, "there is no run '%s'", key);
    pthread_mutex_lock(&s->mutex);
    struct place *p = find(s, key, &st);
    int rc = 0;
    if (!p) {
        p = xcalloc(1, sizeof *p);
        p->r.key = xstrdup(key);
        p->r.dir = xstrdup(dir);
        p->dev = st.st_dev;
        p->ino = st.st_ino;
        pthread_mutex_init(&p->mutex, NULL);
        rc = open_record(&p->r, err);
    }
    if (rc < 0) {
        close_place(p);
    } else {
        p->next = s->first;
        s->first = p;
        p->users++;
        make_room(s);
    }
    pthread_mutex_unlock(&s->mutex);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&p->mutex);
    *out = &p->r;
    return 0;
}

void shelf_give(struct shelf *s, struct shelf_record *r)
{
    if (!r)
        return;
    struct place *p = (struct place *)(void *)r;
    pthread_mutex_unlock(&p->mutex);
    pthread_mutex_lock(&s->mutex);
    p->users--;
    pthread_mutex_unlock(&s->mutex);
}
