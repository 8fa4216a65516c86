/* See alpha.h. */
#include "stats/alpha.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"

/* What the coincidence matrix comes to: its diagonal, its margins, and its total. */
struct coincidences {
    double same, total;
    double *margin; /* [k] */
    size_t k;
};

/* Adds (or, sign = -1, takes out) one item: each of its pairs counts 1 / (values - 1). */
static void count_item(struct coincidences *c, const int *value, size_t raters, size_t items,
                       size_t item, double sign)
{
    double n = 0;
    for (size_t r = 0; r < raters; r++)
        n += value[r * items + item] >= 0;
    if (n < 2)
        return;
    for (size_t r = 0; r < raters; r++) {
        int x = value[r * items + item];
        for (size_t q = 0; q < raters; q++)
            if (q != r && x >= 0 && value[q * items + item] == x)
                c->same += sign / (n - 1);
        if (x >= 0)
            c->margin[x] += sign;
    }
    c->total += sign * n;
}

/* alpha = 1 - (n - 1) (n - same) / (n^2 - sum of squared margins) */
static double alpha_of(const struct coincidences *c)
{
    double chance = c->total * c->total;
    for (size_t i = 0; i < c->k; i++)
        chance -= c->margin[i] * c->margin[i];
    return chance > 0.5 ? 1 - (c->total - 1) * (c->total - c->same) / chance : NAN;
}

static long pairable(const int *value, size_t raters, size_t items, size_t item)
{
    long n = 0;
    for (size_t r = 0; r < raters; r++)
        n += value[r * items + item] >= 0;
    return n > 1;
}

struct stats_estimate stats_alpha(const int *value, size_t raters, size_t items, size_t k,
                                  double level)
{
    double *margin CLEANUP_FREE = xcalloc(k + 1, sizeof *margin);
    struct coincidences c = {.margin = margin, .k = k};
    struct stats_estimate e = {NAN, {NAN, NAN}, 0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < items; i++) {
        count_item(&c, value, raters, items, i, 1);
        e.n += pairable(value, raters, items, i);
    }
    e.value = alpha_of(&c);
    for (size_t i = 0; i < items; i++) {
        if (!pairable(value, raters, items, i))
            continue;
        count_item(&c, value, raters, items, i, -1);
        double without = alpha_of(&c);
        count_item(&c, value, raters, items, i, 1);
        sum += without;
        squares += without * without;
    }
    double n = (double)e.n, spread = squares - sum * sum / n;
    if (e.n < 3 || !(spread > 1e-15)) /* without any difference there is no interval */
        return e;
    double half = stats_t_quantile((1 + level) / 2, n - 1) * sqrt((n - 1) / n * spread);
    e.ci = (struct stats_ci){fmax(-1, e.value - half), fmin(1, e.value + half)};
    return e;
}

struct stats_estimate stats_pabak(long same, long n, size_t k, double level)
{
    struct stats_estimate e = {NAN, {NAN, NAN}, n};
    if (n < 1 || k < 2)
        return e;
    struct stats_ci share = stats_wilson((double)same, (double)n, level);
    double of = (double)k, room = of - 1;
    e.value = (of * (double)same / (double)n - 1) / room;
    e.ci = (struct stats_ci){(of * share.low - 1) / room, (of * share.high - 1) / room};
    return e;
}
