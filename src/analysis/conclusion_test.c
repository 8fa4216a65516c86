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
#include "analysis/time_to_solve.h"
#include "analysis/conclusion.h"
#include "analysis/measure.h"
#include "analysis/outlook.h"
#include "fixtures/manual.h"
#include "stats/exact_paired.h"
#include "stats/power.h"
#include "stats/ratio.h"

/* A run of arms hrm and flat, one sample per task, every set complete. */
static struct analysis_run make_run(size_t n_tasks, const char *manifest)
{
    struct analysis_run run = {.arena = arena_new(),
                               .n_arms = 2,
                               .n_groups = 1,
                               .n_tasks = n_tasks,
                               .sets = (long)n_tasks,
                               .samples = 1,
                               .n_played = 2 * n_tasks};
    struct err err = {0};
    run.manifest = manifest_of(json_parse(manifest, strlen(manifest), "manifest", &err));
    if (err.code)
        fail_msg("%s", err.msg);
    static const char *arms[] = {"hrm", "flat"}, *groups[] = {""};
    run.arms = arms;
    run.groups = groups;
    run.tasks = xcalloc(n_tasks, sizeof *run.tasks);
    run.tallies = xcalloc(2 * n_tasks, sizeof *run.tallies);
    run.played = xcalloc(2 * n_tasks, sizeof *run.played);
    run.moments = xcalloc(2 * n_tasks, sizeof *run.moments);
    for (size_t i = 0; i < n_tasks; i++) {
        run.tasks[i] = (struct analysis_task){.id = "t", .sets = 1, .steps = (int)(i % 5) + 2};
        for (uint32_t a = 0; a < 2; a++) {
            run.tallies[2 * i + a].samples = 1;
            run.played[2 * i + a] = (struct analysis_episode){.task = (uint32_t)i,
                                                              .arm = a,
                                                              .status = STORE_DONE,
                                                              .counts = true,
                                                              .cap = N_CAPS,
                                                              .solve_seconds = -1,
                                                              .seconds = 5,
                                                              .first_moment = 2 * i + a};
        }
    }
    return run;
}

/* The episode passes from `seconds` on, at 100 tokens, 2 calls and 1 tool run. */
static void solve(struct analysis_run *run, size_t task, size_t arm, double seconds)
{
    struct analysis_episode *e = &run->played[2 * task + arm];
    e->passed = true;
    e->solve_seconds = seconds;
    e->n_moments = 1;
    run->moments[e->first_moment] = (struct analysis_moment){seconds, 100, 2, 1, true};
    analysis_tally(run, task, arm)->solved = 1;
}

#define ONE(metric, criterion, more)                                                               \
    "{\"experiment\":{\"budget\":{\"max_seconds\":20}},\"criteria\":[{\"name\":\"c\",\"arms\":"    \
    "[\"hrm\",\"flat\"],\"metric\":\"" metric "\",\"criterion\":\"" criterion "\"" more "}]}"

static struct analysis_conclusion only_verdict(const struct analysis_run *run)
{
    size_t n;
    const struct analysis_conclusion *v = analysis_conclusions(run, &n);
    assert_int_equal(n, 1);
    return v[0];
}

/* hrm solves the first `hrm` tasks, flat the last `flat` ones. */
static struct analysis_run run_of(size_t n, size_t hrm, size_t flat, const char *manifest)
{
    struct analysis_run run = make_run(n, manifest);
    for (size_t i = 0; i < n; i++) {
        if (i < hrm)
            solve(&run, i, 0, 4);
        if (i >= n - flat)
            solve(&run, i, 1, 2);
    }
    return run;
}

static void check_outcome(size_t n, size_t hrm, size_t flat, const char *criterion,
                          enum analysis_outcome want, const char *says)
{
    CLEANUP_FREE char *manifest = xasprintf(ONE("pass@1", "%s", ""), criterion);
    struct analysis_run run = run_of(n, hrm, flat, manifest);
    struct analysis_conclusion v = only_verdict(&run);
    if (v.outcome != want || !strstr(v.sentence, says))
        fail_msg("%zu %zu %zu %s: %s. %s", n, hrm, flat, criterion,
                 analysis_outcome_name(v.outcome), v.sentence);
    /* One criterion: the verdict is where the interval lies. */
    bool outside = v.threshold < v.estimate.ci.low || v.threshold > v.estimate.ci.high;
    assert_int_equal(outside, v.outcome != ANALYSIS_CANNOT_TELL);
    analysis_run_free(&run);
}

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
            CLEANUP_FREE char *manifest = xasprintf(ONE("%s", "%s >= 1", ",\"seconds\":%d"),
                                                    m->name, ratio ? "ratio" : "difference", 9);
            struct analysis_run run = run_of(20, 9, 4, manifest);
            for (size_t k = 0; k < 40; k++) {
                run.played[k].flags = k % 3 == 0 ? taxonomy_parse("T3") : 0;
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
    CLEANUP_STR struct str s = {0};
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
        run.played[2 * i].flags = i < 9 || i >= 21 ? taxonomy_parse("S3 R1") : 0;
        run.played[2 * i + 1].flags = i < 21 ? taxonomy_parse("T3") : 0;
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
    struct analysis_survival s = analysis_survival(&run);
    assert_true(s.tau == 20 && s.tau_is_cap);
    assert_true(fabs(s.rmst[0].value - (30 * 4 + 10 * 20) / 40.0) < 1e-12);
    assert_true(fabs(s.rmst[1].value - (20 * 2 + 20 * 20) / 40.0) < 1e-12);
    assert_true(fabs(s.rmst_gap[0].value - (s.rmst[0].value - s.rmst[1].value)) < 1e-12);
    assert_true(fabs(at(&s.solved_by.arms[1], 2) - 0.5) < 1e-12);
    assert_true(s.logrank[0].p > 0 && s.logrank[0].p <= 1);
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
        cmocka_unit_test(three_outcomes),
        cmocka_unit_test(equal_arms),
        cmocka_unit_test(no_discordant_task),
        cmocka_unit_test(few_tasks_differ),
        cmocka_unit_test(nothing_or_everything_solved),
        cmocka_unit_test(zero_on_one_side),
        cmocka_unit_test(joint_criteria),
        cmocka_unit_test(the_point_estimate_and_superiority),
        cmocka_unit_test(a_run_that_stopped),
        cmocka_unit_test(the_outlook_of_a_pilot),
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
