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

static void copy_row(const struct store_fields *fields, const void *row, void *out,
                     struct arena *arena)
{
    char *copy = arena_alloc(arena, db_row_bytes(fields, row));
    db_row_copy(fields, row, copy);
    memcpy(out, copy, fields->row_size);
}

void transcript_read_run(const struct store_tool_run *row, struct transcript_run *out,
                         struct arena *arena)
{
    *out = (struct transcript_run){.kind = detail_run_kind(row->kind)};
    copy_row(&store_tool_fields, row, &out->row, arena);
    if (out->kind < N_RUN_KINDS)
        detail_read(&detail_of_run[out->kind], row->detail, out, arena);
}

/* Plans of old records do not say whether they were valid in the end. */
static bool says_valid_final(const char *detail)
{
    return strstr(detail, "\"valid_final\"") != NULL;
}

void transcript_read_event(const struct store_event *row, struct transcript_event *out,
                           struct arena *arena)
{
    *out = (struct transcript_event){.kind = detail_event_kind(row->kind)};
    copy_row(&store_event_fields, row, &out->row, arena);
    if (out->kind < N_EVENT_KINDS)
        detail_read(&detail_of_event[out->kind], row->detail, out, arena);
    if (out->kind == EVENT_PLAN && !says_valid_final(row->detail))
        out->plan.valid_final = out->plan.steps.n + out->plan.subgoals.n > 0;
}

struct reading_back {
    struct transcript *t;
    struct arena *arena;
};

static int read_call(void *ctx, const struct store_call *c)
{
    const struct reading_back *r = ctx;
    copy_row(&store_call_fields, c, ADD(r->t, calls, r->arena), r->arena);
    return 0;
}

static int read_failure(void *ctx, const struct store_failure *f)
{
    const struct reading_back *r = ctx;
    copy_row(&store_failure_fields, f, ADD(r->t, failures, r->arena), r->arena);
    return 0;
}

static int read_run(void *ctx, const struct store_tool_run *row)
{
    const struct reading_back *r = ctx;
    transcript_read_run(row, ADD(r->t, runs, r->arena), r->arena);
    return 0;
}

static int read_event(void *ctx, const struct store_event *row)
{
    const struct reading_back *r = ctx;
    transcript_read_event(row, ADD(r->t, events, r->arena), r->arena);
    return 0;
}

int transcript_read(struct store *s, long long id, const struct store_episode *row,
                    struct transcript *out, struct arena *arena, struct err *err)
{
    DB_LOCKED(s); /* once for all its readings */
    struct reading_back r = {out, arena};
    *out = (struct transcript){.row = *row};
    int rc = store_read_spent(s, id, &out->row, arena, err);
    if (rc == 0)
        rc = store_calls(s, id, read_call, &r, err);
    if (rc == 0)
        rc = store_failures(s, id, read_failure, &r, err);
    if (rc == 0)
        rc = store_tools(s, id, read_run, &r, err);
    return rc == 0 ? store_events(s, id, read_event, &r, err) : rc;
}
