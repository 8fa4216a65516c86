/* Do tests and intervals keep what they promise? Simulations of stats/, with fixed seeds: the same
 * numbers on every machine. Usage: stats_coverage [TRIALS], 2000 without. About a minute. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/rng.h"
#include "stats/betting.h"
#include "stats/cluster.h"
#include "stats/paired.h"
#include "stats/power.h"
#include "stats/rate.h"

enum { TASKS_MAX = 500, SAMPLES_MAX = 10 };

static const double LEVEL = 0.95;

static bool holds(struct stats_ci ci, double x)
{
    return ci.low <= x && x <= ci.high;
}

/* A rate with this mean, one of two values: spread 0 = the same for every task, 1 = 0 or 1. */
static double task_rate(struct rng *rng, double mean, double spread)
{
    double u = rng_double(rng) < mean;
    return mean + spread * (u - mean);
}

static double solved_share(struct rng *rng, double p, int samples)
{
    int solved = 0;
    for (int k = 0; k < samples; k++)
        solved += rng_double(rng) < p;
    return (double)solved / samples;
}

/* ---- stopping on evidence ---- */

struct scene {
    const char *name;
    double a, b; /* rates of success */
    double spread;
    int samples;
};

/* One difference of rates. Both arms of a task are equally easier or harder. */
static double difference(struct rng *rng, const struct scene *s)
{
    double lift = task_rate(rng, s->b, s->spread), p = lift + (s->a - s->b);
    p = fmin(1, fmax(0, p));
    return solved_share(rng, p, s->samples) - solved_share(rng, lift, s->samples);
}

/* Looks after every task. After how many it is decided, and on which side; 0 = never. */
static int run_until_decided(struct rng *rng, const struct scene *s, double threshold, int tasks,
                             int *side)
{
    struct stats_bet bet = stats_bet_start(threshold, -1, 1);
    for (int i = 1; i <= tasks; i++) {
        stats_bet_take(&bet, difference(rng, s));
        if (stats_bet_e(&bet) < 20)
            continue;
        *side = stats_bet_above(&bet) > stats_bet_below(&bet) ? 1 : -1;
        return i;
    }
    return 0;
}

/* At the threshold: how often is anything decided? 1 minus that is the coverage of the confidence
 * sequence, all of its intervals together. */
static void stopping_level(int trials)
{
    static const struct scene scenes[] = {
        {"1 sample, rates .30 and .25", .30, .25, 0, 1},
        {"1 sample, rates .90 and .85", .90, .85, 0, 1},
        {"1 sample, rates .05 and .00", .05, .00, 0, 1},
        {"3 samples, tasks differ", .50, .45, .7, 3},
        {"10 samples, tasks differ much", .50, .45, .85, 10},
        {"1 sample, 20 pp apart", .60, .40, 0, 1},
    };
    printf("Stopping on evidence, the truth at the threshold, looked at after each of %d tasks, %d "
           "runs\n%-32s %9s %9s %9s %9s\n",
           TASKS_MAX, trials, "", "met", "not met", "type I", "coverage");
    for (size_t k = 0; k < sizeof scenes / sizeof *scenes; k++) {
        struct rng rng = rng_make(100 + k);
        double truth = 0; /* what the scene's mean is, cut rates and all */
        for (int i = 0; i < 400000; i++)
            truth += difference(&rng, &scenes[k]) / 400000;
        if (scenes[k].spread == 0)
            truth = scenes[k].a - scenes[k].b;
        int ends[2] = {0}, side;
        for (int t = 0; t < trials; t++)
            if (run_until_decided(&rng, &scenes[k], truth, TASKS_MAX, &side))
                ends[side > 0]++;
        double n = trials, wrong = (ends[0] + ends[1]) / n;
        printf("%-32s %9.3f %9.3f %9.3f %9.3f\n", scenes[k].name, ends[1] / n, ends[0] / n, wrong,
               1 - wrong);
    }
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Beyond the threshold: how often is it seen, and how soon? */
static void stopping_power(int trials)
{
    static const double beyond[] = {.05, .10, .20, .30};
    printf(
        "\nThe same against a claim of 5 pp, one sample a task, rate of the second arm .4, at most "
        "%d tasks\n%-32s %9s %9s %9s %14s\n",
        TASKS_MAX, "true difference", "met", "not met", "open", "median of met");
    int *after = calloc((size_t)trials, sizeof *after);
    for (size_t k = 0; after && k < sizeof beyond / sizeof *beyond; k++) {
        struct scene s = {"", .45 + beyond[k], .4, 0, 1};
        struct rng rng = rng_make(200 + k);
        int met = 0, not_met = 0, side;
        for (int t = 0; t < trials; t++) {
            int tasks = run_until_decided(&rng, &s, .05, TASKS_MAX, &side);
            if (tasks && side > 0)
                after[met++] = tasks;
            not_met += tasks && side < 0;
        }
        qsort(after, (size_t)met, sizeof *after, by_number);
        printf("%+-32.0f %9.3f %9.3f %9.3f %14d\n", 100 * (.05 + beyond[k]), met / (double)trials,
               not_met / (double)trials, 1 - (met + not_met) / (double)trials,
               met ? after[met / 2] : 0);
    }
    free(after);
}

/* ---- one rate ---- */

static void rates(int trials)
{
    static const int tasks[] = {5, 10, 30, 100}, samples[] = {3, 10};
    static const double spread[] = {.2, .5, .9};
    printf(
        "\nA rate of .6 from K samples per task, %d tables; tasks as trials, and as many trials as "
        "would spread as much\n%6s %4s %8s %12s %9s %12s %9s\n",
        trials, "tasks", "K", "spread", "coverage", "width", "coverage", "width");
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 2; k++)
            for (size_t s = 0; s < 3; s++) {
                struct rng rng = rng_make(300 + i * 10 + k * 3 + s);
                double held[2] = {0}, width[2] = {0}, rate[TASKS_MAX];
                for (int t = 0; t < trials; t++) {
                    double sum = 0, n = tasks[i];
                    for (int task = 0; task < tasks[i]; task++) {
                        double p = task_rate(&rng, .6, spread[s]);
                        sum += rate[task] = solved_share(&rng, p, samples[k]);
                    }
                    struct stats_ci ci[2] = {
                        stats_wilson(sum, n, LEVEL),
                        stats_wilson_tasks(rate, (size_t)tasks[i], n * samples[k], LEVEL)};
                    for (int c = 0; c < 2; c++) {
                        held[c] += holds(ci[c], .6) / (double)trials;
                        width[c] += (ci[c].high - ci[c].low) / trials;
                    }
                }
                printf("%6d %4d %8.1f %12.3f %9.3f %12.3f %9.3f\n", tasks[i], samples[k], spread[s],
                       held[0], width[0], held[1], width[1]);
            }
}

