/* summary.json: the report's numbers for programs. */
#include "base/json.h"
#include "analysis/analysis.h"
#include "report/estimate_json.h"
#include "report/failures_json.h"
#include "analysis/headline.h"
#include "analysis/learning.h"
#include "analysis/sensitivity.h"
#include "report/report.h"
#include "report/sections.h"
#include "analysis/time_to_solve.h"
#include "analysis/conclusion.h"

static json_t *arm_json(const struct analysis_run *run, const struct analysis_arm *a)
{
    json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:o}", "name", a->name, "tasks",
                          (json_int_t)a->tasks, "episodes", (json_int_t)a->episodes, "solved",
                          (json_int_t)a->solved, "pass@1", estimate_json(a->pass_1));
    if (run->samples > 1)
        json_object_set_new(o, arena_printf(run->arena, "pass@%d", run->samples),
                            estimate_json(a->pass_k));
    json_object_set_new(o, "solve_seconds_median", estimate_json(a->solve_s));
    json_object_set_new(o, "iterations", estimate_json(a->iterations));
    json_object_set_new(o, "calls", estimate_json(a->calls));
    json_object_set_new(o, "tool_runs", estimate_json(a->tool_runs));
    json_object_set_new(o, "seconds", estimate_json(a->seconds));
    json_object_set_new(o, "generated_tokens", estimate_json(a->generated_tokens));
    json_object_set_new(o, "prompt_tokens", estimate_json(a->prompt_tokens));
    return o;
}

static json_t *pair_json(const struct analysis_pair *p)
{
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:f, s:f}}", "a", p->a,
                     "b", p->b, "pass@1", estimate_json(p->pass_1), "interval",
                     str_eq(p->method, "Tango") ? "tango" : p->method, "p", number_json(p->p),
                     "equivalence_p", number_json(p->equivalence_p), "majority", "only_a",
                     (json_int_t)p->majority.b, "only_b", (json_int_t)p->majority.c, "both",
                     (json_int_t)p->both, "neither", (json_int_t)p->neither, "mcnemar_p",
                     p->majority.exact, "mcnemar_midp", p->majority.midp);
}

static json_t *sensitivity_json(const struct analysis_run *run)
{
    json_t *list = json_array();
    for (size_t b = 1; b < run->n_arms; b++) {
        struct analysis_sensitivity s = analysis_sensitivity(run, 0, b);
        struct stats_estimate odds = {s.odds.ratio, s.odds.ci, (long)s.odds.informative};
        json_t *o =
            json_pack("{s:s, s:s, s:o, s:o}", "a", run->arms[0], "b", run->arms[b], "odds_ratio",
                      estimate_json(odds), "odds_ratio_p", number_json(s.odds.p));
        if (run->n_clusters) {
            struct stats_estimate e = {s.clusters.mean, s.clusters.ci, (long)s.clusters.n};
            json_object_set_new(o, "clustered_by", json_string(run->clustered_by));
            json_object_set_new(o, "clustered", estimate_json(e));
            json_object_set_new(o, "clustered_p", number_json(s.clusters.p));
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *verdicts_json(const struct analysis_run *run)
{
    json_t *list = json_array();
    size_t n;
    const struct analysis_conclusion *v = analysis_conclusions(run, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:s}", "name",
                      v[i].name, "verdict", analysis_outcome_name(v[i].outcome), "statement",
                      v[i].statement, "metric", v[i].metric, "estimate",
                      estimate_json(v[i].estimate), "threshold", number_json(v[i].threshold), "p",
                      number_json(v[i].p), "p_holm", number_json(v[i].p_adjusted), "tasks_to_tell",
                      v[i].needed < 0 ? json_null() : json_integer(v[i].needed), "equivalent",
                      v[i].equivalent, "equivalence_p", number_json(v[i].equivalent_p), "sentence",
                      v[i].sentence);
        if (v[i].limit)
            json_object_set_new(o, "limit", json_string(v[i].limit));
        if (v[i].part_of)
            json_object_set_new(o, "part_of", json_string(v[i].part_of));
        if (v[i].anytime)
            json_object_set_new(o, "anytime", json_true());
        json_object_set_new(o, "superiority_p", number_json(v[i].null_p));
        if (v[i].added)
            json_object_set_new(o, "added", json_string(v[i].added));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *headline_json(const struct analysis_run *run)
{
    struct analysis_headline h = analysis_headline(run);
    return json_pack("{s:s, s:s, s:s, s:s}", "word", h.word, "outcome",
                     analysis_outcome_name(h.outcome), "sentence", h.sentence, "question",
                     h.question);
}

static json_t *caps_json(const struct analysis_run *run)
{
    json_t *list = json_array();
    size_t n;
    const struct analysis_cap *caps = analysis_caps(run, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *arms = json_object();
        for (size_t a = 0; a < run->n_arms; a++) {
            const struct analysis_spent *s = &caps[i].arms[a];
            json_object_set_new(arms, run->arms[a],
                                json_pack("{s:o, s:o, s:o, s:I}", "mean", estimate_json(s->mean),
                                          "p95", number_json(s->p95), "max", number_json(s->max),
                                          "ended_by_it", (json_int_t)s->hit));
        }
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o}", "of", caps[i].name, "allowed",
                            caps[i].allowed > 0 ? number_json(caps[i].allowed) : json_null(),
                            "arms", arms));
    }
    return list;
}

