/* F: what was asked for could not be read out of the replies. */
#include <string.h>
#include "base/str.h"
#include "control/math_value.h"
#include "taxonomy/rules.h"
#include "tool/extract.h"
#include "tool/fences.h"
#include "tool/py_scan.h"
#include "tool/reply_text.h"

/* The interpreter's word goes before our lexical look: what ran into a test is Python. */
static bool ran(const struct evidence *e)
{
    static const enum run_kind kinds[] = {RUN_PUBLIC, RUN_HIDDEN};
    const struct transcript_run *r;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; (r = evidence_submission_run(e, kinds[k], &i)) != NULL;)
            for (size_t t = 0; t < r->tests.n; t++) {
                const char *type = evidence_text(r->tests.v[t].error_type);
                if (strcmp(type, "SyntaxError") != 0 && strcmp(type, "IndentationError") != 0 &&
                    strcmp(type, "TabError") != 0)
                    return true;
            }
    return false;
}

enum flag_state rule_f1(const struct evidence *e, const char **why)
{
    if (!*e->submission) {
        bool prose = evidence_only_prose(e);
        *why = prose ? "no reply held a program" : "nothing was submitted";
        return flag_if(prose || store_cap_of_stop(e->stop) == N_CAPS); /* else that is B */
    }
    if (e->math)
        return FLAG_NO;
    *why = "the submission is no Python";
    return flag_if(!ran(e) && !py_parses(e->submission, strlen(e->submission)));
}

enum flag_state rule_f2(const struct evidence *e, const char **why)
{
    if (!e->arm->planner)
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind != EVENT_PLAN || !v->plan.reasked || v->plan.valid_final)
            continue;
        *why = "the second reply was no plan as asked for either";
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* ---- a role's reply that could not be used ---- */

enum flag_state rule_f4(const struct evidence *e, const char **why)
{
    if (!e->arm->planner)
        return FLAG_NA;
    *why = "the first reply was no plan as asked for";
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind == EVENT_REFUSED && strcmp(v->refused.part, "plan") == 0)
            *why = arena_printf(e->arena, "a plan was refused: %s", v->refused.reason);
        if (v->kind == EVENT_PLAN && !v->plan.valid)
            return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_f5(const struct evidence *e, const char **why)
{
    *why = "the tester's replies hold no test";
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_SELF_TESTS)
            return flag_if(e->events[i].self_tests.n == 0);
    return FLAG_NA;
}

enum flag_state rule_f6(const struct evidence *e, const char **why)
{
    if (e->math || !e->arm->planner)
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind != EVENT_REFUSED || strcmp(v->refused.part, "signature") != 0)
            continue;
        *why = arena_printf(e->arena, "a signature was refused: %s", v->refused.reason);
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* ---- several finals ---- */

static enum flag_state answers_conflict(const struct evidence *e, const char **why)
{
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_texts *finals = &e->events[i].answer.finals;
        for (size_t k = 1; e->events[i].kind == EVENT_ANSWER && k < finals->n; k++) {
            const char *first = finals->v[0], *other = finals->v[k];
            if (math_same(first, other))
                continue;
            *why = arena_printf(e->arena, "one reply ends in '%s' and in '%s'", first, other);
            return FLAG_YES;
        }
    }
    return FLAG_NO;
}

/* Two blocks of one reply define the entry point, and not alike. */
static bool defined_twice(const char *reply, const char *entry_point, struct arena *arena)
{
    struct fence_blocks blocks = fences_find(reply_spoken(reply, arena), arena);
    const char *first = NULL;
    for (size_t i = 0; i < blocks.n; i++) {
        const char *text = blocks.items[i].text;
        if (!py_defines(text, strlen(text), entry_point))
            continue;
        if (first && strcmp(text, first) != 0)
            return true;
        first = text;
    }
    return false;
}

static enum flag_state programs_conflict(const struct evidence *e, const char **why)
{
    const char *entry = e->task->entry_point;
    if (!entry)
        return FLAG_NA; /* which block is the program is not known */
    for (size_t i = 0; i < e->n_calls && *e->submission; i++) {
        const char *reply = e->calls[i].reply_text;
        if (!defined_twice(reply, entry, e->arena) ||
            strcmp(extract_code(reply, entry, e->arena), e->submission) != 0)
            continue;
        *why = "the reply it was taken from defines the entry point in two ways";
        return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_f3(const struct evidence *e, const char **why)
{
    return e->math ? answers_conflict(e, why) : programs_conflict(e, why);
}
