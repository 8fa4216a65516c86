/* Every value of ../shared/stats/expected_values.json (scipy 1.10.1, statsmodels 0.13.5) to 1e-9.
 * Skipped with a sentence where that folder is not beside the checkout; the other tests of this
 * room hold their own values. */
#include <stdlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "stats/agree.h"
#include "stats/curve.h"
#include "stats/dist.h"
#include "stats/holm.h"
#include "stats/mcnemar.h"
#include "stats/paired.h"
#include "stats/per_step.h"
#include "stats/ratio.h"
#include "stats/resample.h"
#include "stats/survival.h"
#include "fixtures/near.h"

static const double TOL = 1e-9;
static json_t *expected;

static json_t *part(const char *name)
{
    json_t *o = json_object_get(expected, name);
    assert_non_null(o);
    return o;
}

static double num(const json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);
    assert_true(json_is_number(v));
    return json_number_value(v);
}

static long count(const json_t *o, const char *key)
{
    return (long)num(o, key);
}

static double at(const json_t *array, size_t i)
{
    assert_true(json_is_number(json_array_get(array, i)));
    return json_number_value(json_array_get(array, i));
}

/* The numbers of an array, at most 32. How many. */
static size_t numbers(const json_t *array, double *x)
{
    size_t n = json_array_size(array);
    assert_in_range(n, 1, 32);
    for (size_t i = 0; i < n; i++)
        x[i] = at(array, i);
    return n;
}

static void assert_ci(struct stats_ci ci, const json_t *pair)
{
    assert_near(ci.low, at(pair, 0), TOL);
    assert_near(ci.high, at(pair, 1), TOL);
}

static void test_pass(void **state)
{
    (void)state;
    json_t *row;
    size_t i;
    json_array_foreach (part("pass_at_k"), i, row)
        assert_near(stats_pass_at_k(count(row, "n"), count(row, "c"), count(row, "k")),
                    num(row, "v"), TOL);
    json_array_foreach (part("pass_hat_k"), i, row)
        assert_near(stats_pass_hat_k(count(row, "n"), count(row, "c"), count(row, "k")),
                    num(row, "v"), TOL);
    row = part("pass_at_k_var");
    long n = count(row, "n");
    double mean = 0, square = 0;
    for (long c = 0; c <= n; c++) {
        double v = stats_pass_at_k(n, c, count(row, "k"));
        double w = stats_binomial_pmf(c, n, num(row, "p"));
        mean += w * v;
        square += w * v * v;
    }
    assert_near(mean, num(row, "mean"), TOL);
    assert_near(square - mean * mean, num(row, "var"), TOL);
}

static void test_rates(void **state)
{
    (void)state;
    json_t *row;
    size_t i;
    json_array_foreach (part("wilson"), i, row) {
        struct stats_ci ci = stats_wilson(at(row, 0), at(row, 1), 0.95);
        assert_near(ci.low, at(row, 2), TOL);
        assert_near(ci.high, at(row, 3), TOL);
    }
    json_array_foreach (part("clopper_pearson"), i, row) {
        struct stats_ci ci = stats_clopper_pearson((long)at(row, 0), (long)at(row, 1), 0.95);
        assert_near(ci.low, at(row, 2), TOL);
        assert_near(ci.high, at(row, 3), TOL);
    }
}

static void test_mcnemar(void **state)
{
    (void)state;
    json_t *row;
    size_t i;
    json_array_foreach (part("mcnemar"), i, row) {
        long b = count(row, "b"), c = count(row, "c");
        assert_near(stats_mcnemar(b, c).exact, num(row, "exact2"), TOL);
        if (json_object_get(row, "midp"))
            assert_near(stats_mcnemar(b, c).midp, num(row, "midp"), TOL);
        if (json_object_get(row, "e_uniform"))
            assert_near(stats_e_value(b, c), num(row, "e_uniform"), TOL);
    }
    row = part("paired_2x2");
    long b = count(row, "b"), c = count(row, "c"), n = count(row, "a") + b + c + count(row, "d");
    assert_near((double)(b - c) / (double)n, num(row, "diff"), TOL);
    assert_ci(stats_paired_wald(b, c, n, 0.95), json_object_get(row, "wald"));
    assert_ci(stats_tango(b, c, n, 0.95), json_object_get(row, "tango"));
    assert_near(stats_mcnemar(b, c).exact, num(row, "exact2"), TOL);
    assert_near(stats_mcnemar(b, c).midp, num(row, "midp"), TOL);
}