/* ---- clusters ---- */

static void clusters(int trials)
{
    static const size_t groups[] = {5, 10, 20, 40};
    enum { EACH = 10 };
    printf(
        "\nA difference of 10 pp, 10 tasks per cluster, %d tables; clusters with effects of their "
        "own (standard deviation .15)\n%10s %14s %14s\n",
        trials, "clusters", "t over tasks", "t over clusters");
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
        struct rng rng = rng_make(400 + k);
        double held[2] = {0};
        for (int t = 0; t < trials; t++) {
            double d[40 * EACH];
            size_t cluster[40 * EACH], n = groups[k] * EACH;
            for (size_t i = 0; i < n; i++) {
                static double effect;
                effect = i % EACH ? effect : .15 * rng_normal(&rng);
                double u = rng_double(&rng), mean = fmax(-.9, fmin(.9, .1 + effect));
                d[i] = u < .3 + mean / 2 ? 1 : u < .6 ? -1 : 0; /* mean: mean */
                cluster[i] = i / EACH;
            }
            held[0] += holds(stats_paired_t(d, n, LEVEL).ci, .1) / (double)trials;
            held[1] +=
                holds(stats_clustered(d, cluster, n, groups[k], LEVEL).ci, .1) / (double)trials;
        }
        printf("%10zu %14.3f %14.3f\n", groups[k], held[0], held[1]);
    }
}

/* ---- how a plan comes out ---- */

static void outlook(int trials)
{
    static const double truth[] = {0, .05, .10, .20};
    enum { TASKS = 150 };
    printf("\nA claim of 5 pp, %d tasks x 1 sample, rate of the second arm .4: said before, and "
           "happened in %d runs\n%12s %16s %16s %16s\n",
           TASKS, trials, "truth, pp", "met", "not met", "cannot tell");
    for (size_t k = 0; k < sizeof truth / sizeof *truth; k++) {
        struct scene s = {"", .4 + truth[k], .4, 0, 1};
        double a = s.a, b = s.b, var = a * (1 - a) + b * (1 - b), ends[3] = {0};
        struct stats_outlook say =
            stats_outlook(truth[k] - .05, sqrt(var / TASKS), TASKS - 1, LEVEL);
        struct rng rng = rng_make(500 + k);
        for (int t = 0; t < trials; t++) {
            double d[TASKS];
            for (int i = 0; i < TASKS; i++)
                d[i] = difference(&rng, &s);
            struct stats_ci ci = stats_paired_t(d, TASKS, LEVEL).ci;
            ends[ci.low > .05 ? 0 : ci.high < .05 ? 1 : 2] += 1.0 / trials;
        }
        printf("%12.0f %8.3f %7.3f %8.3f %7.3f %8.3f %7.3f\n", 100 * truth[k], say.above, ends[0],
               say.below, ends[1], say.open, ends[2]);
    }
}

int main(int argc, char **argv)
{
    int trials = argc > 1 ? atoi(argv[1]) : 2000;
    if (trials < 1) {
        fprintf(stderr, "usage: stats_coverage [TRIALS]\n");
        return 2;
    }
    stopping_level(trials);
    stopping_power(trials);
    rates(trials);
    clusters(trials);
    outlook(trials);
    return 0;
}
