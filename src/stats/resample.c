/* The task bootstrap and the sign-flip permutation test. */
#include "stats/resample.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/rng.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest value at which the empirical distribution of sorted x[n] reaches p. */
static double quantile_type1(const double *x, size_t n, double p)
{
    double rank = ceil(p * (double)n - 1e-9);
    return x[rank < 1 ? 0 : (size_t)rank - 1];
}

/* n^n when that is at most `limit`, else 0. */
static size_t count_resamples(size_t n, size_t limit)
{
    size_t total = 1;
    for (size_t i = 0; i < n; i++) {
        if (total > limit / n)
            return 0;
        total *= n;
    }
    return total;
}

struct stats_bootstrap stats_bootstrap_mean(const double *d, size_t n, size_t reps, double level,
                                            uint64_t seed)
{
    struct stats_bootstrap r = {.sd = NAN, .ci = {NAN, NAN}};
    if (n == 0 || reps == 0)
        return r;
    size_t all = count_resamples(n, reps);
    r.reps = all ? all : reps;
    double *mean = xcalloc(r.reps, sizeof *mean), total = 0, squares = 0;
    struct rng rng = rng_make(seed);
    for (size_t k = 0; k < r.reps; k++) {
        size_t digits = k; /* the k-th resample, its picks being the digits of k in base n */
        for (size_t i = 0; i < n; i++, digits /= n)
            mean[k] += d[all ? digits % n : rng_below(&rng, n)];
        mean[k] /= (double)n;
        total += mean[k];
    }
    double centre = total / (double)r.reps;
    for (size_t k = 0; k < r.reps; k++)
        squares += (mean[k] - centre) * (mean[k] - centre);
    r.sd = sqrt(squares / (double)r.reps);
    qsort(mean, r.reps, sizeof *mean, by_value);
    r.ci.low = quantile_type1(mean, r.reps, (1 - level) / 2);
    r.ci.high = quantile_type1(mean, r.reps, (1 + level) / 2);
    free(mean);
    return r;
}

static void count_flip(struct stats_flips *r, double sum, double observed, double slack)
{
    r->total++;
    r->two_sided += fabs(sum) >= fabs(observed) - slack;
    r->upper += sum >= observed - slack;
}

/* Gray code: each pattern differs from the one before by one sign, that of the lowest set bit of k.
 */
static void flip_all(struct stats_flips *r, const double *d, size_t n, double observed,
                     double slack)
{
    double sum = observed;
    uint64_t negative = 0;
    count_flip(r, sum, observed, slack);
    for (uint64_t k = 1; k < 1ull << n; k++) {
        int i = __builtin_ctzll(k);
        negative ^= 1ull << i;
        sum += negative >> i & 1 ? -2 * d[i] : 2 * d[i];
        count_flip(r, sum, observed, slack);
    }
}

static void flip_some(struct stats_flips *r, const double *d, size_t n, size_t draws, uint64_t seed,
                      double observed, double slack)
{
    struct rng rng = rng_make(seed);
    count_flip(r, observed, observed, slack); /* so that p is never 0 and stays valid */
    for (size_t k = 0; k < draws; k++) {
        double sum = 0;
        uint64_t bits = 0;
        for (size_t i = 0; i < n; i++, bits >>= 1) {
            if (i % 64 == 0)
                bits = rng_u64(&rng);
            sum += bits & 1 ? d[i] : -d[i];
        }
        count_flip(r, sum, observed, slack);
    }
}

struct stats_flips stats_sign_flip(const double *d, size_t n, size_t draws, uint64_t seed)
{
    struct stats_flips r = {0};
    double observed = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        observed += d[i];
        size += fabs(d[i]);
    }
    double slack = 1e-9 * size; /* equal sums must count as ties whatever their rounding */
    if (n <= STATS_FLIP_EXACT)
        flip_all(&r, d, n, observed, slack);
    else
        flip_some(&r, d, n, draws, seed, observed, slack);
    r.p = (double)r.two_sided / (double)r.total;
    return r;
}
