/* Reading the record back. Each reading has a statement of its own, so that readings nest. */
#include "store/db.h"

static void finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}
#define CLEANUP_STMT __attribute__((cleanup(finalize)))

/* The rows of a table that belong to episode `id`, sorted by `order`. */
static int select_of_episode(struct store *s, const struct store_fields *fields, const char *order,
                             long long id, sqlite3_stmt **out, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    db_select(fields, "", fields->table, "WHERE episode = ?1 ORDER BY ", &sql);
    str_add(&sql, order);
    int rc = db_prepare(s, sql.p, out, err);
    if (rc == 0)
        sqlite3_bind_int64(*out, 1, id);
    return rc;
}

/* 1 and *row, 0 at the end, negative on failure. */
static int next_row(struct store *s, sqlite3_stmt *stmt, const struct store_fields *fields,
                    void *row, struct err *err)
{
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW)
        db_read_row(stmt, 0, fields, row, NULL);
    return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : db_fail(s, err);
}

/* The episodes that `tail` selects and sorts; ?1 in it is the id. */
static int read_episodes(struct store *s, const char *tail, long long id, store_episode_fn *fn,
                         void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_episode row;
    struct str sql CLEANUP_STR = {0};
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    db_select(&store_episode_fields, ", id", "results", tail, &sql);
    int more, rc = db_prepare(s, sql.p, &stmt, err);
    if (rc == 0 && id > 0)
        sqlite3_bind_int64(stmt, 1, id);
    while (rc == 0 && (more = next_row(s, stmt, &store_episode_fields, &row, err)) != 0) {
        long long at = sqlite3_column_int64(stmt, (int)store_episode_fields.n);
        rc = more < 0 ? more : fn(ctx, at, &row);
    }
    return rc;
}

int store_episodes(struct store *s, store_episode_fn *fn, void *ctx, struct err *err)
{
    return read_episodes(s, "ORDER BY task_no, arm_no, sample", 0, fn, ctx, err);
}

int store_episode_read(struct store *s, long long id, store_episode_fn *fn, void *ctx,
                       struct err *err)
{
    return read_episodes(s, "WHERE id = ?1", id, fn, ctx, err);
}

int store_calls(struct store *s, long long id, store_call_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_call row;
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int more, rc = select_of_episode(s, &store_call_fields, "seq", id, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_call_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_failures(struct store *s, long long id, store_failure_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_failure row;
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int more, rc = select_of_episode(s, &store_failure_fields, "id", id, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_failure_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_tools(struct store *s, long long id, store_tool_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_tool_run row;
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int more, rc = select_of_episode(s, &store_tool_fields, "\"index\"", id, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_tool_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_events(struct store *s, long long id, store_event_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_event row;
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int more, rc = select_of_episode(s, &store_event_fields, "\"index\"", id, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_event_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_labels(struct store *s, store_label_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_label row;
    struct str sql CLEANUP_STR = {0};
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    db_select(&store_label_fields, ", episode", "labels", "ORDER BY episode, annotator", &sql);
    int more, rc = db_prepare(s, sql.p, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_label_fields, &row, err)) != 0) {
        long long id = sqlite3_column_int64(stmt, (int)store_label_fields.n);
        rc = more < 0 ? more : fn(ctx, id, &row);
    }
    return rc;
}

int store_episode_labels(struct store *s, long long id, store_label_fn *fn, void *ctx,
                         struct err *err)
{
    DB_LOCKED(s);
    struct store_label row;
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int more, rc = select_of_episode(s, &store_label_fields, "annotator", id, &stmt, err);
    while (rc == 0 && (more = next_row(s, stmt, &store_label_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, id, &row);
    return rc;
}
