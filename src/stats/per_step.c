/* A binomial model with log link and no intercept: ln P(solved) = steps ln p. */
#include "stats/per_step.h"
#include <math.h>
#include "stats/rate.h"

/* Derivative of the log-likelihood by ln p, at p; falls from positive to negative. */
static double score(const struct stats_steps *g, size_t n, double p)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double mu = pow(p, g[i].steps);
        sum += g[i].steps * (g[i].solved - (g[i].n - g[i].solved) * mu / (1 - mu));
    }
    return sum;
}

static double x_ln_ratio(double x, double y)
{
    return x > 0 ? x * log(x / y) : 0;
}

struct stats_per_step stats_per_step_fit(const struct stats_steps *groups, size_t n)
{
    double solved = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        solved += groups[i].solved;
        total += groups[i].n;
    }
    if (total == 0)
        return (struct stats_per_step){NAN, NAN, NAN, NAN};
    if (solved == 0 || solved == total)
        return (struct stats_per_step){solved > 0, NAN, solved > 0 ? INFINITY : 0, 0};
    double low = 0, high = 1;
    for (int i = 0; i < 200; i++) {
        double mid = (low + high) / 2;
        if (score(groups, n, mid) > 0)
            low = mid;
        else
            high = mid;
    }
    struct stats_per_step r = {.p = (low + high) / 2};
    double information = 0;
    for (size_t i = 0; i < n; i++) {
        const struct stats_steps *g = &groups[i];
        double mu = pow(r.p, g->steps);
        information += (g->n - g->solved) * g->steps * g->steps * mu / ((1 - mu) * (1 - mu));
        r.deviance +=
            2 * (x_ln_ratio(g->solved, g->n * mu) + x_ln_ratio(g->n - g->solved, g->n * (1 - mu)));
    }
    r.se = r.p / sqrt(information);
    r.h50 = log(0.5) / log(r.p);
    return r;
}

double stats_steps_mastered(const struct stats_steps *groups, size_t n, double rate, double level)
{
    double best = 0;
    for (size_t i = 0; i < n; i++)
        if (groups[i].steps > best && groups[i].n > 0 &&
            stats_wilson(groups[i].solved, groups[i].n, level).low >= rate)
            best = groups[i].steps;
    return best;
}
