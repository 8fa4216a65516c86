/* What greedy requests do when they are repeated, and how fast they are answered. Times are those
 * of the record, of service alone: queueing is not counted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/calibration_evidence.h"
#include "base/mem.h"
#include "base/str.h"
#include "stats/rate.h"
#include "stats/summary.h"

/* Of the tasks asked in both ways: where the texts differ. other_arm NULL = the benchmark's own. */
static json_t *compare(const struct calibration_replies *alone,
                       const struct calibration_replies *other, const char *other_arm)
{
    json_t *tasks = json_array();
    size_t n = 0;
    for (size_t i = 0; i < alone->n; i++) {
        const struct calibration_reply *a = &alone->of[i];
        const struct calibration_reply *b =
            str_eq(a->arm, "alone") ? calibration_find(other, other_arm, a->task) : NULL;
        if (!b)
            continue;
        n++;
        if (!str_eq(a->text, b->text) || !str_eq(a->reasoning, b->reasoning))
            json_array_append_new(tasks, json_string(a->task));
    }
    size_t differ = json_array_size(tasks);
    struct stats_ci ci = n ? stats_wilson((double)differ, (double)n, 0.95) : (struct stats_ci){0};
    return json_pack("{s:I, s:I, s:f, s:f, s:o}", "n", (json_int_t)n, "differ", (json_int_t)differ,
                     "low", 100 * ci.low, "high", 100 * ci.high, "tasks", tasks);
}

static double median_first_token(const struct calibration_replies *r, const char *arm)
{
    double *x CLEANUP_FREE = xcalloc(r->n + 1, sizeof *x);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->of[i].arm, arm))
            x[n++] = r->of[i].first_token_s;
    return stats_quantile(x, n, 0.5);
}

static void set_number(json_t *o, const char *key, double value)
{
    if (isfinite(value))
        json_object_set_new(o, key, json_real(value));
}

struct pace {
    double written, read, seconds, first_seconds;
    size_t n;
};

static struct pace pace_of(const struct calibration_replies *r, const char *arm)
{
    struct pace p = {0};
    for (size_t i = 0; i < r->n; i++) {
        const struct calibration_reply *c = &r->of[i];
        if (arm && !str_eq(c->arm, arm))
            continue;
        p.written += c->generated_tokens;
        p.read += c->prompt_tokens;
        p.seconds += c->total_s;
        p.first_seconds += c->first_token_s;
        p.n++;
    }
    return p;
}

/* Tokens written per second of service, prompts included. */
static json_t *speed_json(struct pace p, long long at_once)
{
    json_t *o = json_pack("{s:I, s:I}", "n", (json_int_t)p.n, "at_once", (json_int_t)at_once);
    set_number(o, "tokens_per_s", (double)at_once * p.written / p.seconds);
    set_number(o, "prompt_tokens_per_s", (double)at_once * p.read / p.first_seconds);
    return o;
}

void calibration_add_repeats(const struct calibration_evidence *e,
                             const struct calibration_replies *repeats, json_t *out)
{
    long long at_once = json_get_int(e->facts->server, "connections", 1);
    json_t *speed = json_object(), *o = json_object();
    json_object_set_new(speed, "busy", speed_json(pace_of(e->replies, NULL), at_once));
    json_object_set_new(out, "speed", speed);
    if (repeats->n == 0) {
        json_decref(o);
        return;
    }
    json_object_set_new(speed, "alone", speed_json(pace_of(repeats, "alone"), 1));
    json_object_set_new(o, "alone_again", compare(repeats, repeats, "again"));
    json_object_set_new(o, "at_once_again", compare(repeats, repeats, "cached"));
    if (at_once > 1)
        json_object_set_new(o, "busy", compare(repeats, e->replies, NULL));
    json_object_set_new(o, "connections", json_integer(at_once));
    set_number(o, "first_token_s", median_first_token(repeats, "alone"));
    set_number(o, "first_token_cached_s", median_first_token(repeats, "cached"));
    json_object_set_new(out, "repeats", o);
}
