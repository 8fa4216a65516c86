/* See transcript.h. */
#include "taxonomy/transcript.h"
#include <string.h>
#include "base/mem.h"
#include "base/str.h"

const char *tx_text(const struct evidence *e, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_number(value))
        return "";
    char *text CLEANUP_FREE = json_text(value);
    return arena_strdup(e->arena, text);
}

bool tx_is(const struct tx_event *v, const char *kind)
{
    return strcmp(v->kind, kind) == 0;
}

const struct tx_call *tx_call_of(const struct evidence *e, const struct tx_event *v)
{
    size_t n = v->calls > 0 ? (size_t)v->calls : 0;
    return n > 0 && n <= e->n_calls ? &e->calls[n - 1] : NULL;
}

json_t *tx_messages(const struct tx_call *call)
{
    const char *text = json_string_value(call->request);
    json_t *read CLEANUP_JSON = text ? json_parse(text, strlen(text), "request", NULL) : NULL;
    return json_incref(json_object_get(text ? read : call->request, "messages"));
}

static void read_test(const json_t *j, struct tx_test *t)
{
    *t = (struct tx_test){json_get_str(j, "test", ""), json_get_str(j, "verdict", ""),
                          json_get_str(j, "error_type", ""), json_get_str(j, "message", "")};
}

static void read_run(struct evidence *e, const json_t *j, struct tx_run *r)
{
    const json_t *detail = json_object_get(j, "detail"), *tests = json_object_get(detail, "tests");
    *r = (struct tx_run){.kind = json_get_str(j, "kind", ""),
                         .role = json_get_str(j, "role", ""),
                         .hash = json_get_str(j, "program_hash", ""),
                         .program = json_get_str(j, "program", ""),
                         .verdict = json_get_str(j, "verdict", ""),
                         .purpose = json_get_str(detail, "purpose", ""),
                         .subgoal = tx_text(e, json_object_get(detail, "subgoal")),
                         .out = json_get_str(detail, "stdout", ""),
                         .error_type = json_get_str(detail, "error_type", ""),
                         .message = json_get_str(detail, "message", ""),
                         .value = tx_text(e, json_object_get(detail, "value")),
                         .n_tests = json_array_size(tests)};
    r->tests = arena_alloc(e->arena, r->n_tests * sizeof *r->tests);
    for (size_t i = 0; i < r->n_tests; i++)
        read_test(json_array_get(tests, i), &r->tests[i]);
}

static void read_event(const json_t *j, struct tx_event *v)
{
    const json_t *detail = json_object_get(j, "detail");
    *v = (struct tx_event){.kind = json_get_str(j, "kind", ""),
                           .role = json_get_str(j, "role", ""),
                           .hash = json_get_str(j, "candidate_hash", ""),
                           .calls = (int)json_get_int(j, "calls", 0),
                           .tool_runs = (int)json_get_int(j, "tool_runs", 0),
                           .public_passed = (int)json_get_int(j, "public_passed", 0),
                           .public_total = (int)json_get_int(j, "public_total", 0),
                           .self_passed = (int)json_get_int(j, "self_passed", 0),
                           .self_total = (int)json_get_int(j, "self_total", 0),
                           .detail = json_is_null(detail) ? NULL : detail};
}

/* Calls of an earlier attempt that this one did not find again stand before its own until the
 * episode is finished (store.h): they are not of this transcript. */
static void read_calls(struct evidence *e, const json_t *episode)
{
    const json_t *list = json_object_get(episode, "calls");
    size_t n = json_array_size(list);
    size_t own = e->submit && e->submit->calls >= 0 ? (size_t)e->submit->calls : n;
    size_t skip = own < n ? n - own : 0;
    e->calls = arena_alloc(e->arena, n * sizeof *e->calls);
    for (size_t i = skip; i < n; i++) {
        const json_t *j = json_array_get(list, i);
        e->calls[e->n_calls++] =
            (struct tx_call){json_get_str(j, "role", ""), json_get_str(j, "reply_text", ""),
                             json_object_get(j, "request")};
    }
}

static void read_row(struct evidence *e, const json_t *episode)
{
    const char *status = json_get_str(episode, "status", "done");
    e->done = strcmp(status, "done") == 0;
    e->passed = e->done && json_get_bool(episode, "passed", false);
    e->error = json_get_str(episode, "error", "");
    e->verdict = json_get_str(episode, "verdict", "");
    e->stop = json_get_str(episode, "stop", "");
    e->submission = json_get_str(episode, "submission", "");
    e->hash = "";
    for (size_t i = 0; i < e->n_events; i++)
        if (tx_is(&e->events[i], "submit"))
            e->submit = &e->events[i];
    if (!e->submit)
        return;
    e->hash = e->submit->hash;
    const char *answer = tx_text(e, json_object_get(e->submit->detail, "answer"));
    if (e->math && *answer)
        e->submission = answer;
}

void transcript_read(const json_t *episode, const struct task *task, const struct taxonomy_arm *arm,
                     struct evidence *out, struct arena *arena)
{
    const json_t *runs = json_object_get(episode, "tool_runs");
    const json_t *events = json_object_get(episode, "events");
    *out = (struct evidence){.task = task,
                             .arm = arm,
                             .arena = arena,
                             .math = task->has_answer,
                             .n_runs = json_array_size(runs),
                             .n_events = json_array_size(events)};
    out->runs = arena_alloc(arena, out->n_runs * sizeof *out->runs);
    out->events = arena_alloc(arena, out->n_events * sizeof *out->events);
    for (size_t i = 0; i < out->n_runs; i++)
        read_run(out, json_array_get(runs, i), &out->runs[i]);
    for (size_t i = 0; i < out->n_events; i++)
        read_event(json_array_get(events, i), &out->events[i]);
    read_row(out, episode);
    read_calls(out, episode);
}

bool tx_self_written(const struct evidence *e, const char *test)
{
    for (size_t i = 0; i < e->task->n_public; i++)
        if (strcmp(e->task->public_tests[i], test) == 0)
            return false;
    for (size_t i = 0; i < e->n_events; i++) {
        const json_t *list = e->events[i].detail, *own;
        size_t k;
        if (!tx_is(&e->events[i], "self_tests"))
            continue;
        json_array_foreach (list, k, own) {
            if (str_eq(json_string_value(own), test))
                return true;
        }
    }
    return false;
}

const struct tx_run *tx_submission_run(const struct evidence *e, const char *kind, size_t *i)
{
    for (; *i < e->n_runs; ++*i) {
        const struct tx_run *r = &e->runs[*i];
        if (*e->hash && strcmp(r->kind, kind) == 0 && strcmp(r->hash, e->hash) == 0) {
            ++*i;
            return r;
        }
    }
    return NULL;
}

const struct tx_event *tx_plan_before(const struct evidence *e, size_t at)
{
    while (at-- > 0)
        if (tx_is(&e->events[at], "plan"))
            return &e->events[at];
    return NULL;
}

const json_t *tx_plan_steps(const struct tx_event *plan)
{
    const json_t *list = json_object_get(plan->detail, "subgoals");
    list = list ? list : json_object_get(plan->detail, "steps");
    return json_array_size(list) ? list : NULL;
}
