/* See conditional.h. */
#include "stats/conditional.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/mcnemar.h"
#include "stats/special.h"

static long least_of(const struct stats_trials *t)
{
    long m = t->a_solved + t->b_solved;
    return m > t->b_n ? m - t->b_n : 0;
}

static long most_of(const struct stats_trials *t)
{
    long m = t->a_solved + t->b_solved;
    return m < t->a_n ? m : t->a_n;
}

/* Mean and variance of A's part of the solved samples at this log odds ratio. */
static void moments(const struct stats_trials *t, double beta, double *mean, double *var)
{
    long low = least_of(t), high = most_of(t), m = t->a_solved + t->b_solved;
    double top = -INFINITY, sum = 0, first = 0, second = 0;
    for (int pass = 0; pass < 2; pass++)
        for (long k = low; k <= high; k++) {
            double ln = stats_ln_choose((double)t->a_n, (double)k) +
                        stats_ln_choose((double)t->b_n, (double)(m - k)) + (double)k * beta;
            if (pass == 0) {
                top = fmax(top, ln);
                continue;
            }
            double w = exp(ln - top);
            sum += w;
            first += w * (double)k;
            second += w * (double)k * (double)k;
        }
    *mean = first / sum;
    *var = fmax(0, second / sum - *mean * *mean);
}

/* At one log odds ratio. */
struct total {
    double score, information, squares;
};

/* Tasks that are alike stand together: sorted[n]. */
static struct total add_up(const struct stats_trials *sorted, size_t n, double beta)
{
    struct total r = {0};
    for (size_t i = 0, m; i < n; i += m) {
        const struct stats_trials *t = &sorted[i];
        double mean, var;
        for (m = 1; i + m < n && memcmp(t, t + m, sizeof *t) == 0;)
            m++;
        if (least_of(t) == most_of(t))
            continue;
        moments(t, beta, &mean, &var);
        double gap = (double)t->a_solved - mean;
        r.score += (double)m * gap;
        r.information += (double)m * var;
        r.squares += (double)m * gap * gap;
    }
    return r;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct stats_trials));
}

/* The score falls as beta rises. */
static double root(const struct stats_trials *t, size_t n)
{
    double low = -60, high = 60;
    for (int i = 0; i < 200 && high - low > 1e-14; i++) {
        double mid = (low + high) / 2;
        if (add_up(t, n, mid).score > 0)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

/* One arm has all that it can have: p of the sign test over tasks. With single samples the tasks
 * are McNemar's, and the interval is exact: the odds of Clopper and Pearson's limit. */
static void one_sided(const struct stats_trials *t, size_t n, double level, struct stats_odds *r)
{
    long differ = 0;
    bool single = true;
    for (size_t i = 0; i < n; i++) {
        differ += t[i].a_solved * t[i].b_n != t[i].b_solved * t[i].a_n;
        single &= t[i].a_n == 1 && t[i].b_n == 1;
    }
    double u = stats_clopper_pearson(0, differ, level).high;
    r->p = stats_mcnemar(differ, 0).exact;
    if (single)
        r->ci = r->log_odds > 0 ? (struct stats_ci){(1 - u) / u, INFINITY}
                                : (struct stats_ci){0, u / (1 - u)};
}

struct stats_odds stats_conditional_logit(const struct stats_trials *t, size_t n, double level)
{
    struct stats_odds r = {NAN, NAN, NAN, {NAN, NAN}, NAN, 0};
    long up = 0, down = 0; /* samples by which A could have had more, or fewer */
    for (size_t i = 0; i < n; i++) {
        r.informative += least_of(&t[i]) < most_of(&t[i]);
        up += most_of(&t[i]) - t[i].a_solved;
        down += t[i].a_solved - least_of(&t[i]);
    }
    if (r.informative == 0)
        return r;
    struct stats_trials *sorted CLEANUP_FREE = xcalloc(n + 1, sizeof *sorted);
    memcpy(sorted, t, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_bytes);
    r.log_odds = up == 0 ? INFINITY : down == 0 ? -INFINITY : root(sorted, n);
    r.ratio = exp(r.log_odds);
    if (isinf(r.log_odds)) {
        one_sided(t, n, level, &r);
        return r;
    }
    struct total end = add_up(sorted, n, r.log_odds);
    double z = stats_normal_quantile(0.5 + level / 2);
    r.se = sqrt(end.squares) / end.information;
    r.ci = (struct stats_ci){exp(r.log_odds - z * r.se), exp(r.log_odds + z * r.se)};
    r.p = 2 * stats_normal_cdf(-fabs(r.log_odds) / r.se);
    return r;
}
