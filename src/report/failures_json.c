/* The "failures" of summary.json: the numbers of failures.h. */
#include "base/json.h"
#include "analysis/failures.h"
#include "report/estimate_json.h"
#include "report/failures_json.h"

/* {"solved": {"solved": 3, "reasoning": 1}, ...}; zeros are left out. */
static json_t *sets_json(const struct analysis_confusion *c)
{
    json_t *rows = json_object();
    for (int a = 0; a < ANALYSIS_CATEGORIES; a++) {
        json_t *row = json_object();
        for (int b = 0; b < ANALYSIS_CATEGORIES; b++)
            if (c->sets[a][b])
                json_object_set_new(row, analysis_category_name(b), json_integer(c->sets[a][b]));
        if (json_object_size(row))
            json_object_set_new(rows, analysis_category_name(a), row);
        else
            json_decref(row);
    }
    return rows;
}

static json_t *misuse_json(const struct analysis_run *run, const struct analysis_misuse *m)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:{s:o, s:o, s:o}}", "codes",
                     taxonomy_text(m->codes, run->arena), "a", estimate_json(m->rate[0]), "b",
                     estimate_json(m->rate[1]), "ratio", estimate_json(m->ratio), "per_tool_run",
                     "a", estimate_json(m->per_run[0]), "b", estimate_json(m->per_run[1]), "ratio",
                     estimate_json(m->per_run_ratio));
}

static json_t *pair_json(const struct analysis_run *run, const struct analysis_confrontation *p)
{
    const struct analysis_confusion *c = &p->confusion;
    return json_pack("{s:s, s:s, s:o, s:{s:o, s:o, s:o, s:I}, s:o, s:o, s:o}", "a", run->arms[p->a],
                     "b", run->arms[p->b], "categories", sets_json(c), "stuart_maxwell", "chi2",
                     number_json(c->test.chi2), "df", number_json(c->test.df), "p",
                     number_json(c->test.p), "n", (json_int_t)c->tasks, "spec_errors",
                     misuse_json(run, &p->misuse[ANALYSIS_SPEC]), "tool_misuse",
                     misuse_json(run, &p->misuse[ANALYSIS_TOOL]), "tool_misuse_and_spec_errors",
                     misuse_json(run, &p->misuse[ANALYSIS_EITHER]));
}

static json_t *verifier_json(const struct analysis_verifier *v)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "accepted_right",
                     (json_int_t)v->accepted_right, "accepted_wrong", (json_int_t)v->accepted_wrong,
                     "rejected_right", (json_int_t)v->rejected_right, "rejected_wrong",
                     (json_int_t)v->rejected_wrong, "precision", estimate_json(v->precision),
                     "false_positive_rate", estimate_json(v->false_positive_rate), "mcc",
                     number_json(v->mcc));
}

static json_t *flags_json(const struct analysis_flag_count *counts)
{
    json_t *o = json_object();
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (counts[i].applies > 0)
            json_object_set_new(o, taxonomy_flags[i].code,
                                json_pack("{s:I, s:I}", "episodes", (json_int_t)counts[i].holds,
                                          "applicable", (json_int_t)counts[i].applies));
    return o;
}

json_t *report_failures_json(const struct analysis_run *run)
{
    struct analysis_failures f = analysis_failures(run);
    if (!f.any)
        return json_null();
    json_t *pairs = json_array(), *arms = json_object();
    for (size_t i = 0; i + 1 < run->n_arms; i++)
        json_array_append_new(pairs, pair_json(run, &f.pairs[i]));
    for (size_t a = 0; a < run->n_arms; a++)
        json_object_set_new(arms, run->arms[a],
                            json_pack("{s:o, s:o}", "verifier", verifier_json(&f.verifiers[a]),
                                      "flags", flags_json(&f.flags[a * N_TAXONOMY_FLAGS])));
    return json_pack("{s:o, s:o}", "comparisons", pairs, "arms", arms);
}
