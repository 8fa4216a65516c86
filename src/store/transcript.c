/* See transcript.h. */
#include "store/transcript.h"
#include <string.h>
#include "base/str.h"
#include "store/db.h"
#include "store/detail.h"

/* Room for one more element at the end of a list: its address. */
#define ADD(t, list, arena)                                                                        \
    ((t)->list = arena_grow(arena, (t)->list, (t)->n_##list, &(t)->cap_##list, sizeof *(t)->list), \
     &(t)->list[(t)->n_##list++])

/* ---- while it plays ---- */

const char *transcript_run_name(enum run_kind kind)
{
    return detail_of_run[kind].name;
}

static const char *detail_text(const struct detail_fields *d, const void *row, struct arena *arena)
{
    struct str text CLEANUP_STR = {0};
    detail_add(d, row, &text);
    return arena_strndup(arena, str_text(&text), text.len);
}

const struct store_call *transcript_add_call(struct transcript *t, const struct store_call *c,
                                             struct arena *arena)
{
    struct store_call *added = ADD(t, calls, arena);
    *added = *c;
    return added;
}

const struct store_tool_run *transcript_add_run(struct transcript *t,
                                                const struct transcript_run *r, struct arena *arena)
{
    const struct detail_fields *d = &detail_of_run[r->kind];
    struct transcript_run *added = ADD(t, runs, arena);
    *added = *r;
    added->row.index = (int)t->n_runs - 1;
    added->row.kind = d->name;
    added->row.detail = detail_text(d, r, arena);
    return &added->row;
}

const struct store_event *
transcript_add_event(struct transcript *t, const struct transcript_event *v, struct arena *arena)
{
    const struct detail_fields *d = &detail_of_event[v->kind];
    struct transcript_event *added = ADD(t, events, arena);
    *added = *v;
    added->row.index = (int)t->n_events - 1;
    added->row.kind = d->name;
    added->row.detail = detail_text(d, v, arena);
    return &added->row;
}

/* ---- reading it back ---- */

/* Plans of old records do not say whether they were valid in the end. */
static bool says_valid_final(const char *detail)
{
    return strstr(detail, "\"valid_final\"") != NULL;
}

void transcript_read_run(struct transcript_run *r, struct arena *arena)
{
    r->kind = detail_run_kind(r->row.kind);
    if (r->kind < N_RUN_KINDS)
        detail_read(&detail_of_run[r->kind], r->row.detail, r, arena);
}

void transcript_read_event(struct transcript_event *v, struct arena *arena)
{
    v->kind = detail_event_kind(v->row.kind);
    if (v->kind < N_EVENT_KINDS)
        detail_read(&detail_of_event[v->kind], v->row.detail, v, arena);
    if (v->kind == EVENT_PLAN && !says_valid_final(v->row.detail))
        v->plan.valid_final = v->plan.steps.n + v->plan.subgoals.n > 0;
}

int transcript_read_rows(struct store *s, long long id, const struct store_episode *row,
                         struct transcript *out, struct arena *arena, struct err *err)
{
    static const struct db_list lists[] = {
        {&store_call_fields, "calls", "seq", sizeof(struct store_call), 0},
        {&store_failure_fields, "failures", "id", sizeof(struct store_failure), 0},
        {&store_tool_fields, "tool_runs", "\"index\"", sizeof(struct transcript_run),
         offsetof(struct transcript_run, row)},
        {&store_event_fields, "events", "\"index\"", sizeof(struct transcript_event),
         offsetof(struct transcript_event, row)},
    };
    enum { N = sizeof lists / sizeof *lists };
    DB_LOCKED(s); /* once for all its readings */
    struct transcript t = {.row = *row};
    void *list[N] = {0};
    size_t n[N] = {0};
    int rc = store_read_spent(s, id, &t.row, arena, err);
    for (size_t i = 0; rc == 0 && i < N; i++)
        rc = db_read_list(s, &lists[i], id, &list[i], &n[i], arena, err);
    t.calls = list[0], t.n_calls = n[0];
    t.failures = list[1], t.n_failures = n[1];
    t.runs = list[2], t.n_runs = n[2];
    t.events = list[3], t.n_events = n[3];
    *out = t;
    return rc;
}

int transcript_read(struct store *s, long long id, const struct store_episode *row,
                    struct transcript *out, struct arena *arena, struct err *err)
{
    int rc = transcript_read_rows(s, id, row, out, arena, err);
    for (size_t i = 0; rc == 0 && i < out->n_runs; i++)
        transcript_read_run(&out->runs[i], arena);
    for (size_t i = 0; rc == 0 && i < out->n_events; i++)
        transcript_read_event(&out->events[i], arena);
    return rc;
}
