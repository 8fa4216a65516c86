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
    /* of a math task, [n_answers] and [n_computed], oldest first: */
    const char **answers, **computed;
    size_t n_answers, n_computed;
    bool verified; /* the latest answer has passed */
};

static bool grade_of(const struct transcript *t, const char *hash)
{
    for (size_t i = t->n_runs; i-- > 0;)
        if (t->runs[i].kind == RUN_HIDDEN && str_eq(t->runs[i].row.program_hash, hash))
            return str_eq(t->runs[i].row.verdict, "pass");
    return false;
}

/* ---- candidates ---- */

static bool is_better(const struct standing *s, const struct transcript_event *v)
{
    return !s->any || v->row.public_passed > s->public_passed ||
           (v->row.public_passed == s->public_passed && v->row.self_total == s->self_total &&
            v->row.self_passed > s->self_passed);
}

/* ---- answers ---- */

/* Does the event change what stands? */
static bool note_answer(struct standing *s, const struct transcript_event *v)
{
    if (v->kind == EVENT_ANSWER && !str_eq(v->answer.from, "vote")) {
        s->answers[s->n_answers++] = v->answer.text;
        s->verified = false;
        return true;
    }
    if (v->kind == EVENT_VERDICT) {
        if (v->verdict.computed)
            s->computed[s->n_computed++] = v->verdict.computed;
        s->verified = str_eq(v->verdict.verdict, "pass");
        return s->n_answers > 0;
    }
    return false;
}

/* values: room for n_answers + n_computed */
static const char *standing_answer(const struct standing *s, enum truncation_rule rule,
                                   const char **values)
{
    if (rule == STANDS_MAJORITY)
        return s->answers[math_majority(s->answers, s->n_answers)];
    if (rule == STANDS_LATEST || s->verified)
        return s->answers[s->n_answers - 1];
    size_t n = 0;
    for (size_t i = s->n_answers; i-- > 0;)
        values[n++] = s->answers[i];
    for (size_t i = s->n_computed; i-- > 0;)
        values[n++] = s->computed[i];
    return values[math_majority(values, n)];
}

/* ---- moments ---- */

const struct store_moment *truncation_moments(const struct transcript *t, const struct task *task,
                                              enum truncation_rule rule, size_t *n,
                                              struct arena *arena)
{
    size_t most = t->n_events;
    struct standing s = {.answers = arena_alloc(arena, most * sizeof *s.answers),
                         .computed = arena_alloc(arena, most * sizeof *s.computed)};
    const char **values = arena_alloc(arena, 2 * most * sizeof *values);
    struct store_moment *moments = NULL;
    size_t cap = 0;
    *n = 0;
    for (size_t i = 0; i < t->n_events; i++) {
        const struct transcript_event *v = &t->events[i];
        bool passed;
        if (v->kind == EVENT_SUBMIT) {
            passed = v->submit.answer && task->has_answer ? math_right(v->submit.answer, task)
                                                          : grade_of(t, v->row.candidate_hash);
        } else if (v->kind == EVENT_CANDIDATE && is_better(&s, v)) {
            passed = grade_of(t, v->row.candidate_hash);
            s.public_passed = v->row.public_passed;
            s.self_passed = v->row.self_passed;
            s.self_total = v->row.self_total;
        } else if (task->has_answer && note_answer(&s, v)) {
            passed = math_right(standing_answer(&s, rule, values), task);
        } else {
            continue;
        }
        s.any = true;
        if (passed != s.passed) {
            moments = arena_grow(arena, moments, *n, &cap, sizeof *moments);
            moments[(*n)++] = (struct store_moment){v->row.generated_tokens, v->row.calls,
                                                    v->row.tool_runs, v->row.seconds, passed};
        }
        s.passed = passed;
    }
    return moments;
}
