/* V: choosing and checking. On code tasks the verdict of a hierarchy with a tester is whether it
 * accepted what it submits; on math tasks it is the verifier's last word on the submitted answer. A
 * flat arm has no verifier: running the public tests is S3's and V2's business. */
#include <string.h>
#include "base/str.h"
#include "control/math_value.h"
#include "taxonomy/rules.h"

enum flag_state rule_v1(const struct evidence *e, const char **why)
{
    if (e->passed)
        return FLAG_NO;
    for (size_t i = 0; !e->math && i < e->n_runs; i++) {
        const struct transcript_run *r = &e->runs[i];
        bool passes = r->kind == RUN_HIDDEN && strcmp(r->row.verdict, "pass") == 0;
        if (!passes || strcmp(r->row.program_hash, e->hash) == 0)
            continue;
        *why = arena_printf(e->arena, "the program %.12s passes the hidden tests",
                            r->row.program_hash);
        return FLAG_YES;
    }
    for (size_t i = 0; e->math && i < e->n_events; i++) {
        const char *answer = e->events[i].kind == EVENT_ANSWER ? e->events[i].answer.text : NULL;
        if (!answer || !math_right(answer, e->task) || math_right(e->submission, e->task))
            continue;
        *why = arena_printf(e->arena, "the answer %s is right", answer);
        return FLAG_YES;
    }
    return FLAG_NO;
}

static bool was_executed(const struct evidence *e)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_CANDIDATE &&
            strcmp(e->events[i].row.candidate_hash, e->hash) == 0)
            return true;
    return false;
}

enum flag_state rule_v2(const struct evidence *e, const char **why)
{
    if (e->math || !e->arm->tool || strcmp(e->stop, "no_tester") == 0)
        return FLAG_NA; /* the submission is an answer, or the arm executes nothing */
    *why = "it was submitted without having been run";
    return flag_if(*e->hash && !was_executed(e));
}

/* ---- the verdict on the submission ---- */

enum verdict { VERDICT_NONE, ACCEPTED, REJECTED };

static enum verdict code_verdict(const struct evidence *e)
{
    if (!e->arm->hierarchy || !e->arm->tool || strcmp(e->stop, "no_tester") == 0 || !*e->hash ||
        !was_executed(e))
        return VERDICT_NONE;
    return strcmp(e->stop, "accepted") == 0 ? ACCEPTED : REJECTED;
}

/* The verifier's last word on the submitted answer; NULL = there is none, or it does not know. */
static const struct transcript_event *last_word(const struct evidence *e)
{
    for (size_t i = e->n_events; i-- > 0;) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind != EVENT_VERDICT || !math_same(evidence_text(v->verdict.answer), e->submission))
            continue;
        return strcmp(v->verdict.verdict, "unknown") == 0 ? NULL : v;
    }
    return NULL;
}

static enum verdict verdict_of(const struct evidence *e)
{
    if (!e->math)
        return code_verdict(e);
    const struct transcript_event *word = *e->submission ? last_word(e) : NULL;
    if (!word)
        return VERDICT_NONE;
    return strcmp(word->verdict.verdict, "pass") == 0 ? ACCEPTED : REJECTED;
}

enum flag_state rule_v3(const struct evidence *e, const char **why)
{
    enum verdict v = verdict_of(e);
    if (v == VERDICT_NONE)
        return FLAG_NA;
    *why = "accepted, and wrong";
    return flag_if(v == ACCEPTED && !e->passed);
}

enum flag_state rule_v4(const struct evidence *e, const char **why)
{
    enum verdict v = verdict_of(e);
    if (v == VERDICT_NONE)
        return FLAG_NA;
    *why = "rejected, and right";
    return flag_if(v == REJECTED && e->passed);
}

enum flag_state rule_v5(const struct evidence *e, const char **why)
{
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct transcript_run *r = &e->runs[i];
        if (r->kind != RUN_SELF)
            continue;
        for (size_t t = 0; t < r->tests.n; t++)
            if (strcmp(r->tests.v[t].verdict, "pass") != 0) {
                *why = r->tests.v[t].test;
                return FLAG_YES;
            }
        return FLAG_NO;
    }
    return FLAG_NA; /* none was written, or there is no reference to hold them against */
}

enum flag_state rule_v6(const struct evidence *e, const char **why)
{
    enum verdict v = verdict_of(e);
    if (v == VERDICT_NONE)
        return FLAG_NA;
    if (e->math) {
        *why = "the program the verdict rests on failed";
        return flag_if(v == ACCEPTED && last_word(e)->verdict.log_failed);
    }
    const struct store_event *s = &e->submit->row;
    *why = arena_printf(e->arena, "accepted with %d of %d public tests", s->public_passed,
                        s->public_total);
    return flag_if(v == ACCEPTED && s->public_passed < s->public_total);
}
