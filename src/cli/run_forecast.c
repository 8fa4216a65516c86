/* See run_forecast.h. */
#include "cli/run_forecast.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/find_run.h"
#include "cli/run_args.h"
#include "cli/run_job.h"
#include "cli/run_steps.h"
#include "experiment/calibrated.h"
#include "model/model.h"

/* ---- what it rests on ---- */

struct reading {
    const struct run_job *job;
    struct store *store;
    struct run_forecast *f;
    bool any_arm; /* a calibration's one arm stands for all */
};

static int note_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct reading *r = ctx;
    double value[FORECAST_KINDS];
    if (row->status != STORE_DONE)
        return 0;
    struct arena *arena = arena_new();
    struct store_episode whole = *row;
    int rc = r->f->prices ? store_read_spent(r->store, id, &whole, arena, NULL) : 0;
    forecast_values(&whole, r->f->prices, value);
    arena_free(arena);
    if (rc < 0)
        return rc;
    bool used = false;
    for (size_t i = 0; i < r->f->n_arms; i++) {
        if (!r->any_arm && !str_eq(r->f->names[i], row->arm))
            continue;
        forecast_note(&r->f->seen[i], value);
        used = true;
    }
    r->f->n += used;
    return 0;
}

static void forget(struct run_forecast *f)
{
    for (size_t i = 0; i < f->n_arms; i++)
        f->seen[i] = (struct forecast_seen){0};
    f->n = 0;
    f->one_call = false;
    free(f->source);
    f->source = NULL;
}

/* *model: the name in its manifest, for people; caller frees. */
static int read_record(struct reading *r, const char *db, char **model, struct err *err)
{
    struct store *store = NULL;
    struct manifest m = {0};
    int rc = store_open(db, STORE_READ, &store, err);
    if (rc == 0)
        rc = manifest_read(store, &m, err);
    if (rc >= 0) {
        r->f->workers_seen = (int)json_get_int(m.json, "workers", 1);
        *model = xstrdup(m.model.name ? m.model.name : "");
        manifest_free(&m);
        r->store = store;
        rc = store_episodes(store, note_episode, r, err);
    }
    store_close(store);
    return rc;
}

static int read_pilot(struct reading *r, const char *name, struct err *err)
{
    char *db CLEANUP_FREE = NULL, *model CLEANUP_FREE = NULL;
    const char *mine = json_get_str(run_real_model(r->job), "name", "");
    int rc = find_run(name, &db, err);
    if (rc == 0)
        rc = read_record(r, db, &model, err);
    if (rc == 0 && r->f->n == 0)
        return err_input(err, "%s has no finished episode of these arms to learn from", name);
    if (rc == 0)
        r->f->source = xasprintf("%s (%ld episodes%s%s)", name, r->f->n,
                                 str_eq(model, mine) ? "" : " of another model, ",
                                 str_eq(model, mine) ? "" : model);
    return rc < 0 ? err_prefix(err, "--pilot") : 0;
}

static double least(double a, double b)
{
    return b > 0 ? fmin(a, b) : a;
}

/* Of an episode whose calls are like the calibration's, until a cap ends it. */
static void find_most(struct run_forecast *f, const struct budget *b)
{
    double mean[FORECAST_KINDS], calls = INFINITY;
    for (int k = 0; k < FORECAST_KINDS; k++)
        mean[k] = forecast_mean(&f->seen[0], (enum forecast_kind)k);
    calls = least(calls, b->max_calls);
    calls = least(calls, (double)b->max_total_tokens / mean[FORECAST_TOKENS]);
    calls = least(calls, (double)b->max_generated_tokens / mean[FORECAST_GENERATED]);
    calls = fmax(1, least(calls, b->max_seconds / mean[FORECAST_SECONDS]));
    for (int k = 0; k < FORECAST_KINDS; k++)
        f->most[k] = calls * mean[k];
    f->most[FORECAST_CALLS] = calls;
}

