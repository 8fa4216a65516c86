/* What smaller budgets would have bought, from transcripts written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/mem.h"
#include "control/truncation.h"
#include "store/field.h"
#include "store/transcript.h"
#include "suite/suite.h"

static int setup(void **state)
{
    struct transcript *t = xcalloc(1, sizeof *t);
    *state = t;
    return 0;
}

static struct arena *arena; /* of all tests */

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void judge(struct transcript *t, const char *hash, const char *verdict)
{
    struct transcript_run r = {.kind = RUN_HIDDEN,
                               .row = {.program_hash = hash, .verdict = verdict}};
    transcript_add_run(t, &r, arena);
}

/* The n-th event costs 10 tokens, one call, one tool run and 1.5 s more than the one before. */
static void happen(struct transcript *t, enum event_kind kind, const char *hash, int public_passed,
                   int self_passed, const char *answer)
{
    int n = (int)t->n_events + 1;
    struct transcript_event v = {.kind = kind,
                                 .row = {.generated_tokens = 10 * n,
                                         .calls = n,
                                         .tool_runs = n,
                                         .seconds = 1.5 * n,
                                         .candidate_hash = hash,
                                         .public_passed = public_passed,
                                         .self_passed = self_passed}};
    if (kind == EVENT_ANSWER)
        v.answer.text = answer;
    else if (kind == EVENT_SUBMIT)
        v.submit.answer = answer;
    else if (kind == EVENT_VERDICT)
        v.verdict.answer = answer;
    transcript_add_event(t, &v, arena);
}

static void assert_curve(const struct transcript *t, const struct task *task, const char *want)
{
    struct store_episode row = {0};
    struct str curve CLEANUP_STR = {0};
    row.moments = truncation_moments(t, task, &row.n_moments, arena);
    store_add_curve(&row, &curve);
    assert_string_equal(str_text(&curve), want);
}

static const struct task code = {.id = "t"};

static void the_best_candidate_stands(void **state)
{
    struct transcript *f = *state;
    judge(f, "good", "pass");
    judge(f, "bad", "fail");
    judge(f, "luck", "pass");
    happen(f, EVENT_PLAN, "", 0, 0, NULL);
    happen(f, EVENT_CANDIDATE, "bad", 1, 0, NULL);
    happen(f, EVENT_CANDIDATE, "luck", 1, 0, NULL); /* no better: the earlier one stays */
    happen(f, EVENT_CANDIDATE, "good", 1, 1, NULL); /* better by a test of its own */
    happen(f, EVENT_CANDIDATE, "bad", 0, 3, NULL);
    happen(f, EVENT_SUBMIT, "good", 0, 0, NULL);
    assert_curve(f, &code, "40:4:4:6:1");
}

static void what_is_submitted_stands_at_the_end(void **state)
{
    struct transcript *f = *state;
    judge(f, "good", "pass");
    judge(f, "bad", "timeout");
    happen(f, EVENT_CANDIDATE, "good", 2, 0, NULL);
    happen(f, EVENT_SUBMIT, "bad", 0, 0, NULL); /* not the one that stood last */
    assert_curve(f, &code, "10:1:1:1.5:1;20:2:2:3:0");
}

static void nothing_passes_nothing_is_there(void **state)
{
    struct transcript *f = *state;
    assert_curve(f, &code, "");
    judge(f, "bad", "fail");
    happen(f, EVENT_CANDIDATE, "bad", 2, 0, NULL);
    happen(f, EVENT_SUBMIT, "", 0, 0, NULL);
    assert_curve(f, &code, "");
}

static void the_latest_answer_stands(void **state)
{
    struct transcript *f = *state;
    const struct task math = {.id = "t", .has_answer = true, .answer = 52, .tolerance = 1e-6};
    happen(f, EVENT_ANSWER, "", 0, 0, "40");
    happen(f, EVENT_ANSWER, "", 0, 0, "52");
    happen(f, EVENT_VERDICT, "", 0, 0, "40");
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    happen(f, EVENT_SUBMIT, "", 0, 0, "52"); /* the majority's */
    assert_curve(f, &math, "20:2:2:3:1;40:4:4:6:0;50:5:5:7.5:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(the_best_candidate_stands),
        T(what_is_submitted_stands_at_the_end),
        T(nothing_passes_nothing_is_there),
        T(the_latest_answer_stands),
    };
    arena = arena_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
