/* Runs a plan: a pool of threads, one episode per thread at a time.
 *
 * Episodes that are finished in the record are not run again. A fault of server or harness marks
 * its episode as in error and the run goes on. A stop request (Ctrl-C) ends the run, and so does a
 * server that stays away (-EHOSTDOWN) or money that is spent (-ECANCELED): no more episodes are
 * handed out, those running stop at their next call and stay unfinished. The runner borrows
 * everything in its job. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "control/control.h"
#include "experiment/forecast.h"
#include "experiment/live.h"
#include "experiment/plan.h"

typedef int runner_play_fn(const struct control_env *env, const struct arm *arm,
                           const struct task *task, int sample, long long id,
                           struct transcript *out, struct arena *arena, struct err *err);

struct decide;

struct runner_job {
    runner_play_fn *play; /* control_run */
    const struct control_env *env;
    struct plan *plan; /* recorded: ids and statuses are filled */
    const struct experiment *experiment;
    int workers;                 /* episodes at once */
    const struct prices *prices; /* for what episodes cost; NULL = nothing */
    struct decide *decide;       /* no more episodes once it has decided; NULL = all are played */
};

/* Of the plan, in the experiment's order. */
struct runner_arm {
    const char *name;
    size_t total, done, solved, errors; /* finished earlier included */
    struct live_rate rate;              /* pass@1 as the report counts it */
    struct forecast_seen seen;          /* of those finished here */
};

struct runner_progress {
    const struct runner_arm *arms; /* [n_arms], a copy that lives as long as the runner */
    size_t n_arms;
    size_t total, done, errors;
    size_t done_here;        /* finished since the runner started */
    long generated_tokens;   /* of those */
    double seconds;          /* since then */
    double e_value, decides; /* of `decide`, and when it has decided; NaN without one */
    bool over;
};

struct runner;

int runner_start(const struct runner_job *job, struct runner **out, struct err *err);
/* The current state, after waiting up to wait_s for the end. One thread at a time may call it. */
void runner_look(struct runner *r, double wait_s, struct runner_progress *out);
/* Waits for the end and frees the runner. Negative when the run cannot go on: the record could not
 * be written, the server is gone (-EHOSTDOWN) or the money is spent (-ECANCELED). */
int runner_finish(struct runner *r, struct err *err);
/* Is it one of the two after which the same command continues? */
bool runner_can_continue(int rc);
