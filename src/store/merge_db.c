/* One record out of several. The part is attached to the connection of the whole, and its rows are
 * copied table by table, in one transaction: row by row through the functions of store.h it took
 * minutes for large runs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"

/* ---- arms and tasks ---- */

struct name_list {
    const char *const *name; /* [n] */
    size_t n;
};

/* Those of the part, which are those of the whole unless that is empty yet. */
static int join_names(struct store *into, struct store *part, enum store_names of, const char *what,
                      struct name_list *out, struct arena *arena, struct err *err)
{
    struct name_list there = {0};
    int rc = store_names(part, of, &out->name, &out->n, arena, err);
    if (rc == 0)
        rc = store_names(into, of, &there.name, &there.n, arena, err);
    bool same = there.n == 0 || there.n == out->n;
    for (size_t i = 0; same && i < there.n; i++)
        same = str_eq(there.name[i], out->name[i]);
    return rc < 0 || same ? rc : err_input(err, "%s: has other %s", part->path, what);
}

/* ---- episodes ---- */

struct merging {
    struct store *into, *part;
    struct arena *arena;
    struct store_plan_item *items; /* [n] the part's episodes, in its order */
    long long *ids;                /* [n] of each in the part */
    size_t n, cap, cap_ids;
    struct err *err;
};

static int list_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct merging *m = ctx;
    m->items = xgrow(m->items, &m->cap, m->n + 1, sizeof *m->items);
    m->ids = xgrow(m->ids, &m->cap_ids, m->n + 1, sizeof *m->ids);
    m->ids[m->n] = id;
    m->items[m->n++] = (struct store_plan_item){.arm = arena_strdup(m->arena, row->arm),
                                                .task = arena_strdup(m->arena, row->task),
                                                .sample = row->sample,
                                                .status = row->status};
    return 0;
}

/* An episode may be finished in one part only. */
static int check_disjoint(struct merging *m)
{
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < m->n; i++) {
        struct store_plan_item there = m->items[i];
        if (there.status == STORE_PENDING)
            continue;
        rc = store_plan_find(m->into, &there, m->err);
        if (rc == 1 && there.status != STORE_PENDING)
            rc = err_input(m->err, "%s: %s/%s/%d was played in another of the runs, too",
                           m->part->path, there.arm, there.task, there.sample);
    }
    return rc < 0 ? rc : 0;
}

/* ---- attaching ---- */

static int attach(struct store *into, const char *path, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(into, "ATTACH ?1 AS part", &stmt, err);
    if (rc == 0) {
        db_bind_text(stmt, 1, path);
        rc = sqlite3_step(stmt) == SQLITE_DONE ? 0 : db_fail(into, err);
    }
    sqlite3_finalize(stmt);
    if (rc == 0) /* this is what opens the file */
        rc = db_exec(into, "SELECT count(*) FROM part.meta", err);
    if (rc < 0)
        db_exec(into, "DETACH part", NULL);
    return rc;
}

/* A part that was migrated in memory, or lies where nothing can be written, is copied first. *copy:
 * the copy's path; NULL = none was needed; caller frees. */
static int attach_part(struct merging *m, char **copy)
{
    DB_LOCKED(m->into);
    const char *file = sqlite3_db_filename(m->part->db, "main");
    bool in_memory = !file || !*file;
    if (!in_memory && attach(m->into, file, NULL) == 0)
        return 0;
    char *path = xasprintf("%s.part", m->into->path);
    int rc = store_copy(m->part, path, m->err);
    if (rc == 0)
        rc = attach(m->into, path, m->err);
    if (rc == 0) {
        *copy = path;
        return 0;
    }
    unlink(path);
    free(path);
    return rc;
}

static void detach_part(struct merging *m, char *copy)
{
    DB_LOCKED(m->into);
    db_exec(m->into, "DETACH part", NULL);
    if (copy)
        unlink(copy);
    free(copy);
}

/* ---- rows ---- */

/* temp.merging: part = the episode there, whole = here; fresh: it was declared here just now;
 * status: there, as its rows are. */
