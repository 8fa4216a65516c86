/* What must hold for all inputs: symmetry, monotonicity, nesting, and the levels of tests and
 * intervals in simulations (or exactly, where all outcomes can be summed). The generator is seeded,
 * so these tests do not fail by chance. */
#include <stdbool.h>
#include <stdlib.h>
#include "base/rng.h"
#include "stats/agree.h"
#include "stats/curve.h"
#include "stats/dist.h"
#include "stats/holm.h"
#include "stats/mcnemar.h"
#include "stats/paired.h"
#include "stats/per_step.h"
#include "stats/power.h"
#include "stats/ratio.h"
#include "stats/resample.h"
#include "stats/special.h"
#include "stats/summary.h"
#include "stats/survival.h"
#include "fixtures/near.h"

static bool holds(struct stats_ci ci, double x)
{
    return ci.low <= x && x <= ci.high;
}

/* `inner` lies in `outer`, up to rounding. */
static void assert_within(struct stats_ci inner, struct stats_ci outer)
{
    assert_true(outer.low <= inner.low + 1e-9 && inner.high <= outer.high + 1e-9);
}

/* ---- symmetry ---- */

static void test_swapping_the_arms(void **state)
{
    (void)state;
    struct rng rng = rng_make(1);
    for (int trial = 0; trial < 200; trial++) {
        long n = 5 + (long)rng_below(&rng, 60), b = (long)rng_below(&rng, (uint64_t)n / 2 + 1);
        long c = (long)rng_below(&rng, (uint64_t)(n - b) + 1);
        struct stats_ci x = stats_tango(b, c, n, .95), y = stats_tango(c, b, n, .95);
        assert_near(x.low, -y.high, 1e-9);
        assert_near(stats_tango_upper(b, c, n, .1), 1 - stats_tango_upper(c, b, n, -.1), 1e-9);
        assert_near(stats_mcnemar(b, c).midp, stats_mcnemar(c, b).midp, 1e-12);
        assert_near(stats_e_value(b, c), stats_e_value(c, b), 1e-9);
        double d[40], m[40];
        for (int i = 0; i < 40; i++)
            m[i] = -(d[i] = ((double)rng_below(&rng, 7) - 3) / 3);
        struct stats_paired p = stats_paired_t(d, 40, .95), q = stats_paired_t(m, 40, .95);
        assert_near(p.p, q.p, 1e-12);
        assert_near(p.ci.low, -q.ci.high, 1e-12);
        assert_near(stats_tost(&p, .2), stats_tost(&q, .2), 1e-12);
        struct stats_flips f = stats_sign_flip(d, 12, 0, 0), g = stats_sign_flip(m, 12, 0, 0);
        assert_int_equal(f.two_sided, g.two_sided);
    }
}

static void test_orders_do_not_matter(void **state)
{
    (void)state;
    struct rng rng = rng_make(2);
    for (int trial = 0; trial < 50; trial++) {
        double p[9], q[9], t[30], u[30];
        bool e[30], f[30];
        size_t order[9], mixed[30];
        for (size_t i = 0; i < 9; i++) {
            order[i] = i;
            p[i] = rng_double(&rng) * rng_double(&rng);
        }
        rng_shuffle(&rng, order, 9, sizeof *order);
        for (size_t i = 0; i < 9; i++)
            q[i] = p[order[i]];
        stats_holm(p, p, 9);
        stats_holm(q, q, 9);
        for (size_t i = 0; i < 9; i++)
            assert_near(q[i], p[order[i]], 0);
        for (size_t i = 0; i < 30; i++) {
            mixed[i] = i;
            t[i] = (double)rng_below(&rng, 12); /* many ties */
            e[i] = rng_double(&rng) < .6;
        }
        rng_shuffle(&rng, mixed, 30, sizeof *mixed);
        for (size_t i = 0; i < 30; i++) {
            u[i] = t[mixed[i]];
            f[i] = e[mixed[i]];
        }
        assert_near(stats_rmst(t, e, 30, 10).value, stats_rmst(u, f, 30, 10).value, 1e-12);
        assert_near(stats_rmst(t, e, 30, 10).se, stats_rmst(u, f, 30, 10).se, 1e-12);
    }
}

