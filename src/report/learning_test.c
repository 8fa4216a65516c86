/* Curricula: curves, areas and differences of runs made by hand, worked out beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "doc/doc.h"
#include "analysis/learning.h"
#include "analysis/conclusion.h"
#include "analysis/headline.h"
#include "report/figures.h"
#include "report/sections.h"

enum { SEEDS = 3, PER_STEP = 4, STEPS = 5, ARMS = 4 }; /* two orders, two sizes */

static const char *const arms[ARMS] = {"flat@strict:100", "flat@random:100", "flat@strict:400",
                                       "flat@random:400"};

#define MANIFEST(criteria)                                                                         \
    "{\"experiment\":{\"curriculum\":{\"steps\":[2,4],\"threshold\":0.5}},\"criteria\":[" criteria \
    "]}"
#define CRITERION(metric, steps)                                                                   \
    "{\"name\":\"c\",\"arms\":[\"flat@strict\",\"flat@random\"],\"metric\":\"" metric              \
    "\",\"criterion\":\"difference >= 0\"" steps "}"

/* solved[arm][seed][k]: how many of the PER_STEP tests of 2 + k steps. */
static struct analysis_run run_of(const int solved[ARMS][SEEDS][STEPS], const char *manifest)
{
    struct analysis_run run = {.arena = arena_new(),
                               .n_arms = ARMS,
                               .n_tasks = STEPS * PER_STEP,
                               .curriculum = true,
                               .seeds = SEEDS,
                               .sets = 1};
    struct err err = {0};
    run.manifest = manifest_of(json_parse(manifest, strlen(manifest), "manifest", &err));
    if (err.code)
        fail_msg("%s", err.msg);
    run.arms = (const char **)arms;
    run.tasks = xcalloc(run.n_tasks, sizeof *run.tasks);
    run.tallies = xcalloc(run.n_tasks * ARMS, sizeof *run.tallies);
    run.open = xcalloc(ARMS * SEEDS, sizeof *run.open);
    run.played = xcalloc(run.n_tasks * ARMS * SEEDS, sizeof *run.played);
    for (uint32_t task = 0; task < run.n_tasks; task++)
        for (uint32_t a = 0; a < ARMS; a++)
            for (int s = 0; s < SEEDS; s++)
                run.played[run.n_played++] = (struct analysis_episode){
                    .task = task,
                    .arm = a,
                    .sample = s,
                    .steps = 2 + (int)task / PER_STEP,
                    .status = STORE_DONE,
                    .counts = true,
                    .passed = (int)task % PER_STEP < solved[a][s][task / PER_STEP]};
    return run;
}

/* strict: nothing, then half of all but 2 steps; random: half of 2 to 4 steps, then all of them. */
static const int example[ARMS][SEEDS][STEPS] = {
    {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}},
    {{2, 2, 2, 0, 0}, {2, 2, 2, 0, 0}, {2, 2, 2, 0, 0}},
    {{0, 2, 2, 2, 2}, {0, 2, 2, 2, 2}, {0, 4, 4, 2, 2}},
    {{4, 4, 4, 0, 0}, {4, 4, 4, 0, 0}, {4, 4, 4, 0, 0}},
};

static void near(double got, double want)
{
    if (!(fabs(got - want) < 1e-12))
        fail_msg("%.15g, expected %.15g", got, want);
}

static void numbers(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(""));
    struct analysis_learning l;
    (void)state;
    assert_true(analysis_learning(&run, &l));
    assert_int_equal(l.n_arms, 1);
    assert_int_equal(l.n_sizes, 2);
    assert_int_equal(l.n_steps, STEPS);
    assert_string_equal(l.orders[0], "random"); /* whatever came first in the plan */
    assert_int_equal(learning_order(&l, "strict"), 1);
    struct analysis_part trained = learning_trained(&l), longer = learning_new(&l);
    near(learning_accuracy(&l, 0, 0, 0, 0, trained), 0.5);
    near(learning_accuracy(&l, 0, 0, 1, 0, learning_all(&l)), 0.6);
    near(learning_accuracy(&l, 0, 1, 1, 2, trained), 2.0 / 3);
    near(learning_accuracy(&l, 0, 1, 1, 0, longer), 0.5);
    near(learning_aulc(&l, 0, 0, 1, trained), 0.75);
    near(learning_aulc(&l, 0, 1, 2, trained), 1.0 / 3);
    /* differences 1/6 - 3/4, 1/6 - 3/4, 1/3 - 3/4 */
    struct stats_estimate d = learning_difference(&l, 0, 1, 0, -1, trained);
    near(d.value, (2 * (1.0 / 6 - 0.75) + 1.0 / 3 - 0.75) / 3);
    assert_int_equal(d.n, SEEDS);
    /* mean of three values of which one lies 1/6 above the others: se = 1/18, t(2, .975) = 4.3027
     */
    near(d.ci.high, fmin(1, d.value + 4.30265272974946 / 18));
    near(learning_n_at(&l, 0, 0, trained), 100);
    assert_true(isnan(learning_n_at(&l, 0, 1, trained))); /* at most 4/9 */
    struct stats_steps groups[STEPS];
    assert_int_equal(learning_by_steps(&l, 0, 1, 1, groups), STEPS);
    near(groups[1].solved, 8);
    near(groups[1].n, PER_STEP * SEEDS);
    analysis_run_free(&run);
}

