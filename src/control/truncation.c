/* See truncation.h. Reads the episode's own events and hidden verdicts back from the record, so
 * that a record from anywhere can be walked. */
#include "control/truncation.h"
#include <string.h>
#include "base/json.h"
#include "base/str.h"
#include "control/math_value.h"
#include "store/store.h"
#include "suite/suite.h"

struct judged { /* a program, and whether it passes the hidden tests */
    const char *hash;
    bool passed;
    struct judged *next;
};

struct walk {
    struct arena *arena;
    const struct task *task;
    struct judged *judged;
    bool any; /* something stands */
    int public_passed, self_passed;
    bool passed; /* what stands */
    struct str curve;
};

static int keep_verdict(void *ctx, const struct store_tool_run *t)
{
    struct walk *w = ctx;
    if (!str_eq(t->kind, "hidden"))
        return 0;
    struct judged *j = arena_alloc(w->arena, sizeof *j);
    *j = (struct judged){arena_strdup(w->arena, t->program_hash), str_eq(t->verdict, "pass"),
                         w->judged};
    w->judged = j;
    return 0;
}

/* What the event is about: a program that was graded, or the answer it states. */
static bool passes(const struct walk *w, const struct store_event *e)
{
    for (const struct judged *j = w->judged; j; j = j->next)
        if (strcmp(j->hash, e->candidate_hash) == 0)
            return j->passed;
    CLEANUP_JSON json_t *d =
        w->task->has_answer ? json_parse(e->detail, strlen(e->detail), "detail", NULL) : NULL;
    const char *answer = json_get_str(d, "answer", NULL);
    return answer && math_right(answer, w->task);
}

/* Does what this event is about stand after it? */
static bool takes_over(const struct walk *w, const struct store_event *e)
{
    if (str_eq(e->kind, "submit") || str_eq(e->kind, "answer"))
        return true;
    if (!str_eq(e->kind, "candidate"))
        return false;
    return !w->any || e->public_passed > w->public_passed ||
           (e->public_passed == w->public_passed && e->self_passed > w->self_passed);
}

static int follow(void *ctx, const struct store_event *e)
{
    struct walk *w = ctx;
    if (!takes_over(w, e))
        return 0;
    bool passed = passes(w, e);
    if (passed != w->passed)
        str_addf(&w->curve, "%s%ld:%d:%d:%.6g:%d", w->curve.len ? ";" : "", e->generated_tokens,
                 e->calls, e->tool_runs, e->seconds, passed);
    w->any = true;
    w->public_passed = e->public_passed;
    w->self_passed = e->self_passed;
    w->passed = passed;
    return 0;
}

int truncation_curve(struct store *store, const struct task *task, long long id, const char **out,
                     struct arena *arena, struct err *err)
{
    struct walk w = {.arena = arena, .task = task};
    int rc = store_tools(store, id, keep_verdict, &w, err);
    if (rc == 0)
        rc = store_events(store, id, follow, &w, err);
    if (rc == 0)
        *out = arena_strdup(arena, str_text(&w.curve));
    str_free(&w.curve);
    return rc;
}