static json_t *time_json(const struct analysis_run *run)
{
    struct analysis_survival s = analysis_survival(run);
    json_t *arms = json_object(), *gaps = json_array();
    for (size_t a = 0; a < run->n_arms; a++)
        json_object_set_new(arms, run->arms[a], estimate_json(s.rmst[a]));
    for (size_t b = 1; b < run->n_arms; b++)
        json_array_append_new(gaps,
                              json_pack("{s:s, s:s, s:o, s:o, s:o}", "a", run->arms[0], "b",
                                        run->arms[b], "rmst", estimate_json(s.rmst_gap[b - 1]), "p",
                                        number_json(s.rmst_p[b - 1]), "logrank_p",
                                        number_json(s.logrank[b - 1].p)));
    return json_pack("{s:o, s:o, s:o}", "tau", number_json(s.tau), "rmst", arms, "comparisons",
                     gaps);
}

static void add_slice(json_t *o, const struct analysis_run *run, const struct analysis_slice *s)
{
    json_t *arms = json_array(), *pairs = json_array();
    for (size_t a = 0; a < run->n_arms; a++)
        json_array_append_new(arms, arm_json(run, &s->arms[a]));
    for (size_t b = 1; b < run->n_arms; b++)
        json_array_append_new(pairs, pair_json(&s->pairs[b - 1]));
    json_object_set_new(o, "tasks", json_integer(s->tasks));
    json_object_set_new(o, "arms", arms);
    json_object_set_new(o, "comparisons", pairs);
}

static void add_slices(json_t *list, const struct analysis_run *run, bool by_group, bool by_steps)
{
    size_t n;
    const struct analysis_slice *slices = analysis_slices(run, by_group, by_steps, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        if (by_group)
            json_object_set_new(o, "group", json_string(run->groups[slices[i].group]));
        if (by_steps)
            json_object_set_new(o, "steps", json_integer(slices[i].steps));
        add_slice(o, run, &slices[i]);
        json_array_append_new(list, o);
    }
}

json_t *report_summary_json(const struct analysis_run *run)
{
    static const char *const facts[] = {"status", "config_hash", "model", "suite", "prompts"};
    const json_t *m = run->manifest.json;
    json_t *o = json_pack("{s:s}", "experiment", run->manifest.experiment);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (json_object_get(m, facts[i]))
            json_object_set(o, facts[i], json_object_get(m, facts[i]));
    json_object_set_new(o, "episodes",
                        json_pack("{s:I, s:I, s:I, s:I}", "planned", (json_int_t)run->episodes,
                                  "done", (json_int_t)run->done, "error", (json_int_t)run->faults,
                                  "pending", (json_int_t)run->pending));
    json_object_set_new(o, "sets",
                        json_pack("{s:I, s:I, s:I}", "complete", (json_int_t)run->sets, "dropped",
                                  (json_int_t)run->dropped, "unfinished",
                                  (json_int_t)run->unfinished));
    json_object_set_new(o, "samples", json_integer(run->samples));
    json_object_set_new(o, "confidence", json_real(0.95));
    if (run->n_arms == 0)
        return o;
    json_object_set_new(o, "headline", headline_json(run));
    if (run->manifest.decided)
        json_object_set(o, "decided", (json_t *)run->manifest.decided);
    if (run->sets > 0)
        json_object_set_new(o, "verdicts", verdicts_json(run));
    json_t *grading CLEANUP_JSON = grading_json(run);
    if (grading)
        json_object_set(o, "grading", grading);
    json_t *money CLEANUP_JSON = money_json(run);
    if (money)
        json_object_set(o, "cost", money);
    struct analysis_learning learning;
    if (analysis_learning(run, &learning)) {
        json_object_set_new(o, "learning", learning_json(&learning));
        return o;
    }
    struct analysis_slice all = analysis_slice(run, -1, -1);
    add_slice(o, run, &all);
    if (run->sets > 0) {
        json_object_set_new(o, "sensitivity", sensitivity_json(run));
        json_object_set_new(o, "time_to_solve", time_json(run));
        json_object_set_new(o, "budget", caps_json(run));
        json_object_set_new(o, "failures", report_failures_json(run));
        json_t *samples CLEANUP_JSON = samples_json(run), *tester CLEANUP_JSON = tester_json(run);
        if (samples)
            json_object_set(o, "samples_differ", samples);
        if (tester)
            json_object_set(o, "tester", tester);
    }
    json_t *slices = json_array();
    add_slices(slices, run, true, false);
    add_slices(slices, run, false, true);
    add_slices(slices, run, true, true);
    json_object_set_new(o, "slices", slices);
    return o;
}
