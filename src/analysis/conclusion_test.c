/* Verdicts, the budget audit and time to solve, on runs made by hand, with numbers worked out
 * beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/metric.h"
#include "analysis/budget.h"
#include "analysis/seconds.h"
#include "analysis/time_to_solve.h"
#include "analysis/conclusion.h"
#include "fixtures/made_run.h"
#include "fixtures/manual.h"
#include "stats/power.h"
#include "stats/ratio.h"

static void three_outcomes(void **state)
{
    (void)state;
    check_outcome(100, 90, 50, "difference >= 0.05", ANALYSIS_MET, "lies above +5.0 pp");
    check_outcome(100, 50, 50, "difference >= 0.30", ANALYSIS_NOT_MET, "lies below +30.0 pp");
    check_outcome(100, 50, 90, "difference >= 0.05", ANALYSIS_NOT_MET, "refuted, hrm is lower");
    check_outcome(100, 58, 50, "difference >= 0.05", ANALYSIS_CANNOT_TELL, "contains +5.0 pp");
    check_outcome(100, 50, 90, "difference <= -0.05", ANALYSIS_MET, "below -5.0 pp");
}

/* No task differs from another: t is undefined, exact bounds are used. */
static void equal_arms(void **state)
{
    (void)state;
    check_outcome(10, 10, 0, "difference >= 0.05", ANALYSIS_MET, "+100.0 pp");
    /* Five of five: Tango's p is .033, the exact one .080. */
    check_outcome(5, 5, 0, "difference >= 0.05", ANALYSIS_CANNOT_TELL, "contains +5.0 pp");
}

static void what_cannot_be_measured_is_said(void **state)
{
    (void)state;
    struct analysis_run run = run_of(1, 1, 0, ONE("pass@1", "difference >= 0.05", ""));
    struct analysis_conclusion v = only_verdict(&run);
    assert_int_equal(v.outcome, ANALYSIS_CANNOT_TELL);
    assert_non_null(strstr(v.sentence, "no interval"));
    analysis_run_free(&run);
    run = run_of(20, 9, 4, ONE("tool_misuse_and_spec_errors", "ratio <= 0.8", ""));
    run.untagged = 3;
    v = only_verdict(&run);
    assert_string_equal(v.sentence, "3 failed episodes carry no failure tags.");
    analysis_run_free(&run);
    run = run_of(20, 9, 4, ONE("pass@1", "difference >= 0", ",\"steps\":[9,9]"));
    assert_string_equal(only_verdict(&run).sentence, "no such task is complete.");
    analysis_run_free(&run);
    run = run_of(20, 9, 4,
                 "{\"criteria\":[{\"name\":\"c\",\"arms\":[\"hrm\",\"gone\"],\"metric\":\"pass@1\","
                 "\"criterion\":\"difference >= 0\"}]}");
    assert_string_equal(only_verdict(&run).sentence, "arm gone was not played.");
    analysis_run_free(&run);
    run = run_of(20, 9, 4, "{}");
    size_t n = 7;
    analysis_conclusions(&run, &n);
    assert_int_equal(n, 0);
    analysis_run_free(&run);
}

/* What experiment/metric.c lets pass, conclusion.c must have an answer to. */
static void every_metric_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_metrics; i++) {
        const struct metric *m = &metrics[i];
        if (m->of_orders)
            continue; /* learning_test.c has a run with a curriculum */
        for (int ratio = 0; ratio < 2; ratio++) {
            if (!(m->quantities & (ratio ? CRITERION_RATIO : CRITERION_DIFFERENCE)))
                continue;
            char *manifest CLEANUP_FREE = xasprintf(ONE("%s", "%s >= 1", ",\"seconds\":%d"),
                                                    m->name, ratio ? "ratio" : "difference", 9);
            struct analysis_run run = run_of(20, 9, 4, manifest);
            for (size_t k = 0; k < 40; k++) {
                run.played[k].flags = k % 3 == 0 ? taxonomy_parse("T3 S4") : 0;
                run.played[k].generated_tokens = (double)(k % 7) + 1;
                run.played[k].calls = (int)(k % 5) + 1;
            }
            struct analysis_conclusion v = only_verdict(&run);
            if (isnan(v.estimate.value) || isnan(v.p))
                fail_msg("%s: %s", m->name, v.sentence);
            analysis_run_free(&run);
        }
    }
}