/* That its record is gone or cannot be read is no fault of this run. */
static void read_calibration(struct reading *r, const char *outdir)
{
    json_t *c CLEANUP_JSON = calibrated_find(outdir, run_real_model(r->job), r->job->model != NULL);
    const char *path = json_get_str(c, "path", "");
    char *db CLEANUP_FREE = file_join(path, "run.db"), *model CLEANUP_FREE = NULL;
    struct err ignored = {0};
    r->any_arm = r->f->one_call = true;
    if (!c || !file_exists(db) || read_record(r, db, &model, &ignored) < 0 || r->f->n == 0)
        return forget(r->f);
    find_most(r->f, &r->job->experiment.budget);
    r->f->source = xasprintf("the calibration %s (%ld calls on %s)", path, r->f->n,
                             json_get_str(c, "suite", "its suite"));
}

static void count_left(const struct run_job *job, struct run_forecast *f)
{
    f->left_all = 0;
    for (size_t i = 0; i < f->n_arms; i++)
        f->left[i] = 0;
    for (size_t i = 0; i < job->plan.n; i++) {
        bool open = job->plan.items[i].status != STORE_DONE;
        f->left[job->plan.arms[i] - job->experiment.arms] += open;
        f->left_all += open;
    }
}

/* A model of a server is waited for; the others answer within a moment, or at a known rate. */
static bool asks_server(const struct run_job *job)
{
    return model_can(json_get_str(job->identity, "backend", ""), MODEL_SERVER);
}

int run_forecast_open(const struct run_args *args, struct run_job *job, struct err *err)
{
    struct run_forecast *f = xcalloc(1, sizeof *f);
    struct reading r = {.job = job, .f = f};
    job->forecast = f;
    f->prices = job->prices.currency ? &job->prices : NULL;
    f->n_arms = job->experiment.n_arms;
    f->seen = xcalloc(f->n_arms + 1, sizeof *f->seen);
    f->left = xcalloc(f->n_arms + 1, sizeof *f->left);
    f->names = xcalloc(f->n_arms + 1, sizeof *f->names);
    for (size_t i = 0; i < f->n_arms; i++)
        f->names[i] = job->experiment.arms[i].name;
    f->workers = job->workers;
    count_left(job, f);
    if (args->pilot)
        return read_pilot(&r, args->pilot, err);
    if (asks_server(job))
        read_calibration(&r, args->outdir);
    return 0;
}

int run_forecast_continue(struct run_job *job, struct err *err)
{
    struct run_forecast *f = job->forecast;
    struct reading r = {.job = job, .store = job->store, .f = f};
    long done = 0;
    for (size_t i = 0; i < job->plan.n; i++)
        done += job->plan.items[i].status == STORE_DONE;
    count_left(job, f);
    if (done < FORECAST_EPISODES)
        return 0;
    forget(f);
    f->workers_seen = f->workers;
    int rc = store_episodes(job->store, note_episode, &r, err);
    f->source = xasprintf("the %ld episodes that are done", f->n);
    return rc < 0 ? rc : 0;
}

void run_forecast_free(struct run_forecast *f)
{
    if (!f)
        return;
    free(f->seen);
    free(f->left);
    free(f->names);
    free(f->source);
    free(f);
}

/* ---- in words ---- */

static struct forecast_range total_of(const struct run_forecast *f, enum forecast_kind kind)
{
    struct forecast_range r = forecast_total(f->seen, f->left, f->n_arms, kind);
    if (!f->one_call)
        return r;
    if (kind == FORECAST_CALLS)
        r.low = (double)f->left_all;
    r.high = fmax(r.low, f->most[kind] * (double)f->left_all);
    return r;
}

static struct forecast_range hours_of(const struct run_forecast *f)
{
    return forecast_wall(total_of(f, FORECAST_SECONDS), f->workers ? f->workers : f->workers_seen,
                         f->workers_seen);
}

static void add_money(struct str *out, const struct run_forecast *f)
{
    struct forecast_range r = total_of(f, FORECAST_COST);
    if (isinf(r.high))
        str_add(out, "at least ");
    prices_add_amount(out, r.low);
    if (!isinf(r.high)) {
        str_add(out, " to ");
        prices_add_amount(out, r.high);
    }
    str_addf(out, " %s", f->prices->currency);
}

static void add_counts(struct str *out, struct forecast_range r, const char *what)
{
    if (isinf(r.high)) {
        str_add(out, "at least ");
        forecast_add_count(out, r.low);
    } else {
        forecast_add_count(out, r.low);
        str_add(out, " to ");
        forecast_add_count(out, r.high);
    }
    str_add(out, what);
}