static void test_raters_are_exchangeable(void **state)
{
    (void)state;
    struct rng rng = rng_make(3);
    for (int trial = 0; trial < 50; trial++) {
        long table[16], turned[16];
        for (int i = 0; i < 16; i++)
            turned[i % 4 * 4 + i / 4] = table[i] = (long)rng_below(&rng, 9);
        table[0] = turned[0] = 5;
        assert_near(stats_kappa(table, 4).kappa, stats_kappa(turned, 4).kappa, 1e-12);
        assert_near(stats_kappa(table, 4).se, stats_kappa(turned, 4).se, 1e-12);
        assert_near(stats_stuart_maxwell(table, 4).chi2, stats_stuart_maxwell(turned, 4).chi2,
                    1e-9);
        assert_true(fabs(stats_kappa(table, 4).kappa) <= 1);
        struct stats_binary r = stats_binary(table[1], table[2], table[3], table[4]);
        struct stats_binary s = stats_binary(table[2], table[1], table[4], table[3]);
        assert_near(r.mcc, -s.mcc, 1e-12); /* all verdicts inverted */
    }
}

/* ---- monotonicity and nesting ---- */

static void test_rates_rise(void **state)
{
    (void)state;
    for (long n = 1; n <= 40; n += 3)
        for (long c = 0; c < n; c++) {
            struct stats_ci a = stats_wilson((double)c, (double)n, .95);
            struct stats_ci b = stats_wilson((double)c + 1, (double)n, .95);
            assert_true(a.low < b.low + 1e-15 && a.high < b.high + 1e-15);
            a = stats_clopper_pearson(c, n, .95);
            b = stats_clopper_pearson(c + 1, n, .95);
            assert_true(a.low < b.low && a.high <= b.high);
            assert_within(stats_wilson((double)c, (double)n, .9),
                          stats_wilson((double)c, (double)n, .99));
            assert_within(stats_clopper_pearson(c, n, .9), stats_clopper_pearson(c, n, .99));
            for (long k = 1; k <= n; k++) {
                assert_true(stats_pass_at_k(n, c, k) <= stats_pass_at_k(n, c + 1, k));
                assert_true(stats_pass_hat_k(n, c, k) <= stats_pass_hat_k(n, c + 1, k));
                assert_true(stats_pass_hat_k(n, c, k) <= stats_pass_at_k(n, c, k) + 1e-12);
                assert_true(k == 1 ||
                            stats_pass_at_k(n, c, k - 1) <= stats_pass_at_k(n, c, k) + 1e-12);
                assert_true(k == 1 ||
                            stats_pass_hat_k(n, c, k - 1) >= stats_pass_hat_k(n, c, k) - 1e-12);
            }
        }
}

static void test_evidence_grows(void **state)
{
    (void)state;
    for (long m = 2; m <= 40; m += 2)
        for (long b = m / 2; b < m; b++) {
            struct stats_mcnemar less = stats_mcnemar(b, m - b),
                                 more = stats_mcnemar(b + 1, m - b - 1);
            assert_true(more.exact <= less.exact && more.midp <= less.midp);
            assert_true(stats_e_value(b + 1, m - b - 1) > stats_e_value(b, m - b));
            struct stats_ci x = stats_tango(b, m - b, 60, .95),
                            y = stats_tango(b + 1, m - b - 1, 60, .95);
            assert_true(x.low < y.low && x.high < y.high);
            assert_within(stats_tango(b, m - b, 60, .9), stats_tango(b, m - b, 60, .99));
            /* The test and the interval are one: the limits are where a tail is 2.5 %. */
            assert_near(stats_tango_upper(b, m - b, 60, x.low), .025, 1e-6);
            assert_near(1 - stats_tango_upper(b, m - b, 60, x.high), .025, 1e-6);
        }
    for (long n = 7; n < 400; n = n * 2 + 1)
        for (long k = 1; k < 20; k += 3) {
            const struct stats_design *d = &stats_design_default;
            assert_true(stats_detectable(d, n + 1, k) < stats_detectable(d, n, k));
            assert_true(stats_detectable(d, n, k + 1) < stats_detectable(d, n, k));
        }
}

