/* Conclusions at the edges: floor and ceiling, few or no tasks that differ, an arm without the
 * event; joint criteria, runs that stopped on evidence, and how a plan will come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/measure.h"
#include "analysis/outlook.h"
#include "fixtures/made_run.h"
#include "stats/exact_paired.h"
#include "stats/mcnemar.h"

/* Both solve the same `both` of n tasks. */
static struct analysis_conclusion same_tasks(size_t n, size_t both)
{
    struct analysis_run run = make_run(n, ONE("pass@1", "difference >= 0.05", ""));
    for (size_t i = 0; i < both; i++) {
        solve(&run, i, 0, 4);
        solve(&run, i, 1, 2);
    }
    struct analysis_conclusion v = only_verdict(&run);
    static char kept[1000]; /* the run goes, its sentence is looked at */
    snprintf(kept, sizeof kept, "%s", v.sentence);
    v.sentence = kept;
    v.verdict = v.limit ? "limit" : v.outcome == ANALYSIS_NOT_MET ? "not met" : "cannot tell";
    analysis_run_free(&run);
    return v;
}

static void no_discordant_task(void **state)
{
    (void)state;
    struct analysis_conclusion v = same_tasks(200, 80);
    assert_int_equal(v.outcome, ANALYSIS_NOT_MET);
    assert_non_null(strstr(v.sentence, "equivalent within 5 pp"));
    /* P(no discordant task) is at most .95^n: 5 % from 59 tasks on, 2.5 % from 72. */
    assert_false(same_tasks(58, 20).equivalent);
    assert_true(same_tasks(59, 20).equivalent);
    assert_int_equal(same_tasks(71, 20).outcome, ANALYSIS_CANNOT_TELL);
    assert_int_equal(same_tasks(72, 20).outcome, ANALYSIS_NOT_MET);
    v = same_tasks(10, 5); /* not "about 73 tasks": other tasks may differ, nobody knows how much */
    assert_non_null(strstr(v.sentence, "needed cannot be estimated"));
}

/* One task of 60 differs: t would call the arms equivalent (p = .025), but P(at most one loss) is
 * .19 at 5 pp. Ten tasks that differ are enough for t. */
static void few_tasks_differ(void **state)
{
    (void)state;
    double a[100], b[100];
    for (int i = 0; i < 100; i++)
        a[i] = b[i] = 1;
    a[7] = 0;
    struct measure m = measure_difference(a, b, 60, 0, .05, true);
    assert_string_equal(m.method, "Tango");
    assert_true(fabs(m.tost_p - (pow(.95, 60) + 60 * .05 * pow(.95, 59))) < 1e-9);
    struct stats_ci tango = stats_tango(0, 1, 60, .95);
    assert_true(m.e.ci.low == tango.low && m.e.ci.high == tango.high);
    m = measure_difference(a, b, 40, 0, .05, true);
    assert_string_equal(m.method, "exact");
    assert_true(fabs(m.p - 2 * fmin(stats_exact_upper(0, 1, 40, 0),
                                    stats_exact_upper(1, 0, 40, 0))) < 1e-9);
    b[9] = .5; /* several samples: t, and the bound of equivalence */
    m = measure_difference(a, b, 60, 0, .05, true);
    assert_string_equal(m.method, "t");
    assert_true(m.tost_p > .05);
    for (int i = 10; i < 20; i++)
        a[i] = 0;
    b[9] = 1;
    assert_string_equal(measure_difference(a, b, 60, 0, .05, true).method, "t");
}

/* At the floor or the ceiling there is nothing to tell the arms apart by. */
static void nothing_or_everything_solved(void **state)
{
    (void)state;
    struct analysis_conclusion v = same_tasks(200, 0);
    assert_int_equal(v.outcome, ANALYSIS_CANNOT_TELL);
    assert_string_equal(v.limit, "nothing solved");
    assert_false(v.equivalent);
    assert_true(isnan(v.p) && isnan(v.estimate.ci.low));
    assert_null(strstr(v.sentence, "equivalent"));
    v = same_tasks(200, 200);
    assert_string_equal(v.limit, "everything solved");
    struct analysis_run run = run_of(30, 0, 0, ONE("pass@1", "difference >= 0.05", ""));
    assert_string_equal(only_verdict(&run).verdict, "cannot tell (nothing solved)");
    analysis_run_free(&run);
    run = run_of(30, 0, 0, ONE("pass@1", "ratio >= 1.5", ""));
    assert_string_equal(only_verdict(&run).limit, "nothing solved");
    analysis_run_free(&run);
    run = run_of(30, 0, 1, ONE("pass@1", "difference >= 0.05", "")); /* one is not nothing */
    assert_null(only_verdict(&run).limit);
    analysis_run_free(&run);
}

/* An arm that never has the event, whichever it is. */
static void zero_on_one_side(void **state)
{
    (void)state;
    double p[2];
    for (int side = 0; side < 2; side++) {
        struct analysis_run run =
            make_run(40, side ? ONE("tool_misuse_and_spec_errors", "ratio <= 0.8", "")
                              : ONE("tool_misuse_and_spec_errors", "ratio >= 1.25", ""));
        for (size_t i = 0; i < 12; i++)
            run.played[2 * i + (size_t)side].flags = taxonomy_parse("T3");
        struct analysis_conclusion v = only_verdict(&run);
        p[side] = v.p;
        assert_int_equal(v.outcome, ANALYSIS_MET);
        assert_true(side ? v.estimate.value == 0 : isinf(v.estimate.value));
        analysis_run_free(&run);
    }
    assert_true(p[0] < .002 && fabs(p[0] - p[1]) < 1e-15);
}

