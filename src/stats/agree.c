/* See agree.h. */
#include "stats/agree.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"

static double row_sum(const long *table, size_t k, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < k; j++)
        sum += (double)table[i * k + j];
    return sum;
}

static double column_sum(const long *table, size_t k, size_t j)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += (double)table[i * k + j];
    return sum;
}

/* The large-sample variance of kappa (Fleiss, Cohen & Everitt 1969, equation 13). */
static double kappa_variance(const long *table, size_t k, double n, const struct stats_kappa *r)
{
    double same = 0, other = 0, miss = 1 - r->kappa;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double share = (double)table[i * k + j] / n;
            double margins = (column_sum(table, k, i) + row_sum(table, k, j)) / n;
            if (i == j)
                same += share * (1 - margins * miss) * (1 - margins * miss);
            else
                other += share * margins * margins;
        }
    double gap = r->kappa - r->expected * miss, room = 1 - r->expected;
    return (same + miss * miss * other - gap * gap) / (n * room * room);
}

struct stats_kappa stats_kappa(const long *table, size_t k)
{
    double n = 0, same = 0, chance = 0;
    for (size_t i = 0; i < k; i++) {
        n += row_sum(table, k, i);
        same += (double)table[i * k + i];
        chance += row_sum(table, k, i) * column_sum(table, k, i);
    }
    struct stats_kappa r = {same / n, chance / (n * n), NAN, NAN};
    if (!(r.expected < 1))
        return r;
    r.kappa = (r.observed - r.expected) / (1 - r.expected);
    r.se = sqrt(fmax(0, kappa_variance(table, k, n, &r)));
    return r;
}

static double share(long part, long rest)
{
    return part + rest > 0 ? (double)part / (double)(part + rest) : NAN;
}

struct stats_binary stats_binary(long tp, long fp, long fn, long tn)
{
    double margins = (double)(tp + fp) * (double)(tp + fn) * (double)(tn + fp) * (double)(tn + fn);
    double gap = (double)tp * (double)tn - (double)fp * (double)fn;
    return (struct stats_binary){
        .precision = share(tp, fp),
        .recall = share(tp, fn),
        .false_positive_rate = share(fp, tn),
        .mcc = margins > 0 ? gap / sqrt(margins) : NAN,
    };
}

/* Solves the positive definite a x = b in place by Gaussian elimination with pivoting; pivots of 0
 * (categories that depend on the others) are skipped. a: [m][m], b: [m]. The rank; x replaces b. */
static size_t solve(double *a, double *b, size_t m)
{
    size_t rank = 0;
    for (size_t c = 0; c < m; c++) {
        double pivot = a[c * m + c];
        if (fabs(pivot) < 1e-9) {
            b[c] = 0;
            continue;
        }
        rank++;
        for (size_t r = 0; r < m; r++) {
            double factor = r == c ? 0 : a[r * m + c] / pivot;
            for (size_t j = c; j < m && factor != 0; j++)
                a[r * m + j] -= factor * a[c * m + j];
            b[r] -= factor * b[c];
        }
    }
    for (size_t c = 0; c < m; c++)
        b[c] = fabs(a[c * m + c]) < 1e-9 ? 0 : b[c] / a[c * m + c];
    return rank;
}

struct stats_marginal stats_stuart_maxwell(const long *table, size_t k)
{
    size_t m = k ? k - 1 : 0; /* the last category follows from the others */
    double *cov = xcalloc(m * m + 1, sizeof *cov), *d = xcalloc(m + 1, sizeof *d);
    double *x = xcalloc(m + 1, sizeof *x);
    for (size_t i = 0; i < m; i++) {
        d[i] = x[i] = row_sum(table, k, i) - column_sum(table, k, i);
        for (size_t j = 0; j < m; j++)
            cov[i * m + j] = i == j ? row_sum(table, k, i) + column_sum(table, k, i) -
                                          2 * (double)table[i * k + i]
                                    : -(double)(table[i * k + j] + table[j * k + i]);
    }
    struct stats_marginal r = {.df = (double)solve(cov, x, m), .p = 1};
    for (size_t i = 0; i < m; i++)
        r.chi2 += d[i] * x[i];
    if (r.df > 0)
        r.p = stats_chi2_upper(r.chi2, r.df);
    free(cov);
    free(d);
    free(x);
    return r;
}