/* Of strict - random at N = 400 on 2 to 4 steps, by test: -1 on all four, or on two of them. */
static void spread(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(""));
    struct analysis_learning l;
    (void)state;
    assert_true(analysis_learning(&run, &l));
    struct stats_split s = learning_split(&l, 0, 1, 0, 1, learning_trained(&l));
    /* differences -2/3, -2/3, -1/3; two step counts of the first two seeds have s^2 / 4 = 1/12 */
    near(s.total, 1.0 / 27);
    near(s.tests, (2.0 / 12 / 9) * 2 / 3);
    near(s.rest, 1.0 / 27 - 1.0 / 81);
    /* the area gives either N a half; at N = 100 strict - random is -1 on two of four, always */
    s = learning_split(&l, 0, 1, 0, -1, learning_trained(&l));
    near(s.total, 1.0 / 108);
    near(s.rest, fmax(0, s.total - s.tests));
    analysis_run_free(&run);
}

/* A seed with unfinished episodes is left out. */
static void unfinished_seeds(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(CRITERION("area_under_learning_curve", "")));
    struct analysis_learning l;
    size_t n;
    (void)state;
    run.open[0 * SEEDS + 2] = 1; /* flat@strict:100, the last seed */
    assert_true(analysis_learning(&run, &l));
    struct analysis_part all = learning_all(&l);
    assert_true(isnan(learning_accuracy(&l, 0, 1, 0, 2, all)));
    assert_int_equal(learning_mean(&l, 0, 1, 0, all).n, 2);
    assert_int_equal(learning_mean(&l, 0, 1, 1, all).n, 3);
    assert_int_equal(learning_difference(&l, 0, 1, 0, -1, all).n, 2);
    assert_int_equal(analysis_conclusions(&run, &n)[0].estimate.n, 2);
    analysis_run_free(&run);
}

static void verdicts(void **state)
{
    struct analysis_run run =
        run_of(example, MANIFEST(CRITERION("area_under_learning_curve", "") "," CRITERION(
                            "accuracy_at_largest_n", ",\"steps\":[5,6]")));
    size_t n;
    (void)state;
    const struct analysis_conclusion *v = analysis_conclusions(&run, &n);
    assert_int_equal(n, 2);
    assert_int_equal(v[0].outcome, ANALYSIS_NOT_MET); /* far below, and hardly any spread */
    assert_non_null(strstr(v[0].sentence, "n = 3 training seeds"));
    near(v[1].estimate.value, 0.5);
    assert_int_equal(v[1].outcome, ANALYSIS_CANNOT_TELL); /* three equal seeds have no spread */
    analysis_run_free(&run);
}

/* One line over all criteria. */
static void the_first_sentence(void **state)
{
    struct analysis_run run =
        run_of(example, MANIFEST(CRITERION("area_under_learning_curve", "") "," CRITERION(
                            "accuracy_at_largest_n", ",\"steps\":[5,6]")));
    (void)state;
    struct analysis_headline h = analysis_headline(&run);
    assert_int_equal(h.outcome, ANALYSIS_CANNOT_TELL);
    const char *want = "Cannot tell: of 2 criteria 1 not met, 1 not decided; the first: "
                       "flat@strict solved 21.7 points fewer test problems over the whole learning "
                       "curve than flat@random, 23.3 % against 45.0 % (95 % interval -36.0 to "
                       "-7.3, 3 training seeds).";
    if (!str_eq(h.sentence, want))
        fail_msg("%s", h.sentence);
    assert_string_equal(h.question, "Does flat@strict solve more test problems over the whole "
                                    "learning curve than flat@random? And 1 more.");
    analysis_run_free(&run);
}

