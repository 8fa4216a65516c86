/* See outcome_copy.h. */
#include "view/outcome_copy.h"
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define COLUMNS                                                                                    \
    "id, task, arm, sample, status, passed, " COPY_DISPUTED ", hrm_label(label), "                 \
    "hrm_flags(flags), steps, \"group\""

/* Says whether the record's files changed. */
static char *make_stamp(const struct shelf_record *r)
{
    static const char *const names[] = {"run.db", "run.db-wal"};
    struct str s = {0};
    for (int i = 0; i < 2; i++) {
        char *path CLEANUP_FREE = file_join(r->dir, names[i]);
        struct stat st;
        if (stat(path, &st) == 0 && st.st_size > 0)
            str_addf(&s, "%lld %lld.%09ld ", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
                     st.st_mtim.tv_nsec);
    }
    return str_take(&s);
}

char *copy_info(struct shelf_record *r, const char *key)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    if (shelf_prepare(r, "SELECT value FROM main.info WHERE key = ?1", &stmt, NULL) < 0)
        return NULL;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_ROW ? xstrdup((const char *)sqlite3_column_text(stmt, 0))
                                            : NULL;
}

int copy_set_info(struct shelf_record *r, const char *key, const char *value, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, "REPLACE INTO main.info VALUES(?1, ?2)", &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
    return sqlite3_step(stmt) == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int is_running(struct shelf_record *r, bool *running, struct err *err)
{
    struct arena *arena = arena_new();
    const char *status;
    int rc = store_meta_get(r->store, "status", &status, arena, err);
    *running = rc == 0 && str_eq(status, "running");
    arena_free(arena);
    return rc;
}

static int rebuild(struct shelf_record *r, struct err *err)
{
    return shelf_exec(
        r, "DELETE FROM main.e; INSERT INTO main.e SELECT " COLUMNS " FROM r.episodes", err);
}

/* What was done stays done while a run is played. */
static int read_open(struct shelf_record *r, struct err *err)
{
    return shelf_exec(r,
                      "REPLACE INTO main.e SELECT " COLUMNS " FROM r.episodes WHERE id IN "
                      "(SELECT id FROM main.e WHERE status <> 1) AND (status <> 0 OR id IN "
                      "(SELECT id FROM main.e WHERE status = 2));"
                      "INSERT INTO main.e SELECT " COLUMNS " FROM r.episodes WHERE id > "
                      "(SELECT coalesce(max(id), 0) FROM main.e)",
                      err);
}

/* Another run in the same place: its texts go, too. */
static int forget(struct shelf_record *r, struct err *err)
{
    return shelf_exec(r,
                      "DELETE FROM main.e; DELETE FROM main.indexed; DELETE FROM main.info;"
                      "INSERT INTO main.text(text) VALUES('delete-all')",
                      err);
}

static int refresh(struct shelf_record *r, const char *stamp, struct err *err)
{
    const char *created = r->manifest.created;
    char *known CLEANUP_FREE = copy_info(r, "created");
    char *how CLEANUP_FREE = copy_info(r, "how");
    bool running, same = str_eq(known, created);
    int rc = is_running(r, &running, err);
    if (rc == 0 && !same)
        rc = forget(r, err);
    if (rc == 0)
        rc = same && running && str_eq(how, "running") ? read_open(r, err) : rebuild(r, err);
    if (rc == 0)
        rc = shelf_exec(r,
                        "DELETE FROM main.info WHERE key IN ('" COPY_FACETS "', '" COPY_PARTS
                        "', '" COPY_INDEXED "')",
                        err);
    if (rc == 0)
        rc = copy_set_info(r, "created", created, err);
    if (rc == 0)
        rc = copy_set_info(r, "how", running ? "running" : "whole", err);
    return rc < 0 ? rc : copy_set_info(r, "stamp", stamp, err);
}

int copy_refresh(struct shelf_record *r, struct err *err)
{
    char *stamp CLEANUP_FREE = make_stamp(r);
    char *known CLEANUP_FREE = copy_info(r, "stamp");
    if (str_eq(stamp, known))
        return 0;
    int rc = shelf_exec(r, "BEGIN IMMEDIATE", err);
    if (rc < 0)
        return rc;
    rc = refresh(r, stamp, err);
    if (rc == 0)
        return shelf_exec(r, "COMMIT", err);
    shelf_exec(r, "ROLLBACK", NULL);
    return rc;
}

int copy_parts(struct shelf_record *r, struct err *err)
{
    char *there CLEANUP_FREE = copy_info(r, COPY_PARTS);
    if (there)
        return 0;
    return shelf_exec(r,
                      "BEGIN IMMEDIATE; DELETE FROM main.parts;"
                      "INSERT INTO main.parts SELECT DISTINCT task FROM (SELECT task, "
                      "min(passed) AS least, max(passed) AS most FROM main.e WHERE status = 1 "
                      "GROUP BY task, sample) WHERE least < most;"
                      "REPLACE INTO main.info VALUES('" COPY_PARTS "', ''); COMMIT",
                      err);
}
