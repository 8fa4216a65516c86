/* Tables of failures over small synthetic runs: the counts by hand, the statistics against the
 * library's own functions, and what is not applicable kept out of every denominator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "doc/doc.h"
#include "analysis/failures.h"
#include "report/failures_json.h"
#include "report/sections.h"
#include "stats/ratio.h"

enum { HRM, FLAT };

/* tasks x samples x 2 arms, all failed and not tagged. */
static struct analysis_run make_run(size_t n_tasks, int samples)
{
    static const char *arms[] = {"hrm", "flat"};
    size_t n = n_tasks * (size_t)samples * 2;
    struct analysis_run run = {.arena = arena_new(),
                               .arms = arms,
                               .n_arms = 2,
                               .n_tasks = n_tasks,
                               .samples = samples,
                               .n_played = n};
    run.tasks = xcalloc(n_tasks, sizeof *run.tasks);
    run.tallies = xcalloc(2 * n_tasks, sizeof *run.tallies);
    run.played = xcalloc(n, sizeof *run.played);
    for (size_t i = 0; i < n; i++) {
        uint32_t task = (uint32_t)(i / 2 / (size_t)samples), arm = i % 2;
        run.played[i] = (struct analysis_episode){.task = task,
                                                  .arm = arm,
                                                  .sample = (int)(i / 2 % (size_t)samples),
                                                  .status = STORE_DONE};
        analysis_tally(&run, task, arm)->samples++;
    }
    return run;
}

/* Tags one episode; no label: solved. */
static void tag(struct analysis_run *run, size_t set, size_t arm, const char *label,
                const char *flags, const char *inapplicable)
{
    struct analysis_episode *e = &run->played[2 * set + arm];
    e->passed = *label == '\0';
    e->label = 1 + taxonomy_index(label);
    e->flags = taxonomy_parse(flags);
    e->inapplicable = taxonomy_parse(inapplicable);
}

static void close_run(struct analysis_run *run)
{
    free(run->tasks);
    free(run->tallies);
    free(run->played);
    arena_free(run->arena);
}

static void categories_meet_on_the_same_sets(void **state)
{
    (void)state;
    struct analysis_run run = make_run(4, 1);
    tag(&run, 0, HRM, "", "", "");
    tag(&run, 0, FLAT, "R1", "R1", "");
    tag(&run, 1, HRM, "", "T3", "");
    tag(&run, 1, FLAT, "T3", "T3 R1", "");
    tag(&run, 2, HRM, "P6", "P6 R1", "");
    tag(&run, 2, FLAT, "R1", "R1", "");
    tag(&run, 3, HRM, "R1", "R1", ""); /* flat is not tagged */
    struct analysis_failures f = analysis_failures(&run);
    assert_true(f.any);
    const struct analysis_confusion *c = &f.pairs[0].confusion;
    assert_int_equal(c->sets[ANALYSIS_SOLVED][GROUP_REASONING], 1);
    assert_int_equal(c->sets[ANALYSIS_SOLVED][GROUP_TOOL], 1);
    assert_int_equal(c->sets[GROUP_DRIFT][GROUP_REASONING], 1);
    assert_int_equal(c->sets[GROUP_REASONING][ANALYSIS_UNTAGGED], 1);
    long sum = 0;
    for (int i = 0; i < ANALYSIS_CATEGORIES * ANALYSIS_CATEGORIES; i++)
        sum += (&c->sets[0][0])[i];
    assert_int_equal(sum, 4);
    assert_int_equal(c->tasks, 4);
    struct stats_marginal want = stats_stuart_maxwell(&c->sets[0][0], ANALYSIS_CATEGORIES);
    assert_true(fabs(c->test.p - want.p) < 1e-12);
    assert_string_equal(analysis_category_name(ANALYSIS_SOLVED), "solved");
    close_run(&run);
}

/* With samples, one set of each task is tested: repeats are no evidence. */
static void the_test_takes_one_set_of_a_task(void **state)
{
    (void)state;
    struct analysis_run run = make_run(2, 3);
    for (size_t set = 0; set < 6; set++) {
        tag(&run, set, HRM, "", "", "");
        tag(&run, set, FLAT, "R1", "R1", "");
    }
    struct analysis_failures f = analysis_failures(&run);
    assert_int_equal(f.pairs[0].confusion.sets[ANALYSIS_SOLVED][GROUP_REASONING], 6);
    assert_int_equal(f.pairs[0].confusion.tasks, 2);
    assert_true(fabs(f.pairs[0].confusion.test.chi2 - 2) < 1e-12);
    close_run(&run);
}