static void test_paired(void **state)
{
    (void)state;
    json_t *row = part("cluster_paired");
    double a[32], b[32], d[32];
    size_t n = numbers(json_object_get(row, "A"), a);
    assert_int_equal(numbers(json_object_get(row, "B"), b), n);
    for (size_t i = 0; i < n; i++)
        d[i] = (a[i] - b[i]) / num(row, "K");
    struct stats_paired t = stats_paired_t(d, n, 0.95);
    assert_near(t.mean, num(row, "mean"), TOL);
    assert_near(t.se, num(row, "se"), TOL);
    assert_ci(t.ci, json_object_get(row, "t_ci"));
    assert_near(t.p, num(row, "t_p"), TOL);
    struct stats_flips f = stats_sign_flip(d, n, 0, 0);
    json_t *two = json_object_get(row, "perm_two_sided"),
           *one = json_object_get(row, "perm_one_sided");
    assert_int_equal(f.two_sided, (long)at(two, 0));
    assert_int_equal(f.total, (long)at(two, 1));
    assert_int_equal(f.upper, (long)at(one, 0));
    assert_int_equal(f.total, (long)at(one, 1));

    row = part("bootstrap_exact_n4");
    n = numbers(json_object_get(row, "x"), d);
    struct stats_bootstrap boot = stats_bootstrap_mean(d, n, 10000, 0.95, 1);
    assert_int_equal(boot.reps, 256);
    assert_near(stats_paired_t(d, n, 0.95).mean, num(row, "mean"), TOL);
    assert_near(boot.sd, num(row, "sd"), TOL);
    assert_near(boot.ci.low, num(row, "q025_type1"), TOL);
    assert_near(boot.ci.high, num(row, "q975_type1"), TOL);
}

static void add_tasks(double *a, double *b, size_t *n, long more, double of_a, double of_b)
{
    for (long i = 0; i < more; i++, ++*n) {
        assert_true(*n < 512);
        a[*n] = of_a;
        b[*n] = of_b;
    }
}

static void test_holm_and_ratio(void **state)
{
    (void)state;
    json_t *row = part("holm");
    double p[32];
    size_t n = numbers(json_object_get(row, "p"), p);
    stats_holm(p, p, n);
    for (size_t i = 0; i < n; i++)
        assert_near(p[i], at(json_object_get(row, "adj"), i), TOL);
    row = part("paired_rr");
    long flat_only = count(row, "flat_only"), hrm_only = count(row, "hrm_only");
    double a[512], b[512];
    n = 0;
    add_tasks(a, b, &n, count(row, "both"), 1, 1);
    add_tasks(a, b, &n, hrm_only, 1, 0);
    add_tasks(a, b, &n, flat_only, 0, 1);
    struct stats_ratio r = stats_task_ratio(a, b, n, 0.95).ratio;
    assert_near(r.value, num(row, "rr"), TOL);
    assert_ci(r.ci, json_object_get(row, "ci"));
    assert_near(stats_mcnemar(flat_only, hrm_only).exact, num(row, "mcnemar"), TOL);
}

static size_t survival_arm(const json_t *o, double *t, bool *event)
{
    double e[32];
    size_t n = numbers(json_object_get(o, "t"), t);
    assert_int_equal(numbers(json_object_get(o, "e"), e), n);
    for (size_t i = 0; i < n; i++)
        event[i] = e[i] != 0;
    return n;
}