static void test_curves_fall_and_rise(void **state)
{
    (void)state;
    struct rng rng = rng_make(4);
    for (int trial = 0; trial < 100; trial++) {
        double t[25], n[] = {8, 16, 32, 64, 128}, y[5];
        bool e[25];
        struct stats_km_step steps[25];
        for (int i = 0; i < 25; i++) {
            t[i] = 1 + (double)rng_below(&rng, 15);
            e[i] = rng_double(&rng) < .5;
        }
        size_t n_steps = stats_kaplan_meier(t, e, 25, steps);
        for (size_t i = 0; i < n_steps; i++) {
            assert_true(steps[i].s >= 0 && steps[i].s < (i ? steps[i - 1].s : 1));
            assert_true(i == 0 || steps[i].t > steps[i - 1].t);
        }
        assert_true(stats_rmst(t, e, 25, 9).value <= stats_rmst(t, e, 25, 10).value);
        assert_true(stats_rmst(t, e, 25, 9).value <= 9);
        double low = 1, high = 0;
        for (int i = 0; i < 5; i++) {
            y[i] = rng_double(&rng);
            low = fmin(low, y[i]);
            high = fmax(high, y[i]);
        }
        assert_true(stats_aulc(n, y, 5) >= low && stats_aulc(n, y, 5) <= high);
        double early = stats_n_at(n, y, 5, .3), late = stats_n_at(n, y, 5, .6);
        assert_true(isnan(late) || early <= late);
    }
}

/* ---- levels of tests and intervals ---- */

/* Probability of b and c discordant among n pairs. */
static double trinomial(long b, long c, long n, double p10, double p01)
{
    double ln = stats_ln_choose((double)n, (double)b) + stats_ln_choose((double)(n - b), (double)c);
    return exp(ln + (double)b * log(p10) + (double)c * log(p01) +
               (double)(n - b - c) * log(1 - p10 - p01));
}

/* Exact, by summing over every table: Tango's interval near its level, McNemar's test within it. */
static void test_paired_proportions_exactly(void **state)
{
    (void)state;
    static const double cases[][2] = {{.1, .1}, {.2, .1}, {.3, .05}, {.05, .02}, {.25, .25}};
    static const long sizes[] = {20, 60};
    for (size_t i = 0; i < 10; i++) {
        double p10 = cases[i / 2][0], p01 = cases[i / 2][1], tango = 0, total = 0, exact = 0,
               midp = 0;
        long n = sizes[i % 2];
        for (long b = 0; b <= n; b++)
            for (long c = 0; b + c <= n; c++) {
                double w = trinomial(b, c, n, p10, p01);
                total += w;
                tango += holds(stats_tango(b, c, n, .95), p10 - p01) ? w : 0;
                exact += stats_mcnemar(b, c).exact <= .05 ? w : 0;
                midp += stats_mcnemar(b, c).midp <= .05 ? w : 0;
            }
        assert_near(total, 1, 1e-9);
        assert_true(tango > .93);
        /* With hardly any discordant pair the interval must be wide. */
        assert_true((double)n * (p10 + p01) < 5 || tango < .98);
        if (p10 == p01) {
            assert_true(exact <= .05);
            assert_true(midp <= .055 && midp >= exact);
        }
    }
}

/* Differences of one task: K samples in either arm, tasks of different hardness. */
static void draw_tasks(struct rng *rng, double *d, size_t n, int K, double gap)
{
    for (size_t i = 0; i < n; i++) {
        double hard = .1 + (.8 - gap) * rng_double(rng);
        d[i] = 0;
        for (int k = 0; k < K; k++)
            d[i] += (double)((rng_double(rng) < hard + gap) - (rng_double(rng) < hard)) / K;
    }
}

