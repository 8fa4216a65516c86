/* R: the submission has the right form and is wrong. */
#include <string.h>
#include "base/str.h"
#include "taxonomy/numbers.h"
#include "taxonomy/rules.h"
#include "tool/extract.h"

static bool among(const char *const *list, const char *word)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

/* A hidden test of the submission ended in one of these verdicts. */
static bool ended(const struct evidence *e, const char *const *verdicts, const char **why)
{
    const struct transcript_run *r;
    if (e->passed || !*e->submission)
        return false;
    for (size_t i = 0; (r = evidence_submission_run(e, RUN_HIDDEN, &i)) != NULL;)
        for (size_t t = 0; t < r->tests.n; t++)
            if (among(verdicts, r->tests.v[t].verdict)) {
                *why = r->tests.v[t].message;
                return true;
            }
    *why = e->verdict;
    return among(verdicts, e->verdict);
}

enum flag_state rule_r1(const struct evidence *e, const char **why)
{
    if (!e->math)
        return flag_if(ended(e, (const char *const[]){"fail", NULL}, why));
    *why = arena_printf(e->arena, "answered %s", e->submission);
    return flag_if(!e->passed && *e->submission);
}

enum flag_state rule_r2(const struct evidence *e, const char **why)
{
    if (e->math)
        return FLAG_NA;
    static const char *const verdicts[] = {"error", "crash", "memory", "output_limit", NULL};
    return flag_if(ended(e, verdicts, why));
}

enum flag_state rule_r3(const struct evidence *e, const char **why)
{
    if (e->math)
        return FLAG_NA;
    static const char *const verdicts[] = {"timeout", "cpu", NULL};
    return flag_if(ended(e, verdicts, why));
}

/* Everything the episode computed or wrote down. */
static void collect_values(const struct evidence *e, struct number_list *seen)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_SUBGOAL)
            numbers_in(evidence_text(e->events[i].subgoal.value), seen, e->arena);
    for (size_t i = 0; i < e->n_runs; i++) {
        if (e->runs[i].kind != RUN_PROGRAM)
            continue;
        numbers_in(e->runs[i].program.out, seen, e->arena);
        numbers_in(evidence_text(e->runs[i].program.value), seen, e->arena);
    }
    for (size_t i = 0; i < e->n_calls; i++)
        numbers_in(e->calls[i].reply_text, seen, e->arena);
}

static bool computed(const struct number_list *seen, double value, double tolerance)
{
    for (size_t i = 0; i < seen->n; i++)
        if (numbers_close(seen->v[i], value, tolerance))
            return true;
    return false;
}

enum flag_state rule_r4(const struct evidence *e, const char **why)
{
    struct number_list seen = {0};
    if (!e->task->n_graph)
        return FLAG_NA;
    if (e->passed || !*e->submission)
        return FLAG_NO;
    collect_values(e, &seen);
    for (size_t i = 0; i < e->task->n_graph; i++) {
        const struct suite_node *node = &e->task->graph[i];
        if (computed(&seen, node->value, e->task->tolerance))
            continue;
        *why = arena_printf(e->arena, "%s = %s = %.15g was never reached", node->id, node->expr,
                            node->value);
        return FLAG_YES;
    }
    return FLAG_NO;
}
