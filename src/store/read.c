/* Reading the record. Each reading has its own statement, so that readings can nest; statements for
 * one episode's rows are kept for the next episode, since preparing one costs more than using it.
 */
#include "store/db.h"

/* Under way; holds the store's lock. */
struct reading {
    struct store *s;
    const struct store_fields *of;
    sqlite3_stmt *stmt; /* NULL: never begun */
    bool keep;          /* the statement */
    struct err *err;
    int rc; /* negative on failure, or what a callback returned */
};

static void end_reading(struct reading *r)
{
    const size_t n = sizeof r->s->spare / sizeof *r->s->spare;
    size_t i = 0;
    while (i < n && r->s->spare[i].stmt)
        i++;
    sqlite3_reset(r->stmt);
    if (r->stmt && r->keep && i < n)
        r->s->spare[i] = (struct db_spare){r->of, r->stmt};
    else
        sqlite3_finalize(r->stmt);
    db_unlock(&r->s);
}
#define READING struct reading __attribute__((cleanup(end_reading)))

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

/* All rows that `tail` selects and sorts, with one more column; ?1 in it is the id. */
static struct reading begin(struct store *s, const struct store_fields *fields, const char *more,
                            const char *from, const char *tail, long long id, struct err *err)
{
    struct reading r = {.s = db_lock(s), .of = fields, .err = err};
    struct str sql CLEANUP_STR = {0};
    db_select(fields, more, from, tail, &sql);
    r.rc = db_prepare(s, sql.p, &r.stmt, err);
    if (r.rc == 0 && id > 0)
        sqlite3_bind_int64(r.stmt, 1, id);
    return r;
}

/* The rows of a table that belong to episode `id`, sorted by `order`, which is the same for all
 * readings of a table. */
static struct reading begin_rows(struct store *s, const struct store_fields *fields,
                                 const char *table, const char *order, long long id,
                                 struct err *err)
{
    struct reading r = {
        .s = db_lock(s), .of = fields, .stmt = take_spare(s, fields), .keep = true, .err = err};
    if (!r.stmt) {
        struct str sql CLEANUP_STR = {0};
        db_select(fields, "", table, "WHERE episode = ?1 ORDER BY ", &sql);
        str_add(&sql, order);
        r.rc = db_prepare(s, sql.p, &r.stmt, err);
    }
    if (r.rc == 0)
        sqlite3_bind_int64(r.stmt, 1, id);
    return r;
}

