/* The writer's journal, and copies of a record for places where there can be no write-ahead log: it
 * needs memory that all processes share, which those of another machine do not. */
#include <stdlib.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"

static int set(struct store *s, const char *mode, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    char *sql CLEANUP_FREE = xasprintf("PRAGMA journal_mode = %s", mode);
    int rc = db_prepare(s, sql, &stmt, err);
    if (rc == 0 && sqlite3_step(stmt) != SQLITE_ROW)
        rc = db_fail(s, err);
    if (rc == 0 && !str_eq((const char *)sqlite3_column_text(stmt, 0), mode))
        rc = err_fault(err, "%s: its journal cannot be made '%s': somebody reads it now", s->path,
                       mode);
    sqlite3_finalize(stmt);
    return rc;
}

int db_set_up(struct store *s, struct err *err)
{
    sqlite3_busy_timeout(s->db, 10000);
    int rc = db_exec(s, "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000", err);
    if (rc == 0 && s->writing)
        rc = set(s, s->rollback ? "delete" : "wal", err);
    if (rc == 0)
        rc = db_exec(s,
                     s->rollback                   ? "PRAGMA synchronous = FULL"
                     : s->writing || s->annotating ? "PRAGMA synchronous = NORMAL"
                                                   : "PRAGMA query_only = 1",
                     err);
    return rc;
}

const char *store_journal(const struct store *s)
{
    return !s->writing ? NULL : s->rollback ? "rollback" : "wal";
}

/* All pages in one step, so that the copy is of one moment. */
static int copy_pages(struct store *from, struct store *to, struct err *err)
{
    sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
    if (!b)
        return db_fail(to, err);
    int step = sqlite3_backup_step(b, -1);
    sqlite3_backup_finish(b);
    return step == SQLITE_DONE
               ? 0
               : err_fault(err, "%s: copying the record: %s", to->path, sqlite3_errstr(step));
}

int store_copy(struct store *s, const char *path, struct err *err)
{
    DB_LOCKED(s);
    struct store to = {.path = (char *)path};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    unlink(path);
    int rc = sqlite3_open_v2(path, &to.db, flags, NULL) == SQLITE_OK ? 0 : db_fail(&to, err);
    if (rc == 0) /* an unfinished copy is of no use to anybody */
        rc = db_exec(&to, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", err);
    if (rc == 0)
        rc = copy_pages(s, &to, err);
    if (rc == 0)
        rc = set(&to, "delete", err);
    sqlite3_close(to.db);
    if (rc < 0)
        unlink(path);
    return rc;
}

int store_count(struct store *s, struct store_counts *out, struct err *err)
{
    DB_LOCKED(s);
    static const char sql[] = "SELECT count(*), coalesce(sum(status = ?1), 0), "
                              "coalesce(sum(status = ?2), 0), (SELECT count(*) FROM calls) "
                              "FROM episodes";
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, sql, &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_int(stmt, 1, STORE_DONE);
    sqlite3_bind_int(stmt, 2, STORE_ERROR);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *out = (struct store_counts){.planned = sqlite3_column_int64(stmt, 0),
                                     .done = sqlite3_column_int64(stmt, 1),
                                     .errors = sqlite3_column_int64(stmt, 2),
                                     .calls = sqlite3_column_int64(stmt, 3)};
    else
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}
