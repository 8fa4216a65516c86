/* See code_tester.h. */
#include "control/code_tester.h"

#include "control/selftests.h"

enum arm_tester code_tester_of(const struct episode *e)
{
    enum arm_tester t = e->arm->verifier ? e->arm->tester : ARM_TESTER_OFF;
    return t == ARM_TESTER_PROFILE ? prompt_set_tester(e->env->prompts) : t;
}

/* A reply without a test is told so, once. */
static int ask_for_tests(struct episode *e, struct self_tests *T)
{
    struct ask ask = {.role = "tester", .prompt = "tester", .vars = episode_vars(e)};
    int rc = 0;
    for (int t = 0; !rc && T->n == 0 && t < 2; t++) {
        struct model_reply reply;
        rc = episode_ask(e, &ask, &reply);
        if (rc)
            return rc;
        self_tests_parse(reply.text, e->task, T, e->arena);
        if (T->n == 0)
            rc = episode_refuse(e, "tester", "tests", "none", t == 0);
        ask.vars.v[PROMPT_PROBLEM] = "It held no new test.";
        ask.warmer = WARMER;
    }
    return rc;
}

int code_tester_ask(struct episode *e, struct self_tests *T)
{
    if (code_tester_of(e) != ARM_TESTER_WRITE || !e->arm->tool || !e->task->entry_point)
        return 0;
    int rc = ask_for_tests(e, T);
    if (rc)
        return rc;
    struct self_tests *kept = arena_alloc(e->arena, sizeof *kept);
    *kept = *T;
    e->self = kept;
    return episode_log(e, "tester", NULL,
                       &(struct transcript_event){.kind = EVENT_SELF_TESTS,
                                                  .self_tests = {kept->tests, (size_t)kept->n}});
}
