/* What the arms cost in money, where the run has prices. */
#include <math.h>
#include "analysis/money.h"
#include "base/str.h"
#include "report/estimate_json.h"
#include "report/sections.h"

static void add_price(struct str *out, const json_t *price, const char *role)
{
    if (!json_is_object(price))
        return;
    str_addf(out, "%s%s%s%.6g read, %.6g written", out->len ? "; " : "", role ? role : "",
             role ? ": " : "", json_get_num(price, "input", 0), json_get_num(price, "output", 0));
    str_addf(out, " (%s)", json_get_str(price, "name", "?"));
}

/* "0.15 read, 0.6 written (gpt-4o-mini); planner: 2.5 read, 10 written (gpt-4o)" */
static const char *prices_text(struct doc *d, const json_t *prices)
{
    struct str s CLEANUP_STR = {0};
    const char *role;
    json_t *own;
    add_price(&s, json_object_get(prices, "model"), NULL);
    json_object_foreach (json_object_get(prices, "roles"), role, own)
        add_price(&s, own, role);
    return arena_strdup(d->arena, str_text(&s));
}

static void add_spent(struct doc *d, const struct analysis_run *run)
{
    const json_t *prices = json_object_get(run->manifest.json, "prices");
    struct str spent CLEANUP_STR = {0};
    double all = analysis_money_spent(run);
    if (isnan(all))
        return;
    prices_add_amount(&spent, all);
    doc_add_text(d,
                 "Money: %s %s for all recorded calls, those of episodes in error or unfinished "
                 "included. Prices for a million tokens: %s; %s %s. What a server charges for "
                 "attempts that failed, or takes off for cached input, is not known here.",
                 str_text(&spent), run->prices.currency, prices_text(d, prices),
                 json_get_bool(prices, "instead", false) ? "not the run's own, but from"
                                                         : "recorded with the run, from",
                 json_get_str(prices, "source", "?"));
}

/* Of an arm each; a curriculum has an arm a cell. */
static void add_arms(struct doc *d, const struct analysis_run *run)
{
    double least = NAN;
    for (size_t a = 0; a < run->n_arms; a++)
        least = fmin(least, analysis_cost(run, a).episode.value);
    const char *unit = run->prices.currency;
    const int digits = analysis_money_digits(least);
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_COUNT, "episodes", ""},
        {DOC_COUNT, "solved", ""},
        {DOC_ESTIMATE, "an episode", unit, digits},
        {DOC_ESTIMATE, "a solved episode", unit, digits},
        {DOC_ESTIMATE, "all of them", unit, digits},
    };
    struct doc_table *t =
        doc_add_table(d, "Cost in money", columns, sizeof columns / sizeof *columns, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        struct analysis_cost c = analysis_cost(run, a);
        doc_set_text(t, a, 0, run->arms[a]);
        doc_set_count(t, a, 1, c.episodes);
        doc_set_count(t, a, 2, c.solved);
        doc_set_estimate(t, a, 3, c.episode);
        doc_set_estimate(t, a, 4, c.solved_one);
        doc_set_value(t, a, 5, c.total);
    }
    t->note = "An episode: mean [95 % t-interval over tasks]. A solved episode: what all episodes "
              "cost, over those solved [95 % log-normal interval, delta method over tasks]. Of "
              "complete sets, as everywhere.";
}

void section_money(struct doc *d, const struct analysis_run *run)
{
    if (!run->prices.currency)
        return;
    if (!run->curriculum)
        add_arms(d, run);
    add_spent(d, run);
}

json_t *money_json(const struct analysis_run *run)
{
    if (!run->prices.currency)
        return NULL;
    json_t *arms = json_object();
    for (size_t a = 0; a < run->n_arms && !run->curriculum; a++) {
        struct analysis_cost c = analysis_cost(run, a);
        json_object_set_new(arms, run->arms[a],
                            json_pack("{s:o, s:o, s:o}", "per_episode", estimate_json(c.episode),
                                      "per_solved", estimate_json(c.solved_one), "total",
                                      number_json(c.total)));
    }
    return json_pack("{s:s, s:o, s:o, s:O}", "currency", run->prices.currency, "spent",
                     number_json(analysis_money_spent(run)), "arms", arms, "prices",
                     json_object_get(run->manifest.json, "prices"));
}