static void the_manual_has_the_metrics(void **state)
{
    (void)state;
    struct str s CLEANUP_STR = {0};
    str_add(&s, "| metric | of one episode | unit | from, to | better |\n|:--|:--|:--|:--|:--|\n");
    for (size_t i = 0; i < n_metrics; i++) {
        const struct metric *m = &metrics[i];
        str_addf(&s, "| `%s` | %s | %s | %g, %g | %s |\n", m->name, m->of, m->unit,
                 m->low * m->scale, m->high * m->scale, m->more_is_better ? "more" : "less");
    }
    check_manual_table("docs/methods.md", "metrics", str_text(&s));
}

/* The reference's paired ratio: 9 both, 12 flat only, 3 hrm only. */
static void ratio_of_misuse(void **state)
{
    (void)state;
    struct analysis_run run = make_run(40, ONE("tool_misuse_and_spec_errors", "ratio <= 0.8", ""));
    for (size_t i = 0; i < 24; i++) {
        run.played[2 * i].flags = i < 9 || i >= 21 ? taxonomy_parse("S4 R1") : 0;
        run.played[2 * i + 1].flags = i < 21 ? taxonomy_parse("T3") : taxonomy_parse("S5 T6");
    }
    struct analysis_conclusion v = only_verdict(&run);
    assert_true(fabs(v.estimate.value - 0.5714285714285714) < 1e-12);
    assert_true(fabs(v.estimate.ci.high - 0.9217939711090375) < 1e-9);
    assert_int_equal(v.outcome, ANALYSIS_CANNOT_TELL); /* claimed only if the upper end is <= .8 */
    assert_true(v.needed > 40);
    analysis_run_free(&run);
    run = make_run(40, ONE("tool_misuse_and_spec_errors", "ratio <= 0.8", ""));
    for (size_t i = 0; i < 40; i++)
        run.played[2 * i + 1].flags = taxonomy_parse("T3");
    v = only_verdict(&run);
    assert_int_equal(v.outcome, ANALYSIS_MET); /* never in hrm, always in flat: exact */
    analysis_run_free(&run);
    run = make_run(40, ONE("spec_errors", "ratio <= 0.8", "")); /* T and S apart */
    for (size_t i = 0; i < 40; i++)
        run.played[2 * i + 1].flags = taxonomy_parse(i < 30 ? "T3" : "T3 S4");
    v = only_verdict(&run);
    assert_int_equal(v.estimate.n, 40);
    assert_true(v.estimate.value == 0 && v.estimate.ci.high > 0.3 && v.estimate.ci.high < 0.5);
    analysis_run_free(&run);
}

/* hrm takes 3 or 5 calls, flat always 6: 2 fewer in the mean. */
static void fewer_calls(void **state)
{
    (void)state;
    static const struct {
        const char *manifest;
        double estimate;
        enum analysis_outcome outcome;
    } cases[] = {{ONE("calls", "difference <= -1", ""), -2, ANALYSIS_MET},
                 {ONE("calls", "difference <= -3", ""), -2, ANALYSIS_NOT_MET},
                 {ONE("calls", "ratio <= 0.8", ""), 2.0 / 3, ANALYSIS_MET}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct analysis_run run = make_run(40, cases[k].manifest);
        for (size_t i = 0; i < 40; i++) {
            run.played[2 * i].calls = i % 2 ? 3 : 5;
            run.played[2 * i + 1].calls = 6;
        }
        struct analysis_conclusion v = only_verdict(&run);
        assert_true(fabs(v.estimate.value - cases[k].estimate) < 1e-12);
        assert_int_equal(v.outcome, cases[k].outcome);
        assert_false(v.equivalent); /* a margin of 5 pp means nothing here */
        assert_non_null(strstr(v.statement, "calls per episode: hrm"));
        analysis_run_free(&run);
    }
}