static const char joint[] =
    "{\"criteria\":[{\"name\":\"a\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"pass@1\","
    "\"criterion\":"
    "\"difference >= 0\"},{\"name\":\"b\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"calls\","
    "\"criterion\":\"ratio <= 0.8\"},{\"name\":\"both\",\"all_of\":[\"a\",\"b\"]}]}";

/* p of a joint criterion is the larger of its parts', and alone stands in Holm's family. */
static void joint_criteria(void **state)
{
    (void)state;
    for (int fewer = 0; fewer < 2; fewer++) {
        struct analysis_run run = run_of(60, 45, 28, joint);
        for (size_t i = 0; i < 60; i++) {
            run.played[2 * i].calls = fewer ? (i % 2 ? 3 : 5) : 9 + (int)(i % 3);
            run.played[2 * i + 1].calls = 6;
        }
        size_t n;
        const struct analysis_conclusion *v = analysis_conclusions(&run, &n);
        assert_int_equal(n, 3);
        assert_int_equal(v[0].outcome, ANALYSIS_MET);
        assert_true(v[0].p_adjusted == v[0].p); /* not twice p: it is no claim of its own */
        assert_string_equal(v[0].part_of, "both");
        if (fewer)
            assert_true(v[2].p == fmax(v[0].p, v[1].p));
        assert_int_equal(v[2].outcome, fewer ? ANALYSIS_MET : ANALYSIS_NOT_MET);
        assert_non_null(strstr(v[2].sentence, fewer ? "a: met; b: met" : "a: met; b: not met"));
        assert_string_equal(v[2].statement, "all of: a, b");
        analysis_run_free(&run);
    }
}

static void the_point_estimate_and_superiority(void **state)
{
    (void)state;
    check_outcome(100, 58, 50, "difference >= 0.05", ANALYSIS_CANNOT_TELL,
                  "Point estimate against the claim: +8.0 pp reaches >= +5.0 pp.");
    check_outcome(100, 58, 50, "difference >= 0.3", ANALYSIS_NOT_MET, "+8.0 pp does not reach");
    check_outcome(100, 58, 50, "difference >= 0.05", ANALYSIS_CANNOT_TELL,
                  "Superiority over 0 (hrm higher than flat at all): not shown, p = 0.4");
    check_outcome(100, 90, 50, "difference >= 0.05", ANALYSIS_MET, "at all): shown, p < 0.0001");
}

/* What the run was stopped by is what it is judged by. */
static void a_run_that_stopped(void **state)
{
    (void)state;
    struct analysis_run run = run_of(
        40, 30, 20,
        "{\"decided\":{\"criterion\":\"c\",\"tasks\":33,\"estimate\":0.4,\"low\":0.1,\"high\":0.7,"
        "\"e_value\":25.0},\"criteria\":[{\"name\":\"c\",\"arms\":[\"hrm\",\"flat\"],\"metric\":"
        "\"pass@1\",\"criterion\":\"difference >= 0.05\"}]}");
    struct analysis_conclusion v = only_verdict(&run);
    assert_int_equal(v.estimate.n, 33);
    assert_true(v.estimate.ci.low == .1 && v.estimate.ci.high == .7 && v.p == 1 / 25.0);
    assert_int_equal(v.outcome, ANALYSIS_MET);
    assert_non_null(strstr(v.sentence, "stopped on evidence"));
    analysis_run_free(&run);
}

/* Ten times the pilot's tasks, the same truth: what the noncentral t says of a standard error that
 * is sqrt(10) smaller. */
static void the_outlook_of_a_pilot(void **state)
{
    (void)state;
    struct analysis_run run = run_of(100, 58, 50, ONE("pass@1", "difference >= 0.05", ""));
    struct analysis_conclusion v = only_verdict(&run);
    size_t n;
    const struct outlook *o = outlook_from_pilot(&run, 1000, &n);
    struct stats_outlook want = stats_outlook(.03, v.se / sqrt(10), 999, .95);
    assert_int_equal(n, 3);
    assert_true(fabs(o[0].met - want.above) < 1e-12 && fabs(o[0].cannot_tell - want.open) < 1e-12);
    assert_string_equal(o[0].value, "+8.0 pp");
    assert_string_equal(o[1].truth, "no difference");
    assert_true(o[1].not_met > o[0].not_met);
    assert_true(fabs(o[2].met - .025) < 1e-6); /* at the claim itself: half of 5 % */
    for (size_t i = 0; i < n; i++)
        assert_true(fabs(o[i].met + o[i].not_met + o[i].cannot_tell - 1) < 1e-12);
    const struct criterion c[2] = {
        {.name = "c", .metric = "pass@1", .at_least = true, .threshold = .05},
        {.name = "d", .metric = "calls", .threshold = 0}};
    o = outlook_assumed(c, 2, &stats_design_default, 693, 1, run.arena, &n);
    assert_int_equal(n, 4);                                /* calls: nobody knows their variance */
    want = stats_outlook(.05, sqrt(.22 / 693), 692, .975); /* two claims */
    assert_string_equal(o[2].truth, "5 pp beyond the claim");
    assert_true(fabs(o[2].met - want.above) < 1e-12);
    analysis_run_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_discordant_task),
        cmocka_unit_test(few_tasks_differ),
        cmocka_unit_test(nothing_or_everything_solved),
        cmocka_unit_test(zero_on_one_side),
        cmocka_unit_test(joint_criteria),
        cmocka_unit_test(the_point_estimate_and_superiority),
        cmocka_unit_test(a_run_that_stopped),
        cmocka_unit_test(the_outlook_of_a_pilot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