/* False at the end, on failure, and when a callback has returned non-zero. */
static bool step(struct reading *r)
{
    int rc = r->rc ? SQLITE_DONE : sqlite3_step(r->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        r->rc = db_fail(r->s, r->err);
    return rc == SQLITE_ROW;
}

static bool next(struct reading *r, void *row)
{
    bool more = step(r);
    if (more)
        db_read_row(r->stmt, 0, r->of, row, NULL);
    return more;
}

/* The k-th of those behind the fields. */
static long long last_column(const struct reading *r, int k)
{
    return sqlite3_column_int64(r->stmt, (int)r->of->n + k);
}

static int read_episodes(struct store *s, const char *tail, long long id, store_episode_fn *fn,
                         void *ctx, struct err *err)
{
    READING r = begin(s, &store_episode_fields, ", id", "results", tail, id, err);
    for (struct store_episode row; next(&r, &row);)
        r.rc = fn(ctx, last_column(&r, 0), &row);
    return r.rc;
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

int db_read_list(struct store *s, const struct db_list *list, long long id, void **out, size_t *n,
                 struct arena *arena, struct err *err)
{
    READING r = begin_rows(s, list->of, list->table, list->order, id, err);
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (step(&r)) {
        *out = arena_grow(arena, *out, *n, &cap, list->size);
        db_read_row(r.stmt, 0, r.of, (char *)*out + *n * list->size + list->row, arena);
        ++*n;
    }
    return r.rc;
}

int store_read_spent(struct store *s, long long id, struct store_episode *row, struct arena *arena,
                     struct err *err)
{
    static const struct db_list shares = {&store_share_fields, "spent", "seq",
                                          sizeof(struct store_share), 0};
    static const struct db_list moments = {&store_moment_fields, "moments", "seq",
                                           sizeof(struct store_moment), 0};
    void *of_roles, *of_time;
    int rc = db_read_list(s, &shares, id, &of_roles, &row->n_shares, arena, err);
    if (rc == 0)
        rc = db_read_list(s, &moments, id, &of_time, &row->n_moments, arena, err);
    if (rc == 0) {
        row->shares = of_roles;
        row->moments = of_time;
    }
    return rc;
}

/* ---- a large run at once ---- */

int store_numbered(struct store *s, store_numbered_fn *fn, void *ctx, struct err *err)
{
    static const struct store_fields *const all = &store_episode_fields;
    const struct store_fields row = {all->table, all->row_size, all->field + 2, all->n - 2};
    READING r = begin(s, &row, ", task, arm, id", "episodes", "ORDER BY task, arm, sample", 0, err);
    for (struct store_episode e = {0}; next(&r, &e);)
        r.rc = fn(ctx, last_column(&r, 2), (long)last_column(&r, 0), (long)last_column(&r, 1), &e);
    return r.rc;
}

int store_shares(struct store *s, store_share_fn *fn, void *ctx, struct err *err)
{
    /* the role's number is no text: read apart, behind the other columns */
    static const struct store_fields *const all = &store_share_fields;
    const struct store_fields spent = {all->table, all->row_size, all->field + 1, all->n - 1};
    READING r = begin(s, &spent, ", role, episode", all->table, "ORDER BY episode, seq", 0, err);
    for (struct store_share share = {0}; next(&r, &share);)
        r.rc = fn(ctx, last_column(&r, 1), (long)last_column(&r, 0), &share);
    return r.rc;
}

int store_spent(struct store *s, store_spent_fn *fn, void *ctx, struct err *err)
{
    static const char sql[] =
        "SELECT role, sum(calls), sum(prompt_tokens), sum(generated_tokens) FROM (\n"
        "  SELECT role, calls, prompt_tokens, generated_tokens FROM spent WHERE episode IN\n"
        "    (SELECT id FROM episodes WHERE status = 1)\n"
        "  UNION ALL SELECT role, 1, prompt_tokens, generated_tokens FROM calls WHERE episode IN\n"
        "    (SELECT id FROM episodes WHERE status <> 1)) GROUP BY role ORDER BY role";
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s, sql, &stmt, err), step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct store_share total = {.role = (const char *)sqlite3_column_text(stmt, 0),
                                    .calls = sqlite3_column_int(stmt, 1),
                                    .prompt_tokens = (long)sqlite3_column_int64(stmt, 2),
                                    .generated_tokens = (long)sqlite3_column_int64(stmt, 3)};
        rc = fn(ctx, &total);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

int store_moments(struct store *s, store_moment_fn *fn, void *ctx, struct err *err)
{
    READING r =
        begin(s, &store_moment_fields, ", episode", "moments", "ORDER BY episode, seq", 0, err);
    for (struct store_moment moment; next(&r, &moment);)
        r.rc = fn(ctx, last_column(&r, 0), &moment);
    return r.rc;
}

int store_names(struct store *s, enum store_names of, const char *const **out, size_t *n,
                struct arena *arena, struct err *err)
{
    static const char *const sql[] = {[STORE_ARMS] = "SELECT name FROM arms ORDER BY id",
                                      [STORE_TASKS] = "SELECT name FROM tasks ORDER BY id",
                                      [STORE_ROLES] = "SELECT name FROM roles ORDER BY id"};
    DB_LOCKED(s);
    sqlite3_stmt *stmt = NULL;
    const char **name = NULL;
    size_t cap = 0;
    int step = SQLITE_DONE, rc = db_prepare(s, sql[of], &stmt, err);
    for (*n = 0; rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW; ++*n) {
        name = arena_grow(arena, name, *n, &cap, sizeof *name);
        name[*n] = arena_strdup(arena, (const char *)sqlite3_column_text(stmt, 0));
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    *out = name;
    return rc;
}

int store_labels(struct store *s, store_label_fn *fn, void *ctx, struct err *err)
{
    READING r =
        begin(s, &store_label_fields, ", episode", "labels", "ORDER BY episode, annotator", 0, err);
    for (struct store_label row; next(&r, &row);)
        r.rc = fn(ctx, last_column(&r, 0), &row);
    return r.rc;
}

int store_episode_labels(struct store *s, long long id, store_label_fn *fn, void *ctx,
                         struct err *err)
{
    READING r = begin_rows(s, &store_label_fields, "labels", "annotator", id, err);
    for (struct store_label row; next(&r, &row);)
        r.rc = fn(ctx, id, &row);
    return r.rc;
}