static void parts_and_times(void **state)
{
    (void)state;
    /* Steps 2, 3, 4, 5, 6, 2, ...: of 100 tasks 40 have 5 or 6. hrm solves only those. */
    struct analysis_run run = make_run(100, ONE("pass@1", "difference >= 0.5", ",\"steps\":[5,6]"));
    for (size_t i = 0; i < 100; i++)
        if (run.tasks[i].steps >= 5 && i > 5)
            solve(&run, i, 0, 4);
    struct analysis_conclusion v = only_verdict(&run);
    assert_int_equal(v.estimate.n, 40);
    assert_int_equal(v.outcome, ANALYSIS_MET);
    assert_non_null(strstr(v.statement, "tasks of 5 to 6 steps"));
    analysis_run_free(&run);
    /* Within 3 s flat has its 50, hrm (4 s each) nothing. */
    run = run_of(100, 90, 50, ONE("accuracy_within_seconds", "difference >= 0", ",\"seconds\":3"));
    v = only_verdict(&run);
    assert_true(fabs(v.estimate.value + 0.5) < 1e-12);
    assert_int_equal(v.outcome, ANALYSIS_NOT_MET);
    analysis_run_free(&run);
    /* min(T, 10): hrm (90 * 4 + 10 * 10) / 100 = 4.6, flat (50 * 2 + 50 * 10) / 100 = 6. */
    run = run_of(100, 90, 50, ONE("time_to_solve", "ratio <= 1", ",\"seconds\":10"));
    v = only_verdict(&run);
    assert_true(fabs(v.estimate.value - 4.6 / 6) < 1e-12);
    analysis_run_free(&run);
}

/* Three criteria: Holm's family is larger, and one declared afterwards is not in it. */
static void holm_and_additions(void **state)
{
    (void)state;
#define CLAIM(name, metric, more)                                                                  \
    "{\"name\":\"" name "\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"" metric                      \
    "\",\"criterion\":\"difference >= 0\"" more "}"
    struct analysis_run run =
        run_of(60, 40, 28,
               "{\"criteria\":[" CLAIM("a", "pass@1", "") "," CLAIM(
                   "b", "accuracy_within_seconds",
                   ",\"seconds\":9") "," CLAIM("later", "pass@1",
                                               ",\"added\":true,\"frozen\":\"2026-05-05\"") "]}");
    size_t n;
    const struct analysis_conclusion *v = analysis_conclusions(&run, &n);
    assert_int_equal(n, 3);
    assert_true(fabs(v[0].p_adjusted - fmin(1, 2 * v[0].p)) < 1e-12);
    assert_true(fabs(v[2].p_adjusted - v[2].p) < 1e-12);
    assert_string_equal(v[2].added, "2026-05-05");
    assert_null(v[0].added);
    analysis_run_free(&run);
}

/* What is said to be needed is what stats/power.h says of the spread seen. */
static void needed_tasks(void **state)
{
    (void)state;
    struct analysis_run run = run_of(100, 58, 50, ONE("pass@1", "difference >= 0.2", ""));
    struct analysis_conclusion v = only_verdict(&run);
    double spread = 0, mean = 0.08; /* 50 tasks +1, 42 tasks -1, 8 tasks 0 or both */
    for (int i = 0; i < 100; i++) {
        double d = (double)(i < 58) - (double)(i >= 50);
        spread += (d - mean) * (d - mean) / 99;
    }
    struct stats_design design = {spread, 0, 0.95, 0.8};
    assert_int_equal(v.needed, stats_tasks_needed(&design, 0.12, 1));
    analysis_run_free(&run);
}

static double at(const struct analysis_line *l, double x)
{
    double y = 0;
    for (size_t i = 0; i < l->n && l->x[i] <= x; i++)
        y = l->y[i];
    return y;
}