static int list_pairs(struct merging *m)
{
    static const char insert[] = "INSERT INTO temp.merging SELECT id, ?2, ?3, status FROM "
                                 "part.episodes WHERE id = ?1 AND (?3 OR status != 0)";
    struct store *s = m->into;
    sqlite3_stmt *stmt = NULL;
    int rc = db_exec(s,
                     "DROP TABLE IF EXISTS temp.merging; CREATE TEMP TABLE merging(part INTEGER "
                     "PRIMARY KEY, whole INTEGER, fresh INTEGER, status INTEGER)",
                     m->err);
    if (rc == 0)
        rc = db_prepare(s, insert, &stmt, m->err);
    for (size_t i = 0; rc == 0 && i < m->n; i++) {
        sqlite3_bind_int64(stmt, 1, m->ids[i]);
        sqlite3_bind_int64(stmt, 2, m->items[i].id);
        sqlite3_bind_int(stmt, 3, m->items[i].fresh);
        rc = db_run(s, stmt, m->err);
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* The columns of a table but for its keys, as "a, b" or, with an alias, "x.a, x.b". */
static int add_columns(struct store *s, const char *table, const char *alias, const char *set,
                       struct str *out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = db_prepare(s,
                        "SELECT name FROM pragma_table_info(?1) WHERE name NOT IN ('id', "
                        "'episode') AND NOT (?1 = 'shares' AND name = 'role') AND NOT (?1 = "
                        "'episodes' AND name IN ('task', 'arm', 'sample'))",
                        &stmt, err);
    if (rc < 0)
        return rc;
    db_bind_text(stmt, 1, table);
    int step;
    for (bool first = true; (step = sqlite3_step(stmt)) == SQLITE_ROW; first = false) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        str_add(out, first ? "" : ", ");
        if (set)
            str_addf(out, "\"%s\" = ", name);
        str_addf(out, "%s\"%s\"", alias, name);
    }
    rc = step == SQLITE_DONE ? 0 : db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

/* All rows of a table that belong to episodes of the list. */
static int copy_table(struct store *s, const char *table, struct err *err)
{
    bool shares = str_eq(table, "shares");
    struct str sql CLEANUP_STR = {0};
    str_addf(&sql, "INSERT OR REPLACE INTO main.%s(episode, %s", table, shares ? "role, " : "");
    int rc = add_columns(s, table, "", NULL, &sql, err);
    str_addf(&sql, ") SELECT m.whole, %s", shares ? "r.id, " : "");
    if (rc == 0)
        rc = add_columns(s, table, "t.", NULL, &sql, err);
    str_addf(&sql, " FROM temp.merging m CROSS JOIN part.%s t ON t.episode = m.part", table);
    if (shares)
        str_add(&sql, " JOIN part.roles p ON p.id = t.role JOIN main.roles r ON r.name = p.name");
    return rc < 0 ? rc : db_exec(s, sql.p, err);
}

static int copy_results(struct store *s, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    str_add(&sql, "UPDATE main.episodes SET ");
    int rc = add_columns(s, "episodes", "p.", "=", &sql, err);
    str_add(&sql, " FROM temp.merging m CROSS JOIN part.episodes p ON p.id = m.part WHERE "
                  "m.status != 0 AND main.episodes.id = m.whole");
    return rc < 0 ? rc : db_exec(s, sql.p, err);
}

/* An episode that is in both has been run in one of them at most: what it left here, unfinished,
 * goes, but for its calls, which the part may not have. */
#define AGAIN "(SELECT whole FROM temp.merging WHERE NOT fresh)"
static const char restart[] = "DELETE FROM main.events WHERE episode IN " AGAIN ";"
                              "DELETE FROM main.tool_runs WHERE episode IN " AGAIN ";"
                              "DELETE FROM main.shares WHERE episode IN " AGAIN ";"
                              "DELETE FROM main.moments WHERE episode IN " AGAIN ";"
                              "UPDATE main.calls SET seq = 0 WHERE episode IN " AGAIN ";"
                              "INSERT OR IGNORE INTO main.roles(name) SELECT name FROM part.roles "
                              "ORDER BY id";
/* One that is done has no use for calls that it did not repeat. */
static const char drop_calls[] = "DELETE FROM main.calls WHERE seq = 0 AND episode IN (SELECT "
                                 "whole FROM temp.merging WHERE NOT fresh AND status = 1)";

/* Checksums are copied as they are, so that damage of a part stays to be seen. Only where calls and
 * failures of both are together now are they made anew. */
static int sum_anew(struct store *s, struct err *err)
{
    static const char mixed[] = "SELECT whole FROM temp.merging WHERE NOT fresh AND status != 0";
    sqlite3_stmt *stmt = NULL;
    int step = SQLITE_DONE, rc = db_prepare(s, mixed, &stmt, err);
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = db_sums_put(s, sqlite3_column_int64(stmt, 0), err);
    if (rc == 0 && step != SQLITE_DONE)
        rc = db_fail(s, err);
    sqlite3_finalize(stmt);
    return rc;
}

static int copy_rows(struct store *s, const void *merging, struct err *err)
{
    static const char *const tables[] = {"calls",  "failures", "tool_runs", "events",
                                         "labels", "shares",   "moments",   "sums"};
    struct merging m = *(const struct merging *)merging;
    m.err = err;
    int rc = list_pairs(&m);
    if (rc == 0)
        rc = db_exec(s, restart, err);
    for (size_t i = 0; rc == 0 && i < sizeof tables / sizeof *tables; i++)
        rc = copy_table(s, tables[i], err);
    if (rc == 0)
        rc = copy_results(s, err);
    if (rc == 0)
        rc = db_exec(s, drop_calls, err);
    return rc < 0 ? rc : sum_anew(s, err);
}

static int merge(struct merging *m, struct name_list *arms, struct name_list *tasks)
{
    char *copy = NULL;
    int rc = join_names(m->into, m->part, STORE_ARMS, "arms", arms, m->arena, m->err);
    if (rc == 0)
        rc = join_names(m->into, m->part, STORE_TASKS, "tasks", tasks, m->arena, m->err);
    if (rc == 0)
        rc = store_episodes(m->part, list_episode, m, m->err);
    if (rc == 0)
        rc = check_disjoint(m);
    if (rc == 0)
        rc =
            store_plan(m->into, arms->name, arms->n, tasks->name, tasks->n, m->items, m->n, m->err);
    if (rc == 0)
        rc = attach_part(m, &copy);
    if (rc < 0)
        return rc;
    rc = db_write(m->into, copy_rows, m, m->err);
    detach_part(m, copy);
    return rc;
}

int store_merge(struct store *into, struct store *part, struct err *err)
{
    DB_LOCKED(part);
    struct name_list arms = {0}, tasks = {0};
    struct merging m = {.into = into, .part = part, .arena = arena_new(), .err = err};
    int rc = db_exec(part, "BEGIN", err); /* it may be running: this reads one snapshot */
    if (rc == 0) {
        rc = merge(&m, &arms, &tasks);
        db_exec(part, "COMMIT", NULL);
    }
    free(m.items);
    free(m.ids);
    arena_free(m.arena);
    return rc;
}
