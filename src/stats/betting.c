/* See betting.h. */
#include "stats/betting.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/mem.h"

/* The share of the most that may be bet: (2j + 1)^2 / (2 STATS_BETS)^2, more cautious bets than
 * bold ones. */
static double share(size_t j)
{
    double root = (2 * (double)j + 1) / (2.0 * STATS_BETS);
    return root * root;
}

struct stats_bet stats_bet_start(double m, double low, double high)
{
    return (struct stats_bet){.m = m, .low = low, .high = high};
}

/* `times` equal numbers for each gambler. m and x in units of the range. */
static void bet(double *ln_above, double *ln_below, double m, double x, double times)
{
    double up = x / m - 1, down = (1 - x) / (1 - m) - 1;
    for (size_t j = 0; j < STATS_BETS; j++) {
        ln_above[j] += times * log1p(share(j) * up);
        ln_below[j] += times * log1p(share(j) * down);
    }
}

static double within(double x)
{
    return fmin(1, fmax(0, x));
}

void stats_bet_take(struct stats_bet *b, double x)
{
    double range = b->high - b->low;
    bet(b->ln_above, b->ln_below, (b->m - b->low) / range, within((x - b->low) / range), 1);
    b->n++;
}

/* ln of the mean capital. */
static double ln_mean(const double *ln)
{
    double top = ln[0], sum = 0;
    for (size_t j = 1; j < STATS_BETS; j++)
        top = fmax(top, ln[j]);
    for (size_t j = 0; j < STATS_BETS; j++)
        sum += exp(ln[j] - top);
    return top + log(sum / STATS_BETS);
}

double stats_bet_above(const struct stats_bet *b)
{
    return exp(ln_mean(b->ln_above));
}

double stats_bet_below(const struct stats_bet *b)
{
    return exp(ln_mean(b->ln_below));
}

double stats_bet_e(const struct stats_bet *b)
{
    return fmax(stats_bet_above(b), stats_bet_below(b)) / 2;
}

/* Numbers in units of the range: distinct ones, and how often each. */
struct counts {
    double *x, *times; /* [n] */
    size_t n;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct counts count_values(const double *x, size_t n, double low, double range)
{
    struct counts c = {xcalloc(n + 1, sizeof(double)), xcalloc(n + 1, sizeof(double)), 0};
    double *sorted CLEANUP_FREE = xcalloc(n + 1, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = within((x[i] - low) / range);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 0; i < n; i++) {
        c.n += i == 0 || sorted[i] != sorted[i - 1];
        c.x[c.n - 1] = sorted[i];
        c.times[c.n - 1]++;
    }
    return c;
}

/* Is "the mean is m" rejected from above (the mean is more) or from below? */
static bool rejected(const struct counts *c, double m, bool above, double ln_limit)
{
    double up[STATS_BETS] = {0}, down[STATS_BETS] = {0};
    for (size_t i = 0; i < c->n; i++)
        bet(up, down, m, c->x[i], c->times[i]);
    return ln_mean(above ? up : down) >= ln_limit;
}

/* Where it ceases to be rejected on (0, 1): 0 or 1 when it never is. */
static double limit(const struct counts *c, bool above, double ln_limit)
{
    double out = above ? 0 : 1,
           in = above ? 1 : 0; /* rejected at `out`, if anywhere; not at `in` */
    for (int i = 0; i < 50; i++) {
        double mid = (out + in) / 2;
        if (rejected(c, mid, above, ln_limit))
            out = mid;
        else
            in = mid;
    }
    return in <= 1e-12 ? 0 : in >= 1 - 1e-12 ? 1 : in;
}

struct stats_ci stats_bet_interval(const double *x, size_t n, double low, double high, double level)
{
    double range = high - low, ln_limit = log(2 / (1 - level));
    struct counts c = count_values(x, n, low, range);
    struct stats_ci ci = {low + range * limit(&c, true, ln_limit),
                          low + range * limit(&c, false, ln_limit)};
    free(c.x);
    free(c.times);
    return ci;
}

static bool ratio_rejected(const double *a, const double *b, size_t n, double r, bool above,
                           double ln_limit)
{
    struct stats_bet bet = stats_bet_start(0, -r, 1);
    for (size_t i = 0; i < n; i++)
        stats_bet_take(&bet, a[i] - r * b[i]);
    return ln_mean(above ? bet.ln_above : bet.ln_below) >= ln_limit;
}

/* Between ratios of e^-20 and e^20. */
static double ratio_limit(const double *a, const double *b, size_t n, bool above, double ln_limit)
{
    double out = above ? -20 : 20, in = -out;
    if (!ratio_rejected(a, b, n, exp(out), above, ln_limit))
        return above ? 0 : INFINITY;
    for (int i = 0; i < 60; i++) {
        double mid = (out + in) / 2;
        if (ratio_rejected(a, b, n, exp(mid), above, ln_limit))
            out = mid;
        else
            in = mid;
    }
    return exp(in);
}

struct stats_ci stats_bet_ratio_interval(const double *a, const double *b, size_t n, double level)
{
    double ln_limit = log(2 / (1 - level));
    return (struct stats_ci){ratio_limit(a, b, n, true, ln_limit),
                             ratio_limit(a, b, n, false, ln_limit)};
}