static void curves_by_budget(void **state)
{
    (void)state;
    struct analysis_run run = run_of(50, 20, 10, "{}");
    /* One more of flat, that passes at 50 tokens and loses it at 400. */
    struct analysis_episode *e = &run.played[1];
    struct analysis_moment *m = xrealloc(run.moments, 102 * sizeof *m);
    run.moments = m;
    e->first_moment = 100;
    e->n_moments = 2;
    m[100] = (struct analysis_moment){1, 50, 1, 1, true};
    m[101] = (struct analysis_moment){8, 400, 5, 4, false};
    struct analysis_curves c = analysis_budget_curves(&run, ANALYSIS_TOKENS);
    assert_int_equal(c.tasks, 50);
    assert_true(fabs(at(&c.arms[0], 99)) < 1e-12);
    assert_true(fabs(at(&c.arms[0], 100) - 0.4) < 1e-12);
    assert_true(fabs(at(&c.arms[1], 60) - 0.02) < 1e-12);
    assert_true(fabs(at(&c.arms[1], 300) - 0.22) < 1e-12);
    assert_true(fabs(at(&c.arms[1], 400) - 0.2) < 1e-12);
    assert_true(fabs(at(&c.pairs[0], 400) - 0.2) < 1e-12);
    for (size_t i = 0; i < c.arms[0].n; i++) {
        const struct analysis_line *l = &c.pairs[0];
        assert_true(i == 0 || l->x[i] > l->x[i - 1]);
        assert_true(isnan(l->low[i]) || (l->low[i] <= l->y[i] && l->y[i] <= l->high[i]));
    }
    assert_true(c.arms[0].of_table[c.arms[0].n - 1]);
    c = analysis_budget_curves(&run, ANALYSIS_CALLS); /* few whole numbers: each of them */
    assert_int_equal(c.arms[0].n, 5);
    assert_true(fabs(at(&c.arms[1], 4) - 0.22) < 1e-12);
    c = analysis_budget_curves(&run, ANALYSIS_SECONDS);
    assert_true(fabs(at(&c.arms[1], 3) - 0.22) < 1e-12);
    assert_true(fabs(at(&c.arms[0], 3.9)) < 1e-12);
    analysis_run_free(&run);
    run = run_of(3, 0, 0, "{}"); /* nothing solved */
    c = analysis_budget_curves(&run, ANALYSIS_SECONDS);
    assert_int_equal(c.arms[0].n, 1);
    assert_true(c.arms[0].y[0] == 0);
    analysis_run_free(&run);
}

static void caps_and_time(void **state)
{
    (void)state;
    struct analysis_run run =
        run_of(40, 30, 20, "{\"experiment\":{\"budget\":{\"max_seconds\":20,\"max_calls\":6}}}");
    for (size_t i = 0; i < 80; i++) {
        run.played[i].calls = (int)(i / 2 % 4) + 1;
        run.played[i].cap = i < 6 ? CAP_CALLS : N_CAPS;
    }
    size_t n;
    const struct analysis_cap *caps = analysis_caps(&run, &n);
    const struct analysis_cap *calls = &caps[CAP_CALLS];
    assert_true(calls->allowed == 6);
    assert_true(fabs(calls->arms[0].mean.value - 2.5) < 1e-12);
    assert_int_equal(calls->arms[0].hit, 3);
    assert_true(calls->arms[1].max == 4 && calls->arms[1].p95 == 4);
    assert_true(caps[CAP_ITERATIONS].allowed == 0);
    struct analysis_survival s = analysis_survival(&run); /* no episode reached the cap */
    assert_true(s.tau == analysis_longest(&run) && s.tau > 0 && s.tau < 20 && !s.tau_is_cap);
    run.played[1].seconds = 20;
    s = analysis_survival(&run);
    assert_true(s.tau == 20 && s.tau_is_cap);
    assert_true(fabs(s.rmst[0].value - (30 * 4 + 10 * 20) / 40.0) < 1e-12);
    assert_true(fabs(s.rmst[1].value - (20 * 2 + 20 * 20) / 40.0) < 1e-12);
    assert_true(fabs(s.rmst_gap[0].value - (s.rmst[0].value - s.rmst[1].value)) < 1e-12);
    assert_true(fabs(at(&s.solved_by.arms[1], 2) - 0.5) < 1e-12);
    assert_true(s.logrank[0].p > 0 && s.logrank[0].p <= 1);
    analysis_run_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_outcomes),
        cmocka_unit_test(equal_arms),
        cmocka_unit_test(ratio_of_misuse),
        cmocka_unit_test(what_cannot_be_measured_is_said),
        cmocka_unit_test(parts_and_times),
        cmocka_unit_test(holm_and_additions),
        cmocka_unit_test(needed_tasks),
        cmocka_unit_test(curves_by_budget),
        cmocka_unit_test(caps_and_time),
        cmocka_unit_test(every_metric_is_known),
        cmocka_unit_test(the_manual_has_the_metrics),
        cmocka_unit_test(fewer_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
