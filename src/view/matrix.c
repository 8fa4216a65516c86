/* See matrix.h. */
#include "view/matrix.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "view/matrix_filter.h"
#include "view/outcome_copy.h"

enum { PAGE_TASKS = 60 };

struct page {
    long long task[PAGE_TASKS];
    size_t n;
    long long total, number;
};

/* ---- which tasks ---- */

/* Without filter and order: straight from the record. */
static const char plain_sql[] = "SELECT id FROM r.tasks t WHERE EXISTS (SELECT 1 FROM r.episodes e "
                                "WHERE e.task = t.id) ORDER BY id";

static int count_tasks(struct shelf_record *r, const struct matrix_filter *f, const char *sql,
                       struct page *p, struct err *err)
{
    char *all CLEANUP_FREE = xasprintf("SELECT count(*) FROM (%s)", sql);
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, all, &stmt, err);
    if (rc < 0)
        return rc;
    matrix_filter_bind(f, stmt);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return shelf_fail(r, err);
    p->total = sqlite3_column_int64(stmt, 0);
    return 0;
}

/* The page and the number of all tasks from one search; a page behind the end does not have it. */
static int read_tasks(struct shelf_record *r, const struct matrix_filter *f, const char *sql,
                      struct page *p, struct err *err)
{
    char *cut CLEANUP_FREE = xasprintf("SELECT *, count(*) OVER () FROM (%s) LIMIT %d OFFSET %lld",
                                       sql, PAGE_TASKS, p->number * PAGE_TASKS);
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r, cut, &stmt, err);
    if (rc < 0)
        return rc;
    matrix_filter_bind(f, stmt);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        p->task[p->n++] = sqlite3_column_int64(stmt, 0);
        p->total = sqlite3_column_int64(stmt, 1);
    }
    if (step != SQLITE_DONE)
        return shelf_fail(r, err);
    return p->n == 0 && p->number > 0 ? count_tasks(r, f, sql, p, err) : 0;
}

/* How many tasks the record has episodes of is counted once for a plan: it grows with the highest
 * number of an episode. */
static int count_planned(struct shelf_record *r, struct page *p, struct err *err)
{
    long long last = 0;
    int rc = shelf_number(r, "SELECT max(id) FROM r.episodes", &last, err);
    char *key CLEANUP_FREE = xasprintf("tasks of %lld, %s", last, r->manifest.created);
    char *known CLEANUP_FREE = rc == 0 ? copy_info(r, key) : NULL;
    if (rc < 0 || known) {
        p->total = known ? atoll(known) : 0;
        return rc;
    }
    const struct matrix_filter none = {0};
    rc = count_tasks(r, &none, plain_sql, p, err);
    char *total CLEANUP_FREE = xasprintf("%lld", p->total);
    if (rc == 0)
        copy_set_info(r, key, total, NULL); /* else it is counted again */
    return rc;
}

static int read_plain(struct shelf_record *r, struct page *p, struct err *err)
{
    char *cut CLEANUP_FREE =
        xasprintf("%s LIMIT %d OFFSET %lld", plain_sql, PAGE_TASKS, p->number * PAGE_TASKS);
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r, cut, &stmt, err);
    if (rc < 0)
        return rc;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
        p->task[p->n++] = sqlite3_column_int64(stmt, 0);
    return step == SQLITE_DONE ? count_planned(r, p, err) : shelf_fail(r, err);
}

static int find_tasks(struct shelf_record *r, const struct matrix_filter *f, struct page *p,
                      struct err *err)
{
    if (!f->active && !*f->sort.p)
        return read_plain(r, p, err);
    char *sql CLEANUP_FREE =
        xasprintf("SELECT e.task FROM main.e e WHERE %s GROUP BY e.task ORDER BY %s e.task",
                  f->where.p, f->sort.p);
    return read_tasks(r, f, sql, p, err);
}

/* ---- their cells ---- */

static const char *state_of(int status, bool passed, bool disputed)
{
    if (status != STORE_DONE)
        return status == STORE_ERROR ? "error" : "pending";
    return disputed ? "disputed" : passed ? "solved" : "failed";
}

static void add_text(json_t *o, const char *key, const unsigned char *text)
{
    const char *s = text ? (const char *)text : "";
    json_object_set_new(o, key, json_bytes(s, strlen(s)));
}

static json_t *task_entry(long long task, size_t n_arms)
{
    json_t *o = json_object(), *cells = json_array();
    json_object_set_new(o, "task", json_integer(task));
    for (size_t i = 0; i < n_arms; i++)
        json_array_append_new(cells, json_array());
    json_object_set_new(o, "cells", cells);
    return o;
}

static int add_name(struct shelf_record *r, long long task, json_t *entry, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, "SELECT name FROM r.tasks WHERE id = ?1", &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_int64(stmt, 1, task);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW)
        add_text(entry, "name", sqlite3_column_text(stmt, 0));
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