static void add_hours(struct str *out, struct forecast_range r)
{
    if (isinf(r.high)) {
        str_add(out, "at least ");
        forecast_add_time(out, r.low);
    } else
        forecast_add_times(out, r.low, r.high);
}

/* "470 to 790 calls, 0.9 million to 1.6 million tokens (..., written), 1.6 to 2.8 h" */
static void add_expected(struct str *out, const struct run_forecast *f, struct forecast_range hours)
{
    add_counts(out, total_of(f, FORECAST_CALLS), " calls, ");
    add_counts(out, total_of(f, FORECAST_TOKENS), " tokens, of them ");
    add_counts(out, total_of(f, FORECAST_GENERATED), " written, ");
    add_hours(out, hours);
    if (f->prices) {
        str_add(out, ", ");
        add_money(out, f);
    }
}

enum { MOST_ARMS = 8 }; /* to be told apart; a curriculum has an arm a cell */

/* "hrm 6.2 calls and 5.3 thousand tokens, flat ...": per episode */
static void add_arms(struct str *out, const struct run_forecast *f)
{
    const char *before = "";
    if (f->n_arms > MOST_ARMS) {
        str_addf(out, "%.1f calls", total_of(f, FORECAST_CALLS).value / (double)f->left_all);
        return;
    }
    for (size_t i = 0; i < f->n_arms; i++) {
        if (f->left[i] == 0)
            continue;
        str_addf(out, "%s%s ", before, f->names[i]);
        before = ", ";
        if (f->seen[i].n == 0) {
            str_add(out, "not seen, taken for the mean of the others");
            continue;
        }
        str_addf(out, "%.1f calls and ", forecast_mean(&f->seen[i], FORECAST_CALLS));
        forecast_add_count(out, forecast_mean(&f->seen[i], FORECAST_TOKENS));
        str_add(out, " tokens");
    }
}

static void add_basis(struct str *out, const struct run_forecast *f)
{
    str_addf(out, "from %s", f->source);
    if (f->one_call) {
        str_add(out, ", whose calls had ");
        forecast_add_count(out, forecast_mean(&f->seen[0], FORECAST_TOKENS));
        str_add(out, isinf(f->most[FORECAST_CALLS])
                         ? " tokens each; how many calls an episode needs is not known"
                         : " tokens each: from one call an episode to what the caps allow");
        return;
    }
    str_add(out, ", an episode of ");
    add_arms(out, f);
}

static const char unknown[] =
    "not known: neither a pilot (--pilot RUN) nor a calibration (hrm calibrate) of this set-up; "
    "said after the first 10 episodes";

void run_forecast_show(const struct run_job *job)
{
    const struct run_forecast *f = job->forecast;
    struct str s CLEANUP_STR = {0}, basis CLEANUP_STR = {0};
    if (!f || (!f->source && !asks_server(job)))
        return;
    if (!f->source) {
        printf("expects   %s\n", unknown);
        return;
    }
    add_expected(&s, f, hours_of(f));
    add_basis(&basis, f);
    printf("expects   %s\n  %s\n", str_text(&s), str_text(&basis));
}

static json_t *range_json(struct forecast_range r)
{
    return json_pack("{s:f, s:f, s:o}", "value", r.value, "low", r.low, "high",
                     isinf(r.high) ? json_null() : json_real(r.high));
}

json_t *run_forecast_json(const struct run_job *job)
{
    const struct run_forecast *f = job->forecast;
    if (!f || !f->source)
        return json_null();
    json_t *arms = json_object();
    for (size_t i = 0; i < f->n_arms; i++)
        if (f->left[i] && f->seen[i].n)
            json_object_set_new(arms, f->names[i],
                                json_pack("{s:f, s:f}", "calls",
                                          forecast_mean(&f->seen[i], FORECAST_CALLS), "tokens",
                                          forecast_mean(&f->seen[i], FORECAST_TOKENS)));
    json_t *all =
        json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "from", f->source, "episodes",
                  (json_int_t)f->left_all, "calls", range_json(total_of(f, FORECAST_CALLS)),
                  "tokens", range_json(total_of(f, FORECAST_TOKENS)), "generated_tokens",
                  range_json(total_of(f, FORECAST_GENERATED)), "seconds", range_json(hours_of(f)),
                  "per_episode", arms);
    if (f->prices) {
        json_object_set_new(all, "cost", range_json(total_of(f, FORECAST_COST)));
        json_object_set_new(all, "currency", json_string(f->prices->currency));
    }
    return all;
}

