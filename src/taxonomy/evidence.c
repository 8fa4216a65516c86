/* See evidence.h. */
#include "taxonomy/evidence.h"
#include <string.h>
#include "base/str.h"

const char *evidence_text(const char *text)
{
    return text ? text : "";
}

const struct store_call *evidence_call_of(const struct evidence *e,
                                          const struct transcript_event *v)
{
    size_t n = v->row.calls > 0 ? (size_t)v->row.calls : 0;
    return n > 0 && n <= e->n_calls ? &e->calls[n - 1] : NULL;
}

json_t *evidence_messages(const struct store_call *call)
{
    const char *text = call->request;
    json_t *request CLEANUP_JSON = json_parse(text, strlen(text), "request", NULL);
    return json_incref(json_object_get(request, "messages"));
}

bool evidence_same_question(const struct evidence *e, const struct transcript_event *a,
                            const struct transcript_event *b)
{
    const struct store_call *x = evidence_call_of(e, a), *y = evidence_call_of(e, b);
    if (!x || !y || x == y)
        return false;
    json_t *asked CLEANUP_JSON = evidence_messages(x), *again CLEANUP_JSON = evidence_messages(y);
    return asked && json_equal(asked, again);
}

/* Calls of an earlier attempt that this one did not find again stand before its own until the
 * episode is finished (store.h): they are not of this transcript. */
static void take_calls(struct evidence *e, const struct transcript *t)
{
    size_t n = t->n_calls;
    size_t own = e->submit && e->submit->row.calls >= 0 ? (size_t)e->submit->row.calls : n;
    e->n_calls = own < n ? own : n;
    e->calls = e->n_calls ? t->calls + (n - e->n_calls) : NULL;
}

struct evidence evidence_of(const struct transcript *t, const struct task *task,
                            const struct taxonomy_arm *arm, struct arena *arena)
{
    const struct store_episode *row = &t->row;
    struct evidence e = {.task = task,
                         .arm = arm,
                         .arena = arena,
                         .math = task->has_answer,
                         .done = row->status == STORE_DONE,
                         .passed = row->status == STORE_DONE && row->passed,
                         .error = evidence_text(row->error),
                         .verdict = evidence_text(row->verdict),
                         .stop = evidence_text(row->stop),
                         .submission = evidence_text(row->submission),
                         .hash = "",
                         .runs = t->runs,
                         .n_runs = t->n_runs,
                         .events = t->events,
                         .n_events = t->n_events};
    for (size_t i = 0; i < e.n_events; i++)
        if (e.events[i].kind == EVENT_SUBMIT)
            e.submit = &e.events[i];
    if (e.submit) {
        e.hash = e.submit->row.candidate_hash;
        if (e.math && *evidence_text(e.submit->submit.answer))
            e.submission = e.submit->submit.answer;
    }
    take_calls(&e, t);
    return e;
}

bool evidence_only_prose(const struct evidence *e)
{
    bool prose = false;
    for (size_t i = 0; i < e->n_runs; i++)
        if (e->runs[i].kind == RUN_PUBLIC || e->runs[i].kind == RUN_PROGRAM)
            return false;
    for (size_t i = 0; i < e->n_events; i++)
        prose |= e->events[i].kind == EVENT_REFUSED &&
                 str_eq(e->events[i].refused.part, "program") &&
                 str_eq(e->events[i].refused.reason, "none");
    return prose;
}

bool evidence_self_written(const struct evidence *e, const char *test)
{
    for (size_t i = 0; i < e->task->n_public; i++)
        if (str_eq(e->task->public_tests[i], test))
            return false;
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_texts *own = &e->events[i].self_tests;
        for (size_t k = 0; e->events[i].kind == EVENT_SELF_TESTS && k < own->n; k++)
            if (str_eq(own->v[k], test))
                return true;
    }
    return false;
}

const struct transcript_run *evidence_submission_run(const struct evidence *e, enum run_kind kind,
                                                     size_t *i)
{
    while (*e->hash && *i < e->n_runs) {
        const struct transcript_run *r = &e->runs[(*i)++];
        if (r->kind == kind && strcmp(r->row.program_hash, e->hash) == 0)
            return r;
    }
    return NULL;
}

const struct transcript_event *evidence_plan_before(const struct evidence *e, size_t at)
{
    while (at-- > 0)
        if (e->events[at].kind == EVENT_PLAN)
            return &e->events[at];
    return NULL;
}

struct transcript_steps evidence_steps(const struct transcript_event *plan)
{
    return plan->plan.subgoals.n ? plan->plan.subgoals : plan->plan.steps;
}