/* Two sizes: nobody knows the curve between them. */
static void few_sizes_are_points(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(""));
    struct analysis_learning l;
    struct doc *d = doc_new("");
    (void)state;
    assert_true(analysis_learning(&run, &l));
    figures_add_curves(d, &l);
    assert_int_equal(d->blocks[0].figure->kind, FIGURE_POINTS);
    doc_free(d);
    analysis_run_free(&run);
}

/* The gain of strict over random in hrm minus that in flat: the same numbers, seed by seed. */
static void interaction(void **state)
{
    static const char *const both[ARMS] = {"flat@strict:100", "flat@random:100", "hrm@strict:100",
                                           "hrm@random:100"};
    static const int solved[ARMS][SEEDS][STEPS] = {
        {{1, 1, 1, 0, 0}, {2, 2, 2, 0, 0}, {1, 1, 1, 0, 0}},
        {{2, 2, 2, 0, 0}, {2, 2, 2, 0, 0}, {3, 3, 3, 0, 0}},
        {{3, 3, 3, 0, 0}, {4, 4, 4, 0, 0}, {3, 3, 3, 0, 0}},
        {{2, 2, 2, 0, 0}, {1, 1, 1, 0, 0}, {2, 2, 2, 0, 0}},
    };
    struct analysis_run run = run_of(
        solved, MANIFEST("{\"name\":\"i\",\"arms\":[\"hrm@strict-random\","
                         "\"flat@strict-random\"],\"metric\":\"accuracy_at_largest_n\","
                         "\"criterion\":\"difference >= 0\",\"steps\":[2,4]},"
                         "{\"name\":\"o\",\"arms\":[\"hrm@strict\",\"flat@random\"],"
                         "\"metric\":\"accuracy_at_largest_n\",\"criterion\":\"difference >= "
                         "0\",\"steps\":[2,4]},"
                         "{\"name\":\"n\",\"arms\":[\"hrm@strict-up\",\"flat@strict-random\"],"
                         "\"metric\":\"accuracy_at_largest_n\",\"criterion\":\"difference >= "
                         "0\"}"));
    size_t n;
    (void)state;
    run.arms = (const char **)both;
    const struct analysis_conclusion *v = analysis_conclusions(&run, &n);
    /* gains of hrm: 1/4, 3/4, 1/4; of flat: -1/4, 0, -1/2; hrm - flat: 1/2, 3/4, 3/4 */
    near(v[0].estimate.value, 2.0 / 3);
    near(v[0].se, 1.0 / 12);
    near(v[1].estimate.value, (1.0 / 4 + 1.0 / 2 + 0) / 3); /* each side has an arm of its own */
    assert_non_null(strstr(v[0].sentence, "n = 3 training seeds"));
    assert_true(isnan(v[2].estimate.value));
    assert_non_null(strstr(v[2].sentence, "hrm@strict-up was not played"));
    analysis_run_free(&run);
}

static void another_run_has_no_curriculum(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(CRITERION("accuracy_at_largest_n", "")));
    struct analysis_learning l;
    size_t n;
    (void)state;
    run.curriculum = false;
    assert_false(analysis_learning(&run, &l));
    assert_non_null(strstr(analysis_conclusions(&run, &n)[0].sentence, "has no curriculum"));
    analysis_run_free(&run);
}

static void the_section_says_what_was_forgotten(void **state)
{
    struct analysis_run run = run_of(example, MANIFEST(""));
    struct analysis_learning l;
    struct doc *d = doc_new("");
    struct str out CLEANUP_STR = {0};
    (void)state;
    assert_true(analysis_learning(&run, &l));
    section_learning(d, &l);
    doc_write_text(d, &out);
    const char *forgetting = strstr(out.p, "Forgetting: the shortest problems");
    assert_non_null(forgetting);
    assert_non_null(strstr(forgetting, "-100.0"));
    assert_non_null(strstr(out.p, "not reached"));
    doc_free(d);
    analysis_run_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(spread),
        cmocka_unit_test(unfinished_seeds),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(the_first_sentence),
        cmocka_unit_test(few_sizes_are_points),
        cmocka_unit_test(interaction),
        cmocka_unit_test(another_run_has_no_curriculum),
        cmocka_unit_test(the_section_says_what_was_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
