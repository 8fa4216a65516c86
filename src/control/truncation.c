/* See truncation.h. */
#include "control/truncation.h"
#include "base/str.h"
#include "control/math_value.h"
#include "store/transcript.h"
#include "suite/suite.h"

struct standing {
    bool any; /* something stands */
    int public_passed, self_passed, self_total;
    bool passed; /* what stands */
};

/* What the event is about: a program that was graded, or the answer it states. */
static bool passes(const struct transcript *t, const struct task *task,
                   const struct transcript_event *v)
{
    for (size_t i = t->n_runs; i-- > 0;)
        if (t->runs[i].kind == RUN_HIDDEN &&
            str_eq(t->runs[i].row.program_hash, v->row.candidate_hash))
            return str_eq(t->runs[i].row.verdict, "pass");
    const char *answer = v->kind == EVENT_ANSWER   ? v->answer.text
                         : v->kind == EVENT_SUBMIT ? v->submit.answer
                                                   : NULL;
    return task->has_answer && answer && math_right(answer, task);
}

/* Does what this event is about stand after it? */
static bool takes_over(const struct standing *s, const struct transcript_event *v)
{
    if (v->kind != EVENT_CANDIDATE)
        return v->kind == EVENT_SUBMIT || v->kind == EVENT_ANSWER;
    return !s->any || v->row.public_passed > s->public_passed ||
           (v->row.public_passed == s->public_passed && v->row.self_total == s->self_total &&
            v->row.self_passed > s->self_passed);
}

const struct store_moment *truncation_moments(const struct transcript *t, const struct task *task,
                                              size_t *n, struct arena *arena)
{
    struct standing s = {0};
    struct store_moment *moments = NULL;
    size_t cap = 0;
    *n = 0;
    for (size_t i = 0; i < t->n_events; i++) {
        const struct transcript_event *v = &t->events[i];
        if (!takes_over(&s, v))
            continue;
        bool passed = passes(t, task, v);
        if (passed != s.passed) {
            moments = arena_grow(arena, moments, *n, &cap, sizeof *moments);
            moments[(*n)++] = (struct store_moment){v->row.generated_tokens, v->row.calls,
                                                    v->row.tool_runs, v->row.seconds, passed};
        }
        s = (struct standing){true, v->row.public_passed, v->row.self_passed, v->row.self_total,
                              passed};
    }
    return moments;
}
