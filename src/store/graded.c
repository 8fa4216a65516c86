/* What the record says of gradings beyond their verdicts. It stands in the detail of the tool runs,
 * which is most of a large record; only the rows that can say something are read. The details are
 * searched as text: within JSON a quotation mark in a text is escaped, so only a member matches. */
#include "store/db.h"

#define OF_SUBMISSION                                                                              \
    "e.status = 1 AND NOT e.passed AND r.kind = 'hidden' AND r.program = e.submission"

static const char disputed_sql[] =
    "SELECT DISTINCT e.id FROM tool_runs r INDEXED BY " DB_DISPUTED_INDEX
    " CROSS JOIN episodes e ON e.id = r.episode WHERE " DB_DISPUTED " AND " OF_SUBMISSION
    " ORDER BY e.id";

/* Without the index, which records of an older hrm lack: every failed episode is looked at. */
static const char searched_sql[] =
    "SELECT e.id FROM episodes e WHERE e.n_hidden > 0 AND e.verdict IN ('fail', 'error') AND "
    "EXISTS (SELECT 1 FROM tool_runs r WHERE r.episode = e.id AND " DB_DISPUTED
    " AND " OF_SUBMISSION ") ORDER BY e.id";

/* Of each task one hidden grading is looked at, since all of a task's are done the same way. */
static const char ways_sql[] =
    "SELECT id, instr(detail, '\"one_process\":true') > 0 FROM (SELECT t.id AS id, ("
    "SELECT r.detail FROM episodes e CROSS JOIN tool_runs r ON r.episode = e.id AND "
    "r.kind = 'hidden' WHERE e.task = t.id AND e.status = 1 AND e.n_hidden > 0 LIMIT 1) AS detail "
    "FROM tasks t) WHERE detail IS NOT NULL ORDER BY id";

static int each_row(struct store *s, const char *sql, int (*fn)(void *ctx, sqlite3_stmt *row),
                    void *ctx, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, sql, &stmt, err), step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = fn(ctx, stmt);
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

struct receiver {
    store_disputed_fn *disputed;
    store_way_fn *way;
    store_cpu_fn *cpu;
    void *ctx;
};

static int give_disputed(void *ctx, sqlite3_stmt *row)
{
    const struct receiver *r = ctx;
    return r->disputed(r->ctx, sqlite3_column_int64(row, 0));
}

static int give_way(void *ctx, sqlite3_stmt *row)
{
    const struct receiver *r = ctx;
    return r->way(r->ctx, (long)sqlite3_column_int64(row, 0), sqlite3_column_int(row, 1));
}

static int give_cpu(void *ctx, sqlite3_stmt *row)
{
    const struct receiver *r = ctx;
    return r->cpu(r->ctx, (long)sqlite3_column_int64(row, 0), (long)sqlite3_column_int64(row, 1),
                  sqlite3_column_double(row, 2), sqlite3_column_double(row, 3));
}

static int note_row(void *ctx, sqlite3_stmt *row)
{
    (void)row;
    *(bool *)ctx = true;
    return 0;
}

int store_disputed(struct store *s, store_disputed_fn *fn, void *ctx, struct err *err)
{
    static const char index_sql[] =
        "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = '" DB_DISPUTED_INDEX "'";
    bool indexed = false;
    int rc = each_row(s, index_sql, note_row, &indexed, err);
    if (rc < 0)
        return rc;
    return each_row(s, indexed ? disputed_sql : searched_sql, give_disputed,
                    &(struct receiver){.disputed = fn, .ctx = ctx}, err);
}

int store_ways(struct store *s, store_way_fn *fn, void *ctx, struct err *err)
{
    return each_row(s, ways_sql, give_way, &(struct receiver){.way = fn, .ctx = ctx}, err);
}

int store_cpu(struct store *s, store_cpu_fn *fn, void *ctx, struct err *err)
{
    static const char sql[] =
        "SELECT e.arm, count(DISTINCT e.id), total(r.seconds), total(r.cpu_seconds) FROM episodes "
        "e "
        "LEFT JOIN tool_runs r ON r.episode = e.id AND r.kind IN ('run', 'public', 'self') "
        "WHERE e.status = 1 GROUP BY e.arm ORDER BY e.arm";
    return each_row(s, sql, give_cpu, &(struct receiver){.cpu = fn, .ctx = ctx}, err);
}
