/* What the record holds side by side: self-written tests and hidden ones, and the replies of two
 * episodes. */
#include "store/db.h"

/* A program that is tried again after another one counts once. */
static const char tested_sql[] =
    "SELECT v.episode, max(v.self_passed), v.self_total, (SELECT r.verdict = 'pass' FROM tool_runs "
    "r WHERE r.episode = v.episode AND r.kind = 'hidden' AND r.program_hash = v.candidate_hash "
    "LIMIT 1) AS is_right FROM events v WHERE v.kind = 'candidate' AND v.self_total > 0 "
    "GROUP BY v.episode, v.candidate_hash HAVING is_right IS NOT NULL ORDER BY v.episode";

static const char referred_sql[] =
    "SELECT r.episode, json_array_length(r.detail, '$.tests'), (SELECT count(*) FROM "
    "json_each(r.detail, '$.tests') t WHERE json_extract(t.value, '$.verdict') = 'pass') "
    "FROM tool_runs r WHERE r.kind = 'self' AND json_valid(r.detail)";

#define REPLIES(id)                                                                                \
    "SELECT role, \"index\", reply_text FROM calls WHERE episode = " id " AND seq > 0"

static const char same_sql[] = "SELECT EXISTS(" REPLIES("?1") ") AND NOT EXISTS(" REPLIES(
    "?1") " EXCEPT " REPLIES("?2") ") AND NOT EXISTS(" REPLIES("?2") " EXCEPT " REPLIES("?1") ")";

int store_tested(struct store *s, store_tested_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, tested_sql, &stmt, err), step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct store_tested t = {sqlite3_column_int(stmt, 1), sqlite3_column_int(stmt, 2),
                                 sqlite3_column_int(stmt, 3)};
        rc = fn(ctx, sqlite3_column_int64(stmt, 0), &t);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

int store_referred(struct store *s, store_referred_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, referred_sql, &stmt, err), step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = fn(ctx, sqlite3_column_int64(stmt, 0), sqlite3_column_int(stmt, 1),
                sqlite3_column_int(stmt, 2));
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

int store_compare_replies(struct store *s, struct store_twins *twins, size_t n, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, same_sql, &stmt, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        sqlite3_bind_int64(stmt, 1, twins[i].a);
        sqlite3_bind_int64(stmt, 2, twins[i].b);
        if (sqlite3_step(stmt) != SQLITE_ROW)
            rc = db_fail(s, err);
        else
            twins[i].same = sqlite3_column_int(stmt, 0);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return rc;
}