static void test_resampling_keeps_its_level(void **state)
{
    (void)state;
    struct rng rng = rng_make(5);
    int covered = 0, flips = 0, t = 0;
    enum { TRIALS = 600, N = 50 };
    for (int trial = 0; trial < TRIALS; trial++) {
        double d[N];
        draw_tasks(&rng, d, N, 3, .1);
        covered += holds(stats_bootstrap_mean(d, N, 500, .95, 1).ci, .1);
        draw_tasks(&rng, d, N, 3, 0);
        t += stats_paired_t(d, N, .95).p <= .05;
        flips += stats_sign_flip(d, 15, 0, 0).p <= .05;
    }
    assert_in_range(covered, TRIALS * 91 / 100, TRIALS * 98 / 100);
    assert_in_range(t, TRIALS * 2 / 100, TRIALS * 8 / 100);
    assert_in_range(flips, TRIALS * 1 / 100, TRIALS * 7 / 100);
}

static void test_equivalence_keeps_its_level(void **state)
{
    (void)state;
    struct rng rng = rng_make(6);
    int at_margin = 0, equal = 0;
    enum { TRIALS = 1000, N = 200 };
    for (int trial = 0; trial < TRIALS; trial++) {
        double d[N];
        draw_tasks(&rng, d, N, 5, .05);
        struct stats_paired r = stats_paired_t(d, N, .95);
        at_margin += stats_tost(&r, .05) <= .05;
        draw_tasks(&rng, d, N, 20, 0);
        r = stats_paired_t(d, N, .95);
        equal += stats_tost(&r, .05) <= .05;
    }
    assert_in_range(at_margin, TRIALS * 2 / 100, TRIALS * 7 / 100);
    assert_true(equal > TRIALS * 95 / 100);
}

static void test_holm_keeps_the_family(void **state)
{
    (void)state;
    struct rng rng = rng_make(7);
    int any = 0;
    enum { TRIALS = 4000 };
    for (int trial = 0; trial < TRIALS; trial++) {
        double p[6], common = rng_normal(&rng);
        for (int i = 0; i < 6; i++) { /* correlated, as comparisons with one arm are */
            double z = i < 5 ? .6 * common + .8 * rng_normal(&rng) : 5;
            p[i] = 2 * stats_normal_cdf(-fabs(z)); /* the sixth hypothesis is false */
        }
        stats_holm(p, p, 6);
        bool wrong = false;
        for (int i = 0; i < 5; i++)
            wrong |= p[i] <= .05;
        any += wrong;
    }
    assert_in_range(any, 1, TRIALS * 6 / 100);
}

/* The e-value may be looked at after every pair. */
static void test_e_value_is_anytime_valid(void **state)
{
    (void)state;
    struct rng rng = rng_make(8);
    int rejected = 0, peeking = 0, found = 0;
    enum { TRIALS = 2000 };
    for (int trial = 0; trial < TRIALS; trial++) {
        long b = 0, c = 0, d = 0, e = 0;
        bool r = false, q = false, f = false;
        for (int i = 0; i < 300; i++) {
            b += rng_double(&rng) < .5;
            c = i + 1 - b;
            r |= stats_e_value(b, c) >= 20;
            q |= stats_mcnemar(b, c).exact <= .05;
            d += rng_double(&rng) < .7;
            e = i + 1 - d;
            f |= stats_e_value(d, e) >= 20;
        }
        rejected += r;
        peeking += q;
        found += f;
    }
    assert_in_range(rejected, 1, TRIALS * 5 / 100);
    assert_true(peeking >
                TRIALS * 15 / 100); /* a p-value that is looked at as often rejects far too often */
    assert_true(found > TRIALS * 99 / 100);
}

static void test_survival_keeps_its_level(void **state)
{
    (void)state;
    struct rng rng = rng_make(9);
    int covered = 0, rejected = 0;
    enum { TRIALS = 800, N = 60 };
    double truth = 1 - exp(-1); /* of min(T, 1), T exponential */
    for (int trial = 0; trial < TRIALS; trial++) {
        double t[2][N];
        bool e[2][N];
        for (int g = 0; g < 2; g++)
            for (int i = 0; i < N; i++) {
                double time = -log(1 - rng_double(&rng)), censored = 3 * rng_double(&rng);
                t[g][i] = fmin(time, censored);
                e[g][i] = time <= censored;
            }
        struct stats_rmst r = stats_rmst(t[0], e[0], N, 1);
        covered += fabs(r.value - truth) <= 1.96 * r.se;
        rejected += stats_logrank(t[0], e[0], N, t[1], e[1], N).p <= .05;
    }
    assert_in_range(covered, TRIALS * 92 / 100, TRIALS * 98 / 100);
    assert_in_range(rejected, TRIALS * 3 / 100, TRIALS * 8 / 100);
}