/* methods.md: a both, b flat only, c hrm only; over all episodes, solved ones included. */
static void ratio_of_misuse(void **state)
{
    (void)state;
    struct analysis_run run = make_run(40, 1);
    for (size_t i = 0; i < 40; i++) {
        bool in_hrm = i < 9 || (i >= 21 && i < 24), in_flat = i < 21;
        tag(&run, i, HRM, "", in_hrm ? i % 2 ? "S4" : "T3" : "R1", "");
        tag(&run, i, FLAT, "", in_flat ? "T1 T3" : "P6 S3 T6", "");
    }
    struct analysis_failures f = analysis_failures(&run);
    const struct analysis_misuse *m = &f.pairs[0].misuse[ANALYSIS_EITHER];
    double want = 12.0 / 21, spread = exp(1.959963984540054 * sqrt((3 + 12) / (12.0 * 21)));
    assert_true(fabs(m->rate[0].value - 12.0 / 40) < 1e-12);
    assert_true(fabs(m->rate[1].value - 21.0 / 40) < 1e-12);
    assert_int_equal(m->rate[0].n, 40);
    assert_true(fabs(m->ratio.value - want) < 1e-12);
    assert_true(fabs(m->ratio.ci.low - want / spread) < 1e-9);
    assert_true(fabs(m->ratio.ci.high - want * spread) < 1e-9);
    assert_true(fabs(f.pairs[0].misuse[ANALYSIS_SPEC].rate[0].value - 6.0 / 40) < 1e-12);
    /* hrm has it in 6 tasks, flat never: infinite, and at least (1 - u) / u, u = 1 - .025^(1/6). */
    struct stats_estimate one_sided = f.pairs[0].misuse[ANALYSIS_SPEC].ratio;
    double u = 1 - pow(.025, 1.0 / 6);
    assert_true(isinf(one_sided.value) && fabs(one_sided.ci.low - (1 - u) / u) < 1e-12);
    /* hrm makes four runs an episode, flat one */
    for (size_t i = 0; i < 80; i++)
        run.played[i].tool_runs = i % 2 == HRM ? 4 : 1;
    f = analysis_failures(&run);
    m = &f.pairs[0].misuse[ANALYSIS_EITHER];
    assert_true(fabs(m->per_run[HRM].value - (1 - pow(1 - 12.0 / 40, .25))) < 1e-9);
    assert_true(fabs(m->per_run[FLAT].value - 21.0 / 40) < 1e-9);
    assert_true(fabs(m->per_run_ratio.value - m->per_run[0].value / m->per_run[1].value) < 1e-9);
    assert_true(m->per_run_ratio.ci.high < m->ratio.ci.high);
    close_run(&run);
}

/* S6 does not apply to flat here; T8 is left to flat arms, S5 only says that the answer is wrong.
 */
static void codes_that_one_arm_cannot_have_do_not_count(void **state)
{
    (void)state;
    struct analysis_run run = make_run(3, 1);
    tag(&run, 0, HRM, "S6", "S6 R1", "S1");
    tag(&run, 0, FLAT, "S5", "S5 R1", "S1 S6");
    tag(&run, 1, HRM, "", "", "S1");
    tag(&run, 1, FLAT, "T8", "T8 R1", "S1 S6");
    tag(&run, 2, HRM, "R1", "R1", "S1 T8"); /* to this episode alone it does not apply */
    tag(&run, 2, FLAT, "T7", "T7 R1", "S1 S6");
    struct analysis_failures f = analysis_failures(&run);
    const struct analysis_misuse *m = &f.pairs[0].misuse[ANALYSIS_EITHER];
    assert_string_equal(taxonomy_text(m->codes, run.arena), "T1 T2 T3 T4 T5 T7 S4");
    assert_true(m->rate[0].value == 0);
    assert_true(fabs(m->rate[1].value - 1.0 / 3) < 1e-12);
    assert_int_equal(f.pairs[0].confusion.own[FLAT], 0); /* T8 and R1: named R1 */
    const struct analysis_flag_count *s6 = &f.flags[FLAT * N_TAXONOMY_FLAGS + taxonomy_index("S6")];
    assert_int_equal(s6->applies, 0);
    assert_true(isnan(s6->rate.value));
    const struct analysis_flag_count *t8 = &f.flags[HRM * N_TAXONOMY_FLAGS + taxonomy_index("T8")];
    assert_int_equal(t8->applies, 2);
    assert_int_equal(t8->holds, 0);
    assert_true(t8->rate.value == 0);
    close_run(&run);
}

static void verdicts_are_read_off_the_flags(void **state)
{
    (void)state;
    struct analysis_run run = make_run(20, 1);
    for (size_t i = 0; i < 20; i++) {
        tag(&run, i, FLAT, "R1", "R1", "V3 V4");
        if (i < 8) /* accepted, right */
            tag(&run, i, HRM, "", "", "S1");
        else if (i < 10) /* accepted, wrong */
            tag(&run, i, HRM, "V3", "V3 R1", "");
        else if (i < 13) /* rejected, right */
            tag(&run, i, HRM, "", "V4", "");
        else if (i < 18) /* rejected, wrong */
            tag(&run, i, HRM, "R1", "R1", "");
        else /* no verdict */
            tag(&run, i, HRM, "B2", "B2", "V3 V4");
    }
    struct analysis_failures f = analysis_failures(&run);
    const struct analysis_verifier *v = &f.verifiers[HRM];
    struct stats_binary want = stats_binary(8, 2, 3, 5);
    assert_int_equal(v->accepted_right, 8);
    assert_int_equal(v->accepted_wrong, 2);
    assert_int_equal(v->rejected_right, 3);
    assert_int_equal(v->rejected_wrong, 5);
    assert_true(fabs(v->precision.value - want.precision) < 1e-12);
    assert_int_equal(v->precision.n, 10);
    assert_true(fabs(v->false_positive_rate.value - want.false_positive_rate) < 1e-12);
    assert_true(fabs(v->mcc - want.mcc) < 1e-12);
    assert_int_equal(f.verifiers[FLAT].accepted_wrong + f.verifiers[FLAT].rejected_wrong, 0);
    close_run(&run);
}

static void without_a_flag_there_is_nothing_to_show(void **state)
{
    (void)state;
    struct analysis_run run = make_run(2, 1);
    struct doc *d = doc_new("none");
    section_failures(d, &run);
    assert_int_equal(d->n_blocks, 0);
    doc_free(d);
    json_t *o CLEANUP_JSON = report_failures_json(&run);
    assert_true(json_is_null(o));
    close_run(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_meet_on_the_same_sets),
        cmocka_unit_test(the_test_takes_one_set_of_a_task),
        cmocka_unit_test(ratio_of_misuse),
        cmocka_unit_test(codes_that_one_arm_cannot_have_do_not_count),
        cmocka_unit_test(verdicts_are_read_off_the_flags),
        cmocka_unit_test(without_a_flag_there_is_nothing_to_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
