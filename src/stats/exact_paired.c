/* See exact_paired.h. */
#include "stats/exact_paired.h"
#include <math.h>
#include <stdbool.h>
#include "stats/mcnemar.h"

enum { SIDE = STATS_EXACT_TASKS + 1, GRID = 100 };

static const double SLACK = 1e-9; /* of scores that are equal but for rounding */

/* Those at least as far above d: how often each can come about, 0 = left out. */
struct tables {
    long n;
    double ways[SIDE][SIDE];
};

static void list_tables(struct tables *t, long b, long c, long n, double d)
{
    double seen = stats_tango_score(b, c, n, d), N = (double)n;
    t->n = n;
    for (long i = 0; i <= n; i++)
        for (long j = 0; i + j <= n; j++) {
            double rest = (double)(n - i - j);
            bool in = stats_tango_score(i, j, n, d) >= seen - SLACK;
            t->ways[i][j] = in ? exp(lgamma(N + 1) - lgamma((double)i + 1) - lgamma((double)j + 1) -
                                     lgamma(rest + 1))
                               : 0;
        }
}

static void powers(double *out, double p, long n)
{
    out[0] = 1;
    for (long i = 1; i <= n; i++)
        out[i] = out[i - 1] * p;
}

/* P of them when a task is won by A alone with p, by B alone with q. */
static double probability(const struct tables *t, double p, double q)
{
    double only_a[SIDE], only_b[SIDE], neither[SIDE], sum = 0;
    powers(only_a, p, t->n);
    powers(only_b, q, t->n);
    powers(neither, fmax(0, 1 - p - q), t->n);
    for (long i = 0; i <= t->n; i++)
        for (long j = 0; i + j <= t->n; j++)
            sum += t->ways[i][j] * only_a[i] * only_b[j] * neither[t->n - i - j];
    return fmin(1, sum);
}

/* u: how large the share of discordant tasks is between its least, |d|, and 1. */
static double at(const struct tables *t, double d, double u)
{
    double less = u * (1 - fabs(d)) / 2, more = less + fabs(d);
    return d >= 0 ? probability(t, more, less) : probability(t, less, more);
}

static double largest(const struct tables *t, double d)
{
    double best = 0, where = 0;
    for (int i = 0; i <= GRID; i++) {
        double p = at(t, d, (double)i / GRID);
        if (p > best) {
            best = p;
            where = (double)i / GRID;
        }
    }
    double low = fmax(0, where - 1.0 / GRID), high = fmin(1, where + 1.0 / GRID);
    for (int i = 0; i < 40; i++) {
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        double x = at(t, d, left), y = at(t, d, right);
        best = fmax(best, fmax(x, y));
        if (x < y)
            low = left;
        else
            high = right;
    }
    return best;
}

double stats_exact_upper(long b, long c, long n, double d)
{
    struct tables t;
    if (n < 1 || n > STATS_EXACT_TASKS)
        return NAN;
    list_tables(&t, b, c, n, d);
    return largest(&t, d);
}

/* The d at which the upper tail rises past `tail`; -1 when it is never below. */
static double lower_limit(long b, long c, long n, double tail)
{
    double low = -1, high = 1;
    for (int i = 0; i < 24; i++) {
        double mid = (low + high) / 2;
        if (stats_exact_upper(b, c, n, mid) <= tail)
            low = mid;
        else
            high = mid;
    }
    return high;
}

struct stats_ci stats_exact_paired(long b, long c, long n, double level)
{
    double tail = (1 - level) / 2;
    if (n < 1 || n > STATS_EXACT_TASKS)
        return (struct stats_ci){NAN, NAN};
    return (struct stats_ci){lower_limit(b, c, n, tail), -lower_limit(c, b, n, tail)};
}

double stats_same_upper(int each, long n, double d)
{
    double N = (double)n;
    if (each > 0)
        return pow((1 + d) / 2, N);
    return each == 0 && d < 0 ? pow(1 + d, N) : 1;
}

struct stats_ci stats_same_interval(int each, long n, double level)
{
    double u = pow((1 - level) / 2, 1 / (double)n); /* the share that all n show with that chance */
    if (each == 0)
        return (struct stats_ci){u - 1, 1 - u};
    return each > 0 ? (struct stats_ci){2 * u - 1, 1} : (struct stats_ci){-1, 1 - 2 * u};
}
