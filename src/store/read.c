/* Reading the record back. Each reading has a statement of its own, so that readings nest; those of
 * one episode's rows are kept for the next, as preparing one costs more than reading with it. */
#include "store/db.h"

static void finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}
#define CLEANUP_STMT __attribute__((cleanup(finalize)))

struct reading { /* of the rows of one episode */
    struct store *s;
    const struct store_fields *of;
    sqlite3_stmt *stmt; /* NULL: never begun */
};

static void end_reading(struct reading *r)
{
    sqlite3_reset(r->stmt);
    for (size_t i = 0; r->stmt && i < sizeof r->s->spare / sizeof *r->s->spare; i++) {
        if (r->s->spare[i].stmt)
            continue;
        r->s->spare[i] = (struct db_spare){r->of, r->stmt};
        return;
    }
    sqlite3_finalize(r->stmt);
}
#define CLEANUP_READING __attribute__((cleanup(end_reading)))

static sqlite3_stmt *take_spare(struct store *s, const struct store_fields *of)
{
    for (size_t i = 0; i < sizeof s->spare / sizeof *s->spare; i++) {
        sqlite3_stmt *stmt = s->spare[i].stmt;
        if (!stmt || s->spare[i].of != of)
            continue;
        s->spare[i].stmt = NULL;
        return stmt;
    }
    return NULL;
}

/* The rows of a table that belong to episode `id`, sorted by `order`, which is the same for all
 * readings of a table. */
static int select_of_episode(struct store *s, const struct store_fields *fields, const char *order,
                             long long id, struct reading *out, struct err *err)
{
    *out = (struct reading){s, fields, take_spare(s, fields)};
    if (!out->stmt) {
        struct str sql CLEANUP_STR = {0};
        db_select(fields, "", fields->table, "WHERE episode = ?1 ORDER BY ", &sql);
        str_add(&sql, order);
        int rc = db_prepare(s, sql.p, &out->stmt, err);
        if (rc < 0)
            return rc;
    }
    sqlite3_bind_int64(out->stmt, 1, id);
    return 0;
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
    struct reading r CLEANUP_READING = {0};
    int more, rc = select_of_episode(s, &store_call_fields, "seq", id, &r, err);
    while (rc == 0 && (more = next_row(s, r.stmt, &store_call_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_failures(struct store *s, long long id, store_failure_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_failure row;
    struct reading r CLEANUP_READING = {0};
    int more, rc = select_of_episode(s, &store_failure_fields, "id", id, &r, err);
    while (rc == 0 && (more = next_row(s, r.stmt, &store_failure_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_tools(struct store *s, long long id, store_tool_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_tool_run row;
    struct reading r CLEANUP_READING = {0};
    int more, rc = select_of_episode(s, &store_tool_fields, "\"index\"", id, &r, err);
    while (rc == 0 && (more = next_row(s, r.stmt, &store_tool_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, &row);
    return rc;
}

int store_events(struct store *s, long long id, store_event_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct store_event row;
    struct reading r CLEANUP_READING = {0};
    int more, rc = select_of_episode(s, &store_event_fields, "\"index\"", id, &r, err);
    while (rc == 0 && (more = next_row(s, r.stmt, &store_event_fields, &row, err)) != 0)
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
    struct reading r CLEANUP_READING = {0};
    int more, rc = select_of_episode(s, &store_label_fields, "annotator", id, &r, err);
    while (rc == 0 && (more = next_row(s, r.stmt, &store_label_fields, &row, err)) != 0)
        rc = more < 0 ? more : fn(ctx, id, &row);
    return rc;
}
