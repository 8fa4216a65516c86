/* Checksums of the record (CRC-32): SQLite notices damage of its pages' structure, but not of what
 * stands in a cell.
 *
 * An episode that has ended has two in the table sums: `row` over its row, what its roles spent and
 * its moments, `trail` over its calls, failures, tool runs and events. A report reads a million
 * rows, but few trails. They are over values and names, not over the numbers of arms, tasks and
 * roles: a merge, a backup and a VACUUM leave them as they are. A fact in meta has one beside it.
 * Labels have none: people add them while a run is played. */
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"

/* What is summed, in this order; the last column of each statement is the episode. */
enum { ROW, SHARES, MOMENTS, CALLS, FAILURES, TOOLS, EVENTS, N_LISTS, N_OF_ROW = CALLS };
_Static_assert((int)N_LISTS == (int)N_DB_SUM_LISTS, "a kept statement for each");

static const struct {
    const struct store_fields *of;
    const char *more, *table, *id, *order;
} lists[N_LISTS] = {
    [ROW] = {&store_episode_fields, ", id", "results", "id", "id"},
    [SHARES] = {&store_share_fields, ", episode", "spent", "episode", "episode, seq"},
    [MOMENTS] = {&store_moment_fields, ", episode", "moments", "episode", "episode, seq"},
    [CALLS] = {&store_call_fields, ", seq, episode", "calls", "episode", "seq, role, \"index\""},
    [FAILURES] = {&store_failure_fields, ", episode", "failures", "episode", "id"},
    [TOOLS] = {&store_tool_fields, ", episode", "tool_runs", "episode", "\"index\""},
    [EVENTS] = {&store_event_fields, ", episode", "events", "episode", "\"index\""},
};

/* In the row of an episode (field.c): what names it, and whether it has ended. */
enum { AT_TASK, AT_ARM, AT_SAMPLE, AT_STATUS = 6 };

struct sums {
    uint32_t row, trail;
};

/* ---- adding up ---- */

static void add_column(sqlite3_stmt *stmt, int at, struct str *out)
{
    const int type = sqlite3_column_type(stmt, at);
    const long long whole = sqlite3_column_int64(stmt, at);
    const double real = sqlite3_column_double(stmt, at);
    str_addc(out, (char)type);
    if (type == SQLITE_INTEGER) {
        str_addn(out, (const char *)&whole, sizeof whole);
    } else if (type == SQLITE_FLOAT) {
        str_addn(out, (const char *)&real, sizeof real);
    } else if (type != SQLITE_NULL) {
        const char *bytes = sqlite3_column_blob(stmt, at);
        const int n = sqlite3_column_bytes(stmt, at);
        str_addn(out, (const char *)&n, sizeof n);
        str_addn(out, bytes ? bytes : "", (size_t)n);
    }
}

/* The row of list `which` at which the statement stands; `scratch` is only room for it. */
static uint32_t add_row(uint32_t sum, int which, sqlite3_stmt *stmt, struct str *scratch)
{
    str_clear(scratch);
    str_addc(scratch, (char)('0' + which));
    for (int i = 0; i < sqlite3_column_count(stmt) - 1; i++)
        add_column(stmt, i, scratch);
    return (uint32_t)crc32(sum, (const unsigned char *)scratch->p, (unsigned)scratch->len);
}

uint32_t db_meta_sum(const char *key, const char *value)
{
    uint32_t sum = (uint32_t)crc32(0, (const unsigned char *)key, (unsigned)strlen(key) + 1);
    return (uint32_t)crc32(sum, (const unsigned char *)value, (unsigned)strlen(value));
}

/* ---- reading lists side by side ---- */

struct cursor {
    struct store *s;
    sqlite3_stmt *stmt;
    bool there; /* stands at a row */
    long long episode;
};

static int advance(struct cursor *c, struct err *err)
{
    const int step = sqlite3_step(c->stmt);
    c->there = step == SQLITE_ROW;
    if (c->there)
        c->episode = sqlite3_column_int64(c->stmt, sqlite3_column_count(c->stmt) - 1);
    return c->there || step == SQLITE_DONE ? 0 : db_fail(c->s, err);
}

