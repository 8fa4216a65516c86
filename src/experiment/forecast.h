/* What the rest of a plan will take, from episodes that have been played: calls, tokens and time,
 * arm by arm, since arms differ. Pure arithmetic.
 *
 * A total is the sum over arms of (episodes left) x (mean of those seen). Its range is that of a
 * factor, 1 + r to either side: r is two standard errors of the total (the scatter of the episodes
 * left and the uncertainty of each mean), and a tenth for what scatter does not show, added in
 * quadrature. An arm that was not seen is taken for the mean of those that were, with an error as
 * large as itself. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "store/store.h"

struct prices;
struct str;

enum forecast_kind {
    FORECAST_CALLS,
    FORECAST_TOKENS,    /* read and written */
    FORECAST_GENERATED, /* written */
    FORECAST_SECONDS,   /* from first prompt to submission, queueing included */
    FORECAST_COST,      /* in money */
    FORECAST_KINDS,
};

/* Episodes of one arm. */
struct forecast_seen {
    long n;
    double sum[FORECAST_KINDS], squares[FORECAST_KINDS];
};

/* NaN throughout: nothing was seen. */
struct forecast_range {
    double value, low, high;
};

/* What an episode took, by kind. prices: NULL = it costs nothing; else its shares are filled. */
void forecast_values(const struct store_episode *row, const struct prices *prices,
                     double out[FORECAST_KINDS]);
void forecast_note(struct forecast_seen *seen, const double value[FORECAST_KINDS]);
/* An arm's mean per episode; NaN when none was seen. */
double forecast_mean(const struct forecast_seen *seen, enum forecast_kind kind);
/* Of all arms: left[i] episodes of arm i, of which seen[i] was seen. */
struct forecast_range forecast_total(const struct forecast_seen *seen, const size_t *left,
                                     size_t n_arms, enum forecast_kind kind);
/* The seconds until the plan is over, `workers` episodes at once: the total's divided by them, and
 * by those of the record seen; where these differ, the range holds both ends, a machine that is
 * busy with one and one that is not. */
struct forecast_range forecast_wall(struct forecast_range seconds, int workers, int workers_seen);
/* "240", "5.3 thousand", "310 thousand", "1.2 million": two digits that mean something. */
void forecast_add_count(struct str *out, double x);
/* "40 s", "25 min", "3.1 h", "2.5 days". */
void forecast_add_time(struct str *out, double seconds);
/* "25 to 40 min", "50 s to 2 min"; one value where both ends round to it. */
void forecast_add_times(struct str *out, double low, double high);