/* ---- no data, one task, equal tasks ---- */

static void test_nothing_and_one(void **state)
{
    (void)state;
    static const double one[] = {1};
    static const bool yes[] = {true};
    struct stats_km_step step;
    double p = .3;
    stats_holm(&p, &p, 1);
    assert_near(p, .3, 0);
    stats_holm(NULL, NULL, 0);
    assert_true(isnan(stats_paired_t(NULL, 0, .95).mean));
    assert_near(stats_paired_t(one, 1, .95).mean, 1, 0);
    struct stats_paired single = stats_paired_t(one, 1, .95);
    assert_true(isnan(stats_tost(&single, .05)));
    assert_near(stats_bootstrap_mean(one, 1, 100, .95, 1).ci.low, 1, 0);
    assert_near(stats_sign_flip(one, 1, 0, 0).p, 1, 0);
    assert_int_equal(stats_kaplan_meier(one, yes, 1, &step), 1);
    assert_near(step.s, 0, 0);
    assert_near(stats_rmst(one, yes, 1, 5).value, 1, 0);
    assert_near(stats_logrank(one, yes, 1, NULL, NULL, 0).p, 1, 0);
    assert_near(stats_tango_upper(0, 0, 0, .1), .5, 0);
    assert_near(stats_tango(1, 0, 1, .95).high, 1, 1e-9);
    assert_true(isnan(stats_kappa((long[]){0, 0, 0, 0}, 2).kappa));
    assert_near(stats_stuart_maxwell((long[]){0, 0, 0, 0}, 2).p, 1, 0);
    assert_true(isnan(stats_binary(0, 0, 0, 0).mcc));
    assert_true(isnan(stats_aulc(one, one, 1)) && isnan(stats_n_at(one, one, 0, .5)));
    assert_true(isnan(stats_per_step_fit(NULL, 0).p));
    assert_near(stats_steps_mastered(NULL, 0, .5, .95), 0, 0);
    assert_true(isnan(stats_quantile(NULL, 0, .5)));
    assert_near(stats_design_from_pilot(NULL, NULL, 0, 3).omega2, stats_design_default.omega2, 0);
}

/* Every task failed in both arms, or solved in both. */
static void test_all_alike(void **state)
{
    (void)state;
    for (long n = 1; n <= 300; n *= 3) {
        struct stats_ci ci = stats_tango(0, 0, n, .95);
        assert_near(ci.low, -ci.high, 1e-9);
        assert_true(ci.high < 1 && ci.high > 0);
        assert_near(stats_wilson(0, (double)n, .95).low, 0, 0);
        assert_near(stats_wilson((double)n, (double)n, .95).high, 1, 0);
        assert_near(stats_clopper_pearson(0, n, .95).high, 1 - pow(.025, 1.0 / (double)n), 1e-9);
        assert_near(stats_pass_at_k(n, 0, n), 0, 0);
        assert_near(stats_pass_hat_k(n, n, n), 1, 0);
        struct stats_steps none = {3, 0, (double)n}, all = {3, (double)n, (double)n};
        assert_near(stats_per_step_fit(&none, 1).p, 0, 0);
        assert_near(stats_per_step_fit(&all, 1).p, 1, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_swapping_the_arms),
        cmocka_unit_test(test_orders_do_not_matter),
        cmocka_unit_test(test_raters_are_exchangeable),
        cmocka_unit_test(test_rates_rise),
        cmocka_unit_test(test_evidence_grows),
        cmocka_unit_test(test_curves_fall_and_rise),
        cmocka_unit_test(test_paired_proportions_exactly),
        cmocka_unit_test(test_resampling_keeps_its_level),
        cmocka_unit_test(test_equivalence_keeps_its_level),
        cmocka_unit_test(test_holm_keeps_the_family),
        cmocka_unit_test(test_e_value_is_anytime_valid),
        cmocka_unit_test(test_survival_keeps_its_level),
        cmocka_unit_test(test_nothing_and_one),
        cmocka_unit_test(test_all_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