static int prepare_list(struct store *s, int which, bool one, sqlite3_stmt **out, struct err *err)
{
    struct str sql CLEANUP_STR = {0}, tail CLEANUP_STR = {0};
    if (one)
        str_addf(&tail, "WHERE %s = ?1 ", lists[which].id);
    str_addf(&tail, "ORDER BY %s", lists[which].order);
    db_select(lists[which].of, lists[which].more, lists[which].table, tail.p, &sql);
    return db_prepare(s, sql.p, out, err);
}

/* A kept statement, on one episode. */
static int seek(struct store *s, int which, long long id, struct cursor *out, struct err *err)
{
    *out = (struct cursor){.s = s};
    int rc = s->sum_list[which] ? 0 : prepare_list(s, which, true, &s->sum_list[which], err);
    if (rc < 0)
        return rc;
    out->stmt = s->sum_list[which];
    sqlite3_reset(out->stmt);
    sqlite3_bind_int64(out->stmt, 1, id);
    return advance(out, err);
}

/* Adds what list `which` has of this episode, and goes on to the next one's. */
static int add_list(struct cursor *c, int which, long long id, uint32_t *sum, struct str *scratch,
                    struct err *err)
{
    int rc = 0;
    while (rc == 0 && c->there && c->episode <= id) {
        if (c->episode == id)
            *sum = add_row(*sum, which, c->stmt, scratch);
        rc = advance(c, err);
    }
    return rc;
}

static int sum_lists(struct store *s, int from, int to, long long id, uint32_t *sum,
                     struct str *scratch, struct err *err)
{
    int rc = 0;
    *sum = 0;
    for (int i = from; rc == 0 && i < to; i++) {
        struct cursor c;
        rc = seek(s, i, id, &c, err);
        if (rc == 0)
            rc = add_list(&c, i, id, sum, scratch, err);
        sqlite3_reset(c.stmt);
    }
    return rc;
}

static int sum_episode(struct store *s, long long id, struct sums *out, struct err *err)
{
    struct str scratch CLEANUP_STR = {0};
    int rc = sum_lists(s, 0, N_OF_ROW, id, &out->row, &scratch, err);
    return rc < 0 ? rc : sum_lists(s, N_OF_ROW, N_LISTS, id, &out->trail, &scratch, err);
}

/* ---- writing them ---- */

static const char put_sql[] = "REPLACE INTO sums(episode, \"row\", trail) VALUES(?1, ?2, ?3)",
                  get_sql[] = "SELECT \"row\", trail FROM sums WHERE episode = ?1";

static int kept(struct store *s, enum db_sum_stmt which, const char *sql, struct err *err)
{
    return s->sum_stmt[which] ? 0 : db_prepare(s, sql, &s->sum_stmt[which], err);
}

int db_sums_put(struct store *s, long long id, struct err *err)
{
    struct sums now;
    int rc = kept(s, DB_SUM_PUT, put_sql, err);
    if (rc == 0)
        rc = sum_episode(s, id, &now, err);
    if (rc < 0)
        return rc;
    sqlite3_stmt *put = s->sum_stmt[DB_SUM_PUT];
    sqlite3_bind_int64(put, 1, id);
    sqlite3_bind_int64(put, 2, now.row);
    sqlite3_bind_int64(put, 3, now.trail);
    return db_run(s, put, err);
}

