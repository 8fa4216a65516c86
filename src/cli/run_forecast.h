/* What a run will take: said before it starts, in the dry run, and on the progress line. It rests
 * on a record, in this order: this run's own, when it is continued; the pilot that the user names;
 * the calibration of this set-up. Without any it is said after the first episodes. */
#pragma once
#include <stdbool.h>
#include "base/json.h"
#include "experiment/forecast.h"
#include "experiment/runner.h"

struct run_args;
struct run_job;

enum { FORECAST_EPISODES = 10 }; /* of this run, from which on it speaks for itself */

struct run_forecast {
    struct forecast_seen *seen; /* [n_arms] of the experiment */
    size_t *left;               /* [n_arms] */
    const char **names;         /* [n_arms] */
    size_t n_arms, left_all;
    long n;                      /* episodes seen */
    const struct prices *prices; /* of the run; NULL = none */
    int workers, workers_seen;   /* at once: here (0 = not known), and in that record */
    bool one_call;               /* a calibration: one call an episode, more here */
    double most[FORECAST_KINDS]; /* for one_call: of an episode by the caps; INFINITY = no cap */
    char *source;                /* in words; NULL = nothing is known */
};

/* Fills job->forecast. A pilot that is no run is bad input. */
int run_forecast_open(const struct run_args *args, struct run_job *job, struct err *err);
/* Once the record is open: what it holds already takes precedence over everything else. */
int run_forecast_continue(struct run_job *job, struct err *err);
void run_forecast_free(struct run_forecast *f);
/* Lines of the dry run, on stdout; the same as JSON, null where nothing is known; on stderr before
 * the first call, unless no server is asked. */
void run_forecast_show(const struct run_job *job);
json_t *run_forecast_json(const struct run_job *job);
void run_forecast_say(const struct run_job *job);
/* Adds ", which will cost 1.20 to 2.10 USD"; nothing without prices. */
void run_forecast_add_cost(const struct run_job *job, struct str *out);
/* Is it time to say it, because nobody could before and enough episodes are finished? */
bool run_forecast_ready(const struct run_job *job, const struct runner_progress *p);
/* The rest of a run that goes on, in a line, from its own episodes. Caller frees. */
char *run_forecast_line(const struct run_job *job, const struct runner_progress *p);
/* The seconds that are left, in a range: of the episodes played here once there are enough of them,
 * else of the forecast; NaN while nothing is known. */
struct forecast_range run_forecast_left(const struct run_job *job, const struct runner_progress *p);
