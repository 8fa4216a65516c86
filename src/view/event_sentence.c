/* See event_sentence.h. */
#include "view/event_sentence.h"
#include <string.h>

/* "planner", "flat role": for a format with %s%s. */
#define ROLE(e) (e)->row.role, str_eq((e)->row.role, "flat") ? " role" : ""

/* "3 steps", "1 step". */
static void add_count(struct str *out, size_t n, const char *one)
{
    str_addf(out, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

static bool plan_came_before(const struct transcript *t, size_t index)
{
    const char *hash = t->events[index].plan.hash;
    for (size_t i = 0; *hash && i < index; i++)
        if (t->events[i].kind == EVENT_PLAN && str_eq(t->events[i].plan.hash, hash))
            return true;
    return false;
}

static void add_plan(const struct transcript *t, size_t index, struct str *out)
{
    const struct transcript_event *e = &t->events[index];
    bool math = e->plan.subgoals.v != NULL;
    size_t n = math ? e->plan.subgoals.n : e->plan.steps.n;
    str_addf(out, "The %s%s made a plan of ", ROLE(e));
    add_count(out, n, math ? "subgoal" : "step");
    if (e->plan.reasked)
        str_add(out, e->plan.valid_final ? ", after being asked again"
                                         : ", which is not as asked for, even after a second try");
    if (e->plan.repaired)
        str_add(out, ", put right where it could not be used");
    if (plan_came_before(t, index))
        str_add(out, ": word for word an earlier plan");
}

static void add_candidate(const struct store_event *e, struct str *out)
{
    str_addf(out, "Program %.8s: %d of %d shown tests pass", e->candidate_hash, e->public_passed,
             e->public_total);
    if (e->self_total > 0)
        str_addf(out, ", %d of %d self-written ones", e->self_passed, e->self_total);
}

static void add_repeated(const struct transcript_event *e, struct str *out)
{
    str_addf(out, "The %s%s wrote program %.8s again, which had been run: ", ROLE(e),
             e->row.candidate_hash);
    str_add(out, str_eq(e->repeated.then, "warmer") ? "asked once more, warmer"
                 : str_eq(e->repeated.then, "end")  ? "nothing new comes"
                                                    : "asked afresh, warmer");
}

static void add_subgoal(const struct transcript_event *e, struct str *out)
{
    if (e->subgoal.ok)
        str_addf(out, "The %s%s solved subgoal %s: %s", ROLE(e), e->subgoal.id,
                 e->subgoal.value ? e->subgoal.value : "no value");
    else
        str_addf(out, "The %s%s did not solve subgoal %s: %s", ROLE(e), e->subgoal.id,
                 e->subgoal.error ? e->subgoal.error : "no value");
    if (e->subgoal.attempt > 1)
        str_addf(out, " (try %d)", e->subgoal.attempt);
}

static void add_tool_call(const struct transcript_event *e, struct str *out)
{
    const char *tool = e->tool_call.tool ? e->tool_call.tool : "no tool";
    if (e->tool_call.ok)
        str_addf(out, "The %s%s called %s", ROLE(e), tool);
    else
        str_addf(out, "The %s%s called %s, which failed: %s", ROLE(e), tool,
                 e->tool_call.error ? e->tool_call.error : "bad call");
}

static void add_verdict(const struct transcript_event *e, struct str *out)
{
    str_addf(out, "The %s%s says '%s'", ROLE(e), e->verdict.verdict);
    if (e->verdict.answer)
        str_addf(out, " of the answer %s", e->verdict.answer);
    if (e->verdict.computed)
        str_addf(out, "; it computed %s", e->verdict.computed);
    if (e->verdict.subgoal)
        str_addf(out, "; subgoal %s is wrong", e->verdict.subgoal);
    if (e->verdict.log_failed)
        str_add(out, "; the program it rests on had failed");
}

static void add_submit(const struct transcript_event *e, struct str *out)
{
    if (e->submit.answer)
        str_addf(out, "Submitted: %s", e->submit.answer);
    else if (*e->row.candidate_hash)
        str_addf(out, "Submitted: program %.8s", e->row.candidate_hash);
    else
        str_add(out, "Nothing was submitted");
    str_addf(out, "; ended by %s", e->submit.stop);
}

static void add_refused(const struct transcript_event *e, struct str *out)
{
    str_addf(out, "The %s of the %s%s was refused (%s), and %s", e->refused.part, ROLE(e),
             e->refused.reason, e->refused.again ? "asked for again" : "dropped");
}

void event_sentence(const struct transcript *t, size_t index, struct str *out)
{
    const struct transcript_event *e = &t->events[index];
    switch (e->kind) {
    case EVENT_PLAN:
        add_plan(t, index, out);
        break;
    case EVENT_SELF_TESTS:
        str_addf(out, "The %s%s wrote ", ROLE(e));
        add_count(out, e->self_tests.n, "test");
        break;
    case EVENT_CANDIDATE:
        add_candidate(&e->row, out);
        break;
    case EVENT_REPEATED:
        add_repeated(e, out);
        break;
    case EVENT_SUBGOAL:
        add_subgoal(e, out);
        break;
    case EVENT_TOOL_CALL:
        add_tool_call(e, out);
        break;
    case EVENT_ANSWER:
        str_addf(out, "An answer stands: %s (from %s)", e->answer.text, e->answer.from);
        break;
    case EVENT_VERDICT:
        add_verdict(e, out);
        break;
    case EVENT_REPAIR:
        str_addf(out, "Subgoal %s is solved anew", e->repair.id);
        break;
    case EVENT_REFUSED:
        add_refused(e, out);
        break;
    case EVENT_SUBMIT:
        add_submit(e, out);
        break;
    case N_EVENT_KINDS:
        str_addf(out, "Event '%s'", e->row.kind);
        break;
    }
}