static void test_survival(void **state)
{
    (void)state;
    json_t *row = part("km"), *h = json_object_get(row, "H"), *f = json_object_get(row, "F"), *s;
    double th[32], tf[32];
    bool eh[32], ef[32];
    size_t nh = survival_arm(h, th, eh), nf = survival_arm(f, tf, ef), found = 0;
    struct stats_km_step steps[32];
    size_t n = stats_kaplan_meier(th, eh, nh, steps);
    const char *key;
    json_object_foreach (json_object_get(h, "S"), key, s)
        for (size_t i = 0; i < n; i++)
            if (steps[i].t == atof(key)) {
                assert_near(steps[i].s, json_number_value(s), TOL);
                found++;
            }
    assert_int_equal(found, json_object_size(json_object_get(h, "S")));
    assert_near(stats_rmst(th, eh, nh, 60).value, num(h, "rmst60"), TOL);
    assert_near(stats_rmst(th, eh, nh, 60).se, num(h, "se"), TOL);
    assert_near(stats_rmst(tf, ef, nf, 60).value, num(f, "rmst60"), TOL);
    assert_near(stats_rmst(tf, ef, nf, 60).se, num(f, "se"), TOL);
    struct stats_logrank l = stats_logrank(th, eh, nh, tf, ef, nf);
    assert_near(l.chi2, num(row, "logrank_chi2"), TOL);
    assert_near(l.p, num(row, "p"), TOL);
}

static void test_agreement(void **state)
{
    (void)state;
    json_t *row = part("kappa"), *m = json_object_get(row, "M");
    long table[64];
    size_t k = json_array_size(m);
    assert_in_range(k, 2, 8);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            table[i * k + j] = (long)at(json_array_get(m, i), j);
    struct stats_kappa r = stats_kappa(table, k);
    assert_near(r.observed, num(row, "po"), TOL);
    assert_near(r.expected, num(row, "pe"), TOL);
    assert_near(r.kappa, num(row, "kappa"), TOL);
    assert_near(r.se, num(row, "se"), TOL);
    row = part("verifier");
    long tp = count(row, "TP"), fp = count(row, "FP"), fn = count(row, "FN"), tn = count(row, "TN");
    struct stats_binary b = stats_binary(tp, fp, fn, tn);
    assert_near(b.precision, num(row, "precision"), TOL);
    assert_near(b.false_positive_rate, num(row, "fpr"), TOL);
    assert_near(b.mcc, num(row, "mcc"), TOL);
    assert_near(stats_kappa((long[]){tp, fp, fn, tn}, 2).kappa, num(row, "kappa"), TOL);
}

static void test_curves(void **state)
{
    (void)state;
    json_t *row = part("aulc_log2");
    double n[32], cur[32], mix[32];
    size_t points = numbers(json_object_get(row, "N"), n);
    numbers(json_object_get(row, "cur"), cur);
    numbers(json_object_get(row, "mix"), mix);
    assert_near(stats_aulc(n, cur, points), num(row, "aulc_cur"), TOL);
    assert_near(stats_aulc(n, mix, points), num(row, "aulc_mix"), TOL);
    assert_near(stats_n_at(n, cur, points, 0.5), num(row, "N50_cur"), TOL);
    assert_near(stats_n_at(n, mix, points, 0.5), num(row, "N50_mix"), TOL);
    row = part("per_step");
    double steps[32], solved[32];
    points = numbers(json_object_get(row, "k"), steps);
    numbers(json_object_get(row, "y"), solved);
    struct stats_steps groups[32];
    for (size_t i = 0; i < points; i++)
        groups[i] = (struct stats_steps){steps[i], solved[i], num(row, "n")};
    struct stats_per_step r = stats_per_step_fit(groups, points);
    assert_near(r.p, num(row, "p"), TOL);
    /* The file's value is a numerical second derivative, good to eight digits. */
    assert_near(r.se, num(row, "se"), 1e-8);
    assert_near(r.h50, num(row, "H50"), TOL);
    assert_near(r.deviance, num(row, "deviance"), TOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass),           cmocka_unit_test(test_rates),
        cmocka_unit_test(test_mcnemar),        cmocka_unit_test(test_paired),
        cmocka_unit_test(test_holm_and_ratio), cmocka_unit_test(test_survival),
        cmocka_unit_test(test_agreement),      cmocka_unit_test(test_curves),
    };
    const char *path = "../shared/stats/expected_values.json";
    char *text CLEANUP_FREE = NULL;
    struct err err = {0};
    size_t n;
    if (!file_exists(path)) {
        printf("skipped: %s is not there\n", path);
        return 77;
    }
    if (file_read(path, 0, &text, &n, &err) < 0 || !(expected = json_parse(text, n, path, &err))) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(expected);
    return failed;
}
