/* See calibration.h. */
#include "analysis/calibration.h"
#include <string.h>
#include "analysis/calibration_evidence.h"
#include "analysis/model_words.h"
#include "base/mem.h"
#include "base/str.h"

enum { CALIBRATION_SCHEMA = 1 };

/* The row of the name that is asked for, else that of the file it is served from. */
static const struct published_model *find_model(const struct calibration_facts *f)
{
    const struct published_model *m =
        published_find(f->table, json_get_str(f->model, "name", NULL));
    const char *file = json_get_str(f->model, "file", json_get_str(f->model, "root", NULL));
    return m ? m : published_find(f->table, file);
}

/* As the server says, else as the name does; "" = not told. Caller frees. */
static char *quantisation_of(const json_t *model)
{
    const char *told = json_get_str(model, "quantization", "");
    if (*told)
        return xstrdup(told);
    char *named = words_quantisation(json_get_str(model, "name", ""));
    if (*named)
        return named;
    free(named);
    return words_quantisation(json_get_str(model, "file", json_get_str(model, "root", "")));
}

struct ours {
    size_t solved, n;
    struct stats_ci ci; /* in per cent */
};

static struct ours count_solved(const struct calibration_replies *r)
{
    struct ours o = {.n = r->n};
    for (size_t i = 0; i < r->n; i++)
        o.solved += r->of[i].passed;
    if (o.n) {
        struct stats_ci ci = stats_wilson((double)o.solved, (double)o.n, 0.95);
        o.ci = (struct stats_ci){100 * ci.low, 100 * ci.high};
    }
    return o;
}

static json_t *value_json(const struct published_value *v, struct ours o, double loss)
{
    return json_pack("{s:f, s:f, s:s, s:s, s:s, s:b, s:s}", "value", v->percent, "least",
                     v->percent - loss, "quantisation", v->quantisation, "protocol", v->protocol,
                     "source", v->source, "secondary", (int)v->secondary, "conclusion",
                     published_verdict_name(published_judge(o.ci, v->percent, loss)));
}

/* Why there is nothing to be held against. Caller frees. */
static char *why_unknown(const struct calibration_facts *f, const struct published_model *m)
{
    const char *name = json_get_str(f->model, "name", "");
    if (m)
        return xasprintf("the table has %s, but no value of it on %s", m->name, f->suite);
    return xasprintf(
        "no row of the table is named like %s (base models and fine-tunes have rows of "
        "their own)",
        *name ? name : "this model");
}

static char *why(const struct published_value *v, enum published_verdict verdict, struct ours o,
                 double loss)
{
    double least = v->percent - loss;
    if (verdict == PUBLISHED_LOWER)
        return xasprintf("the interval ends at %.1f, below %.1f", o.ci.high, least);
    if (verdict == PUBLISHED_HIGHER)
        return xasprintf("the interval begins at %.1f, above %.1f", o.ci.low, v->percent);
    if (verdict == PUBLISHED_OPEN)
        return xasprintf(
            "the interval begins at %.1f, so that even %.0f points below %.1f, as wrong "
            "set-ups come out, would not show; more tasks would tell",
            o.ci.low, PUBLISHED_REACH, least);
    return xasprintf("the interval %.1f to %.1f meets %.1f to %.1f", o.ci.low, o.ci.high, least,
                     v->percent);
}

static void conclude(const struct calibration_facts *f, const struct published_model *m,
                     struct ours o, json_t *out)
{
    char *quantisation CLEANUP_FREE = quantisation_of(f->model), *sentence CLEANUP_FREE = NULL;
    double loss = 0;
    size_t at = 0;
    bool known = published_loss(f->table, quantisation, &loss);
    const struct published_value *v = published_next(m, f->suite, &at), *first = v;
    json_t *values = json_array();
    enum published_verdict verdict = PUBLISHED_UNKNOWN;
    for (; v; v = published_next(m, f->suite, &at))
        json_array_append_new(values, value_json(v, o, loss));
    if (first && o.n) {
        verdict = published_judge(o.ci, first->percent, loss);
        sentence = why(first, verdict, o, loss);
    } else {
        sentence = o.n ? why_unknown(f, m) : xstrdup("no task has been played");
    }
    json_object_set_new(out, "quantisation", json_string(quantisation));
    json_object_set_new(out, "loss", json_real(loss));
    json_object_set_new(out, "loss_known", json_boolean(known));
    if (m)
        json_object_set_new(out, "published_model", json_string(m->name));
    json_object_set_new(out, "published", values);
    json_object_set_new(out, "conclusion", json_string(published_verdict_name(verdict)));
    json_object_set_new(out, "why", json_string(sentence));
}

int calibration_make(const struct calibration_facts *f, json_t **out, struct err *err)
{
    struct calibration_replies played = {0}, repeats = {0};
    struct arena *arena = arena_new();
    int rc = calibration_read(f->record, arena, &played, err);
    if (rc == 0 && f->repeats)
        rc = calibration_read(f->repeats, arena, &repeats, err);
    if (rc == 0) {
        struct ours o = count_solved(&played);
        struct calibration_evidence e = {f, &played, find_model(f), arena};
        json_t *all = json_pack(
            "{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "schema", CALIBRATION_SCHEMA,
            "suite", f->suite, "n_tasks", (json_int_t)f->n_tasks, "max_tokens",
            (json_int_t)f->max_tokens, "solved", (json_int_t)o.solved, "n", (json_int_t)o.n,
            "faults", (json_int_t)played.faults, "open", (json_int_t)played.open, "value",
            o.n ? 100.0 * (double)o.solved / (double)o.n : 0, "low", o.ci.low, "high", o.ci.high);
        json_object_set(all, "model", (json_t *)f->model);
        conclude(f, e.model, o, all);
        json_object_set_new(all, "causes", calibration_causes(&e));
        calibration_add_repeats(&e, &repeats, all);
        *out = all;
    }
    free(played.of);
    free(repeats.of);
    arena_free(arena);
    return rc;
}