/* The episodes of the page that the filters mean. */
struct hits {
    long long *id; /* [n] rising */
    size_t n, cap;
};

static int find_hits(struct shelf_record *r, const struct matrix_filter *f, const struct page *p,
                     struct hits *hits, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    str_add(&sql, "SELECT e.id FROM main.e e WHERE e.task IN (");
    for (size_t i = 0; i < p->n; i++)
        str_addf(&sql, "%s%lld", i ? "," : "", p->task[i]);
    str_addf(&sql, ") AND %s ORDER BY e.id", f->where.p);
    int step, rc = shelf_prepare(r, sql.p, &stmt, err);
    if (rc < 0)
        return rc;
    matrix_filter_bind(f, stmt);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        hits->id = xgrow(hits->id, &hits->cap, hits->n + 1, sizeof *hits->id);
        hits->id[hits->n++] = sqlite3_column_int64(stmt, 0);
    }
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int by_id(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static bool is_hit(const struct hits *hits, long long id)
{
    return hits->n > 0 && bsearch(&id, hits->id, hits->n, sizeof *hits->id, by_id);
}

/* Of a row with id, arm, sample, status, passed, disputed, label, steps, group. */
static void add_cell(json_t *entry, const struct hits *hits, sqlite3_stmt *stmt)
{
    json_t *cells = json_object_get(entry, "cells");
    json_t *cell = json_object();
    int status = sqlite3_column_int(stmt, 3);
    long long id = sqlite3_column_int64(stmt, 0);
    json_object_set_new(cell, "id", json_integer(id));
    json_object_set_new(cell, "sample", json_integer(sqlite3_column_int64(stmt, 2)));
    json_object_set_new(cell, "state",
                        json_string(state_of(status, sqlite3_column_int(stmt, 4) != 0,
                                             sqlite3_column_int(stmt, 5) != 0)));
    add_text(cell, "label", sqlite3_column_text(stmt, 6));
    if (is_hit(hits, id))
        json_object_set_new(cell, "hit", json_true());
    json_array_append_new(json_array_get(cells, (size_t)sqlite3_column_int64(stmt, 1) - 1), cell);
    if (status != STORE_PENDING) {
        json_object_set_new(entry, "steps", json_integer(sqlite3_column_int64(stmt, 7)));
        add_text(entry, "group", sqlite3_column_text(stmt, 8));
    }
}

static int fill_task(struct shelf_record *r, const struct hits *hits, long long task, json_t *entry,
                     struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(
                  r,
                  "SELECT id, arm, sample, status, passed, " COPY_DISPUTED
                  ", label, steps, \"group\" FROM r.episodes WHERE task = ?1 ORDER BY arm, sample",
                  &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_int64(stmt, 1, task);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
        add_cell(entry, hits, stmt);
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int fill_page(struct shelf_record *r, const struct matrix_filter *f, const struct page *p,
                     size_t n_arms, json_t *tasks, struct err *err)
{
    struct hits hits = {0};
    int rc = f->active ? find_hits(r, f, p, &hits, err) : 0;
    for (size_t i = 0; rc == 0 && i < p->n; i++) {
        json_t *entry = task_entry(p->task[i], n_arms);
        json_array_append_new(tasks, entry);
        rc = add_name(r, p->task[i], entry, err);
        if (rc == 0)
            rc = fill_task(r, &hits, p->task[i], entry, err);
    }
    free(hits.id);
    return rc;
}

json_t *matrix_json(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    struct arena *arena = arena_new();
    struct matrix_filter f = {0};
    long long number = request_number(q, "page", 0);
    struct page p = {.number = number < 0 ? 0 : number};
    const char *const *arms;
    size_t n_arms;
    json_t *tasks = json_array(), *names = json_array(), *out = NULL;
    int rc = store_names(r->store, STORE_ARMS, &arms, &n_arms, arena, err);
    if (rc == 0)
        rc = matrix_filter_make(&f, q, arms, n_arms, err);
    if (rc == 0 && (f.active || *f.sort.p))
        rc = copy_refresh(r, err);
    if (rc == 0 && f.parts)
        rc = copy_parts(r, err);
    if (rc == 0)
        rc = find_tasks(r, &f, &p, err);
    if (rc == 0)
        rc = fill_page(r, &f, &p, n_arms, tasks, err);
    for (size_t i = 0; rc == 0 && i < n_arms; i++)
        json_array_append_new(names, json_string(arms[i]));
    if (rc == 0)
        out = json_pack("{s:O, s:I, s:I, s:I, s:O}", "arms", names, "page", (json_int_t)p.number,
                        "pages", (json_int_t)((p.total + PAGE_TASKS - 1) / PAGE_TASKS), "total",
                        (json_int_t)p.total, "tasks", tasks);
    json_decref(tasks);
    json_decref(names);
    matrix_filter_free(&f);
    arena_free(arena);
    return out;
}
