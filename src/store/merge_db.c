/* One record out of several. They are read and written by the functions of store.h, row by row, as
 * if the episodes had been run here. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"
#include "store/transcript.h"

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
    size_t n, cap;
    size_t at; /* the item that is copied */
    struct err *err;
};

static int list_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct merging *m = ctx;
    (void)id;
    m->items = xgrow(m->items, &m->cap, m->n + 1, sizeof *m->items);
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

static int copy_label(void *ctx, long long id, const struct store_label *l)
{
    const struct merging *m = ctx;
    (void)id;
    return store_label_put(m->into, m->items[m->at].id, l, m->err);
}

static int copy_rows(struct merging *m, long long id, const struct transcript *t)
{
    const long long to = m->items[m->at].id;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->n_calls; i++)
        rc = store_call_put(m->into, to, &t->calls[i], m->err);
    for (size_t i = 0; rc == 0 && i < t->n_failures; i++)
        rc = store_failure_put(m->into, to, &t->failures[i], m->err);
    for (size_t i = 0; rc == 0 && i < t->n_runs; i++)
        rc = store_tool_put(m->into, to, &t->runs[i].row, m->err);
    for (size_t i = 0; rc == 0 && i < t->n_events; i++)
        rc = store_event_put(m->into, to, &t->events[i].row, m->err);
    return rc < 0 ? rc : store_episode_labels(m->part, id, copy_label, m, m->err);
}

/* An episode that is in both has been run in one of them at most. */
static int copy_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct merging *m = ctx;
    const struct store_plan_item *item = &m->items[m->at];
    bool played = row->status != STORE_PENDING;
    struct arena *arena = arena_new();
    struct transcript t;
    int rc = transcript_read_rows(m->part, id, row, &t, arena, m->err);
    if (rc == 0 && !item->fresh && played)
        rc = store_episode_restart(m->into, item->id, m->err);
    if (rc == 0 && (item->fresh || played))
        rc = copy_rows(m, id, &t);
    if (rc == 0 && played)
        rc = store_episode_finish(m->into, item->id, &t.row, m->err);
    arena_free(arena);
    m->at++;
    return rc;
}

static int merge(struct merging *m, struct name_list *arms, struct name_list *tasks)
{
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
    return rc < 0 ? rc : store_episodes(m->part, copy_episode, m, m->err);
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
    arena_free(m.arena);
    return rc;
}