void run_forecast_add_cost(const struct run_job *job, struct str *out)
{
    const struct run_forecast *f = job->forecast;
    if (!f || !f->prices)
        return;
    if (!f->source) {
        str_add(out, ", at a cost that is not known yet");
        return;
    }
    str_add(out, ", which will cost ");
    add_money(out, f);
}

void run_forecast_say(const struct run_job *job)
{
    const struct run_forecast *f = job->forecast;
    struct str s CLEANUP_STR = {0}, basis CLEANUP_STR = {0};
    if (!asks_server(job) || f->left_all == 0)
        return;
    if (!f->source) {
        fprintf(stderr, "hrm: what %zu episodes will take is %s\n", f->left_all, unknown);
        return;
    }
    add_expected(&s, f, hours_of(f));
    add_basis(&basis, f);
    fprintf(stderr, "hrm: %zu episodes will take %s; %s\n", f->left_all, str_text(&s),
            str_text(&basis));
}

/* ---- on the way ---- */

/* Of what is left, as if nothing but the episodes played here were known. */
static struct run_forecast here_of(const struct run_job *job, const struct runner_progress *p)
{
    struct run_forecast f = {.n_arms = p->n_arms,
                             .seen = xcalloc(p->n_arms + 1, sizeof *f.seen),
                             .left = xcalloc(p->n_arms + 1, sizeof *f.left),
                             .names = xcalloc(p->n_arms + 1, sizeof *f.names),
                             .prices = job->prices.currency ? &job->prices : NULL,
                             .workers = job->workers,
                             .workers_seen = job->workers};
    for (size_t i = 0; i < p->n_arms; i++) {
        const struct runner_arm *a = &p->arms[i];
        f.seen[i] = a->seen;
        f.names[i] = a->name;
        f.left[i] = a->total - a->done - a->errors;
        f.left_all += f.left[i];
        f.n += a->seen.n;
    }
    return f;
}

static void end_here(struct run_forecast *f)
{
    free(f->seen);
    free(f->left);
    free(f->names);
}

/* Episodes under way are not finished, and the first to finish are short: the mean length is the
 * time that all workers spent, over the episodes finished. So the time left is that per finished
 * one, and its range from the scatter of their seconds. */
static struct forecast_range left_here(const struct run_forecast *f,
                                       const struct runner_progress *p)
{
    struct forecast_range s = forecast_total(f->seen, f->left, f->n_arms, FORECAST_SECONDS);
    double value = p->seconds * (double)f->left_all / (double)p->done_here;
    double factor = s.value > 0 ? s.high / s.value : 1;
    return (struct forecast_range){value, value / factor, value * factor};
}

struct forecast_range run_forecast_left(const struct run_job *job, const struct runner_progress *p)
{
    struct forecast_range none = {NAN, NAN, NAN};
    struct run_forecast here = here_of(job, p);
    struct forecast_range left = none;
    if (here.n >= FORECAST_EPISODES || (here.n > 0 && (!job->forecast || !job->forecast->source)))
        left = left_here(&here, p);
    else if (job->forecast && job->forecast->source && job->forecast->left_all) {
        double share = (double)here.left_all / (double)job->forecast->left_all;
        left = hours_of(job->forecast);
        left = (struct forecast_range){left.value * share, left.low * share, left.high * share};
    }
    end_here(&here);
    return left;
}

bool run_forecast_ready(const struct run_job *job, const struct runner_progress *p)
{
    const struct run_forecast *f = job->forecast;
    return asks_server(job) && (!f->source || f->one_call) &&
           p->done_here - p->errors >= FORECAST_EPISODES && p->done + p->errors < p->total;
}

char *run_forecast_line(const struct run_job *job, const struct runner_progress *p)
{
    struct run_forecast here = here_of(job, p);
    struct str s CLEANUP_STR = {0};
    str_addf(&s, "hrm: the other %zu episodes will take ", here.left_all);
    add_expected(&s, &here, left_here(&here, p));
    str_addf(&s, "; from the first %ld, an episode of ", here.n);
    add_arms(&s, &here);
    end_here(&here);
    return str_take(&s);
}
