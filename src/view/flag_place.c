/* See flag_place.h. A rule says why in words that are borrowed from the transcript where they can
 * be: then the place is the test that they stand in. Else the code tells what to look for. */
#include "view/flag_place.h"
#include <string.h>
#include "base/str.h"

const char *flag_place_name(enum place_kind kind)
{
    static const char *const names[] = {"end", "call", "run", "event"};
    return names[kind];
}

static bool has_tests(const struct transcript_run *r)
{
    return r->kind != RUN_PROGRAM && r->kind < N_RUN_KINDS;
}

static bool said_by_test(const struct transcript *t, const char *why, struct flag_place *out)
{
    for (size_t i = 0; why && i < t->n_runs; i++)
        for (size_t k = 0; has_tests(&t->runs[i]) && k < t->runs[i].tests.n; k++)
            if (t->runs[i].tests.v[k].message == why) {
                *out = (struct flag_place){PLACE_RUN, i};
                return true;
            }
    return false;
}

/* The last run of a kind (N_RUN_KINDS: any) that ended well, or not. */
static struct flag_place last_run(const struct transcript *t, enum run_kind kind, bool well)
{
    for (size_t i = t->n_runs; i-- > 0;) {
        const char *verdict = t->runs[i].row.verdict;
        bool ended_well = str_eq(verdict, "pass") || str_eq(verdict, "ok");
        if ((kind == N_RUN_KINDS || t->runs[i].kind == kind) && ended_well == well)
            return (struct flag_place){PLACE_RUN, i};
    }
    return (struct flag_place){PLACE_END, 0};
}

static struct flag_place first_bad_run(const struct transcript *t)
{
    for (size_t i = 0; i < t->n_runs; i++)
        if ((t->runs[i].kind == RUN_PROGRAM || t->runs[i].kind == RUN_PUBLIC) &&
            !str_eq(t->runs[i].row.verdict, "pass") && !str_eq(t->runs[i].row.verdict, "ok"))
            return (struct flag_place){PLACE_RUN, i};
    return (struct flag_place){PLACE_END, 0};
}

static struct flag_place last_event(const struct transcript *t, enum event_kind kind)
{
    for (size_t i = t->n_events; i-- > 0;)
        if (t->events[i].kind == kind)
            return (struct flag_place){PLACE_EVENT, i};
    return (struct flag_place){PLACE_END, 0};
}

/* The step that the sentence names: "step 3 ...". */
static struct flag_place step_event(const struct transcript *t, const char *why)
{
    size_t n = why && str_starts(why, "step ") ? strcspn(why + 5, " ") : 0;
    for (size_t i = 0; n > 0 && i < t->n_events; i++) {
        const struct transcript_event *e = &t->events[i];
        const char *id = e->kind == EVENT_SUBGOAL  ? e->subgoal.id
                         : e->kind == EVENT_REPAIR ? e->repair.id
                                                   : NULL;
        if (id && strlen(id) == n && strncmp(id, why + 5, n) == 0)
            return (struct flag_place){PLACE_EVENT, i};
    }
    return last_event(t, EVENT_PLAN);
}

static struct flag_place bad_tool_call(const struct transcript *t)
{
    for (size_t i = 0; i < t->n_events; i++)
        if (t->events[i].kind == EVENT_TOOL_CALL && !t->events[i].tool_call.ok)
            return (struct flag_place){PLACE_EVENT, i};
    return last_event(t, EVENT_TOOL_CALL);
}

/* A program that ran before: not run again, or the second run. */
static struct flag_place repeated_run(const struct transcript *t)
{
    struct flag_place logged = last_event(t, EVENT_REPEATED);
    if (logged.kind != PLACE_END)
        return logged;
    for (size_t i = 0; i < t->n_runs; i++)
        for (size_t k = 0; k < i; k++)
            if (t->runs[i].kind == t->runs[k].kind && t->runs[i].kind <= RUN_PROGRAM &&
                str_eq(t->runs[i].row.program_hash, t->runs[k].row.program_hash))
                return (struct flag_place){PLACE_RUN, i};
    return (struct flag_place){PLACE_END, 0};
}

/* What the submission came to in the grading, else where it was submitted. */
static struct flag_place grading(const struct transcript *t)
{
    struct flag_place p = last_run(t, RUN_HIDDEN, false);
    return p.kind == PLACE_END ? last_event(t, EVENT_SUBMIT) : p;
}

static struct flag_place last_call(const struct transcript *t)
{
    return t->n_calls ? (struct flag_place){PLACE_CALL, t->n_calls - 1}
                      : (struct flag_place){PLACE_END, 0};
}

static struct flag_place by_format(const struct transcript *t, char digit)
{
    switch (digit) {
    case '2':
    case '4':
        return last_event(t, EVENT_PLAN);
    case '5':
        return last_event(t, EVENT_SELF_TESTS);
    case '6':
        return last_event(t, EVENT_REFUSED);
    default:
        return last_call(t);
    }
}

static struct flag_place by_tool(const struct transcript *t, char digit)
{
    switch (digit) {
    case '1':
    case '2':
        return bad_tool_call(t);
    case '3':
        return first_bad_run(t);
    case '4':
        return repeated_run(t);
    case '5':
    case '7':
        return last_run(t, RUN_PROGRAM, true);
    default:
        return last_event(t, EVENT_SUBMIT);
    }
}

static struct flag_place by_verifier(const struct transcript *t, char digit)
{
    switch (digit) {
    case '1':
        return last_run(t, RUN_HIDDEN, true);
    case '2':
        return last_event(t, EVENT_SUBMIT);
    case '5':
        return last_run(t, RUN_SELF, false);
    default:
        return last_event(t, EVENT_VERDICT);
    }
}

struct flag_place flag_place_of(const struct transcript *t, const char *code, const char *why)
{
    struct flag_place p = {PLACE_END, 0};
    if (said_by_test(t, why, &p))
        return p;
    switch (code[0]) {
    case 'F':
        return by_format(t, code[1]);
    case 'T':
        return by_tool(t, code[1]);
    case 'S':
        return code[1] == '3'   ? last_run(t, RUN_PUBLIC, false)
               : code[1] == '6' ? last_event(t, EVENT_PLAN)
                                : grading(t);
    case 'P':
        return code[1] == '4'   ? last_event(t, EVENT_PLAN)
               : code[1] == '6' ? repeated_run(t)
                                : step_event(t, why);
    case 'V':
        return by_verifier(t, code[1]);
    case 'R':
        return grading(t);
    default:
        return p;
    }
}