static int fill_meta(struct store *s, struct err *err)
{
    sqlite3_stmt *get = NULL, *put = NULL;
    int step = SQLITE_DONE, rc = db_prepare(s, "SELECT key, value FROM meta", &get, err);
    if (rc == 0)
        rc = db_prepare(s, "UPDATE meta SET sum = ?2 WHERE key = ?1", &put, err);
    while (rc == 0 && (step = sqlite3_step(get)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(get, 0);
        db_bind_text(put, 1, key);
        sqlite3_bind_int64(put, 2, db_meta_sum(key, (const char *)sqlite3_column_text(get, 1)));
        rc = db_run(s, put, err);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(get);
    sqlite3_finalize(put);
    return rc;
}

int db_sums_fill(struct store *s, struct err *err)
{
    sqlite3_stmt *ended = NULL;
    int step = SQLITE_DONE, rc = fill_meta(s, err);
    if (rc == 0)
        rc = db_prepare(s, "SELECT id FROM episodes WHERE status <> 0 ORDER BY id", &ended, err);
    while (rc == 0 && (step = sqlite3_step(ended)) == SQLITE_ROW)
        rc = db_sums_put(s, sqlite3_column_int64(ended, 0), err);
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(ended);
    return rc;
}

void db_sums_close(struct store *s)
{
    for (int i = 0; i < N_LISTS; i++)
        sqlite3_finalize(s->sum_list[i]);
    for (int i = 0; i < N_DB_SUM_STMTS; i++)
        sqlite3_finalize(s->sum_stmt[i]);
}

/* ---- checking ---- */

bool store_is_small(const struct store *s)
{
    struct stat st;
    return stat(s->path, &st) == 0 && st.st_size <= 64 << 20;
}

int store_check_pages(struct store *s, struct err *err)
{
    DB_LOCKED(s);
    sqlite3_stmt *check = NULL;
    int rc = db_prepare(s, "PRAGMA quick_check(1)", &check, err);
    if (rc == 0 && sqlite3_step(check) != SQLITE_ROW)
        rc = db_fail(s, err);
    if (rc == 0) {
        const char *said = (const char *)sqlite3_column_text(check, 0);
        const char *last = said ? strrchr(said, '\n') : NULL; /* below a heading */
        if (!str_eq(said, "ok"))
            rc = err_input(err, "%s: the run database is damaged (%s); move it away to start anew",
                           s->path,
                           last   ? last + 1
                           : said ? said
                                  : "no answer");
    }
    sqlite3_finalize(check);
    return rc;
}

int db_sums_check_row(struct store *s, long long id, struct err *err)
{
    struct str scratch CLEANUP_STR = {0};
    uint32_t now;
    int rc = kept(s, DB_SUM_GET, get_sql, err);
    if (rc == 0)
        rc = sum_lists(s, 0, N_OF_ROW, id, &now, &scratch, err);
    if (rc < 0)
        return rc;
    sqlite3_stmt *get = s->sum_stmt[DB_SUM_GET];
    sqlite3_bind_int64(get, 1, id);
    int step = sqlite3_step(get);
    bool same = step == SQLITE_ROW && sqlite3_column_int64(get, 0) == now;
    if (step == SQLITE_DONE)
        rc = 1;
    else if (step != SQLITE_ROW)
        rc = db_fail(s, err);
    else if (!same)
        rc = err_input(err, "%s: episode %lld is damaged", s->path, id);
    sqlite3_reset(get);
    return rc;
}

struct check {
    struct store *s;
    bool trails;
    struct cursor at[N_OF_ROW], sums;
    struct str scratch;
    store_damage_fn *fn;
    void *ctx;
    struct err *err;
};

static int check_meta(struct check *c)
{
    sqlite3_stmt *get = NULL;
    int step = SQLITE_DONE,
        rc = db_prepare(c->s, "SELECT key, value, sum FROM meta ORDER BY key", &get, c->err);
    while (rc == 0 && (step = sqlite3_step(get)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(get, 0),
                   *value = (const char *)sqlite3_column_text(get, 1);
        char *what CLEANUP_FREE = xasprintf("the fact '%s'", key ? key : "");
        if (!key || !value || sqlite3_column_int64(get, 2) != db_meta_sum(key, value))
            rc = c->fn(c->ctx, what);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(c->s, c->err);
    sqlite3_finalize(get);
    return rc;
}

/* Sums of episodes that are not there any more. */
static int skip_sums(struct check *c, long long before)
{
    int rc = 0;
    while (rc == 0 && c->sums.there && c->sums.episode < before) {
        char *what CLEANUP_FREE = xasprintf("episode %lld, which is gone", c->sums.episode);
        rc = c->fn(c->ctx, what);
        if (rc == 0)
            rc = advance(&c->sums, c->err);
    }
    return rc;
}

/* The episode at which the cursors stand; they go on to the next. */
static int check_episode(struct check *c)
{
    sqlite3_stmt *row = c->at[ROW].stmt;
    const long long id = c->at[ROW].episode;
    const bool ended = sqlite3_column_int(row, AT_STATUS) != STORE_PENDING;
    struct sums now = {0}, then = {0};
    int rc = skip_sums(c, id);
    const bool summed = c->sums.there && c->sums.episode == id;
    if (rc < 0 || (!summed && !ended))
        return rc < 0 ? rc : advance(&c->at[ROW], c->err);
    char *what CLEANUP_FREE = xasprintf("%s/%s/%d", (const char *)sqlite3_column_text(row, AT_ARM),
                                        (const char *)sqlite3_column_text(row, AT_TASK),
                                        sqlite3_column_int(row, AT_SAMPLE));
    if (summed) {
        then.row = (uint32_t)sqlite3_column_int64(c->sums.stmt, 0);
        then.trail = (uint32_t)sqlite3_column_int64(c->sums.stmt, 1);
        rc = advance(&c->sums, c->err);
    }
    for (int i = 0; rc == 0 && i < N_OF_ROW; i++)
        rc = add_list(&c->at[i], i, id, &now.row, &c->scratch, c->err);
    if (rc == 0 && c->trails)
        rc = sum_lists(c->s, N_OF_ROW, N_LISTS, id, &now.trail, &c->scratch, c->err);
    bool damaged =
        !summed || !ended || now.row != then.row || (c->trails && now.trail != then.trail);
    return rc == 0 && damaged ? c->fn(c->ctx, what) : rc;
}

static int check_episodes(struct check *c)
{
    int rc = db_prepare(c->s, "SELECT \"row\", trail, episode FROM sums ORDER BY episode",
                        &c->sums.stmt, c->err);
    if (rc == 0)
        rc = advance(&c->sums, c->err);
    for (int i = 0; rc == 0 && i < N_OF_ROW; i++) {
        c->at[i].s = c->s;
        rc = prepare_list(c->s, i, false, &c->at[i].stmt, c->err);
        if (rc == 0)
            rc = advance(&c->at[i], c->err);
    }
    while (rc == 0 && c->at[ROW].there)
        rc = check_episode(c);
    if (rc == 0)
        rc = skip_sums(c, INT64_MAX);
    for (int i = 0; i < N_OF_ROW; i++)
        sqlite3_finalize(c->at[i].stmt);
    sqlite3_finalize(c->sums.stmt);
    return rc;
}

int store_damage(struct store *s, bool trails, store_damage_fn *fn, void *ctx, struct err *err)
{
    DB_LOCKED(s);
    struct check c = {.s = s, .trails = trails, .fn = fn, .ctx = ctx, .err = err};
    c.sums.s = s;
    bool own = sqlite3_get_autocommit(s->db); /* one snapshot: the run may go on meanwhile */
    int rc = own ? db_exec(s, "BEGIN", err) : 0;
    if (rc < 0)
        return rc;
    rc = check_meta(&c);
    if (rc == 0)
        rc = check_episodes(&c);
    if (own)
        db_exec(s, "COMMIT", NULL);
    str_free(&c.scratch);
    return rc;
}

struct first {
    struct store *s;
    struct err *err;
};

static int refuse(void *ctx, const char *what)
{
    const struct first *f = ctx;
    return err_input(f->err,
                     "%s: the run database is damaged: %s is not what was written there; hrm "
                     "doctor RUN lists all such damage",
                     f->s->path, what);
}

int store_check(struct store *s, bool trails, struct err *err)
{
    return store_damage(s, trails, refuse, &(struct first){s, err}, err);
}
