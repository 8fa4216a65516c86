/* See forecast.h. */
#include "experiment/forecast.h"
#include <math.h>
#include "base/str.h"
#include "store/prices.h"

static const double UNSEEN = 0.1; /* what the scatter of episodes does not show */

void forecast_values(const struct store_episode *row, const struct prices *prices,
                     double out[FORECAST_KINDS])
{
    out[FORECAST_COST] = prices ? prices_episode(prices, row) : 0;
    out[FORECAST_CALLS] = row->calls;
    out[FORECAST_GENERATED] = (double)row->generated_tokens;
    out[FORECAST_TOKENS] = (double)(row->prompt_tokens + row->generated_tokens);
    out[FORECAST_SECONDS] = row->seconds + row->queue_seconds;
}

void forecast_note(struct forecast_seen *seen, const double value[FORECAST_KINDS])
{
    seen->n++;
    for (int k = 0; k < FORECAST_KINDS; k++) {
        seen->sum[k] += value[k];
        seen->squares[k] += value[k] * value[k];
    }
}

double forecast_mean(const struct forecast_seen *seen, enum forecast_kind kind)
{
    return seen->n ? seen->sum[kind] / (double)seen->n : NAN;
}

/* Of one episode; one alone may be anything up to twice itself. */
static double variance(const struct forecast_seen *seen, enum forecast_kind kind)
{
    double n = (double)seen->n, mean = forecast_mean(seen, kind);
    return seen->n > 1 ? fmax(0, (seen->squares[kind] - n * mean * mean) / (n - 1)) : mean * mean;
}

static struct forecast_seen all_of(const struct forecast_seen *seen, size_t n)
{
    struct forecast_seen all = {0};
    for (size_t i = 0; i < n; i++) {
        all.n += seen[i].n;
        for (int k = 0; k < FORECAST_KINDS; k++)
            all.sum[k] += seen[i].sum[k];
    }
    return all;
}

struct forecast_range forecast_total(const struct forecast_seen *seen, const size_t *left,
                                     size_t n_arms, enum forecast_kind kind)
{
    struct forecast_seen all = all_of(seen, n_arms);
    double total = 0, var = 0;
    for (size_t i = 0; i < n_arms; i++) {
        bool known = seen[i].n > 0;
        double k = (double)left[i], mean = forecast_mean(known ? &seen[i] : &all, kind);
        double v = known ? variance(&seen[i], kind) : mean * mean;
        total += left[i] ? k * mean : 0;
        var += left[i] ? k * v + k * k * v / (known ? (double)seen[i].n : 1) : 0;
    }
    if (isnan(total))
        return (struct forecast_range){NAN, NAN, NAN};
    if (total <= 0)
        return (struct forecast_range){0, 0, 0};
    double factor = 1 + hypot(2 * sqrt(var) / total, UNSEEN);
    return (struct forecast_range){total, total / factor, total * factor};
}

struct forecast_range forecast_wall(struct forecast_range s, int workers, int workers_seen)
{
    double now = workers > 0 ? workers : 1, then = workers_seen > 0 ? workers_seen : now;
    return (struct forecast_range){s.value / fmin(now, then), s.low / fmax(now, then),
                                   s.high / fmin(now, then)};
}

/* ---- for people ---- */

void forecast_add_count(struct str *out, double x)
{
    if (x >= 999500)
        str_addf(out, x < 9.95e6 ? "%.1f million" : "%.0f million", x / 1e6);
    else if (x >= 9950)
        str_addf(out, "%.0f thousand", x / 1000);
    else if (x >= 995)
        str_addf(out, "%.1f thousand", x / 1000);
    else
        str_addf(out, "%.0f", x);
}

struct time_unit {
    const char *name;
    double seconds, up_to; /* up_to: in seconds */
    int digits;
};

/* By what the larger end is shown in. */
static const struct time_unit *unit_of(double seconds)
{
    static const struct time_unit units[] = {{"s", 1, 99.5, 0},
                                             {"min", 60, 99.5 * 60, 0},
                                             {"h", 3600, 48 * 3600.0, 1},
                                             {"days", 86400, INFINITY, 1}};
    size_t i = 0;
    while (seconds >= units[i].up_to)
        i++;
    return &units[i];
}

static void add_in(struct str *out, double seconds, const struct time_unit *u)
{
    double x = seconds / u->seconds;
    str_addf(out, "%.*f", x >= 9.95 ? 0 : u->digits, x);
}

void forecast_add_time(struct str *out, double seconds)
{
    const struct time_unit *u = unit_of(seconds);
    add_in(out, seconds, u);
    str_addf(out, " %s", u->name);
}

void forecast_add_times(struct str *out, double low, double high)
{
    const struct time_unit *ul = unit_of(low), *uh = unit_of(high);
    struct str a CLEANUP_STR = {0}, b CLEANUP_STR = {0};
    add_in(&a, low, ul);
    add_in(&b, high, uh);
    if (ul != uh)
        str_addf(out, "%s %s to %s %s", str_text(&a), ul->name, str_text(&b), uh->name);
    else if (str_eq(str_text(&a), str_text(&b)))
        str_addf(out, "%s %s", str_text(&b), uh->name);
    else
        str_addf(out, "%s to %s %s", str_text(&a), str_text(&b), uh->name);
}
