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

static void assert_curve_by(enum truncation_rule rule, const struct transcript *t,
                            const struct task *task, const char *want)
{
    struct store_episode row = {0};
    struct str curve CLEANUP_STR = {0};
    row.moments = truncation_moments(t, task, rule, &row.n_moments, arena);
    store_add_curve(&row, &curve);
    assert_string_equal(str_text(&curve), want);
}

static void assert_curve(const struct transcript *t, const struct task *task, const char *want)
{
    assert_curve_by(STANDS_LATEST, t, task, want);
}

static const struct task code = {.id = "t"};
static const struct task math = {.id = "t", .has_answer = true, .answer = 52, .tolerance = 1e-6};

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
    happen(f, EVENT_ANSWER, "", 0, 0, "40");
    happen(f, EVENT_ANSWER, "", 0, 0, "52");
    happen(f, EVENT_VERDICT, "", 0, 0, "40");
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    happen(f, EVENT_SUBMIT, "", 0, 0, "52"); /* the majority's */
    assert_curve(f, &math, "20:2:2:3:1;40:4:4:6:0;50:5:5:7.5:1");
}

static void a_vote_stands_by_its_majority(void **state)
{
    struct transcript *f = *state;
    happen(f, EVENT_ANSWER, "", 0, 0, "52");
    happen(f, EVENT_ANSWER, "", 0, 0, "7"); /* a tie: the earliest stays */
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    happen(f, EVENT_ANSWER, "", 0, 0, "52.0");
    assert_curve_by(STANDS_MAJORITY, f, &math, "10:1:1:1.5:1;30:3:3:4.5:0;40:4:4:6:1");
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    f->events[f->n_events - 1].answer.from = "vote"; /* what is submitted is no vote of its own */
    happen(f, EVENT_SUBMIT, "", 0, 0, "7");
    assert_curve_by(STANDS_MAJORITY, f, &math, "10:1:1:1.5:1;30:3:3:4.5:0;40:4:4:6:1;50:5:5:7.5:0");
}

static void verify(struct transcript *f, const char *verdict, const char *computed)
{
    happen(f, EVENT_VERDICT, "", 0, 0, NULL);
    f->events[f->n_events - 1].verdict.verdict = verdict;
    f->events[f->n_events - 1].verdict.computed = computed;
}

static void a_verified_answer_stands_else_the_majority(void **state)
{
    struct transcript *f = *state;
    happen(f, EVENT_ANSWER, "", 0, 0, "7");
    verify(f, "fail", "52"); /* one each: the answer */
    happen(f, EVENT_ANSWER, "", 0, 0, "9");
    verify(f, "fail", "52");                /* two of the verifier's values */
    happen(f, EVENT_ANSWER, "", 0, 0, "7"); /* again a tie, and this is the latest */
    verify(f, "pass", "7");
    assert_curve_by(STANDS_VERIFIED, f, &math, "40:4:4:6:1;50:5:5:7.5:0");
    happen(f, EVENT_ANSWER, "", 0, 0, "52"); /* three votes each: the latest */
    assert_curve_by(STANDS_VERIFIED, f, &math, "40:4:4:6:1;50:5:5:7.5:0;70:7:7:10.5:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(the_best_candidate_stands),       T(what_is_submitted_stands_at_the_end),
        T(nothing_passes_nothing_is_there), T(the_latest_answer_stands),
        T(a_vote_stands_by_its_majority),   T(a_verified_answer_stands_else_the_majority),
    };
    arena = arena_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
