/* See screen.h. */
#include "report/screen.h"
#include <math.h>
#include "base/mem.h"
#include "analysis/budget.h"
#include "analysis/headline.h"
#include "analysis/seconds.h"
#include "analysis/learning.h"
#include "analysis/money.h"
#include "doc/doc.h"
#include "experiment/metric.h"

static const double PERCENT = 100;
enum { WIDE = 80 };

/* ---- the table of arms ---- */

static void add_arms(struct doc *d, const struct analysis_run *run)
{
    double least = NAN;
    for (size_t a = 0; a < run->n_arms; a++)
        least = fmin(least, analysis_cost(run, a).episode.value);
    const int digits = analysis_money_digits(least);
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_ESTIMATE, "pass@1", "%", 1, PERCENT},
        {DOC_ESTIMATE, "tokens", "", 0},
        {DOC_ESTIMATE, "calls", "", 1},
        {DOC_ESTIMATE, "seconds", "", 1},
        {DOC_ESTIMATE, "cost", run->prices.currency, digits}, /* these two: only with prices */
        {DOC_ESTIMATE, "a solved one", run->prices.currency, digits},
    };
    const size_t n_columns = sizeof columns / sizeof *columns - (run->prices.currency ? 0 : 2);
    struct analysis_slice all = analysis_slice(run, -1, -1);
    struct doc_table *t = doc_add_table(d, "", columns, n_columns, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_arm *arm = &all.arms[a];
        doc_set_text(t, a, 0, arm->name);
        doc_set_estimate(t, a, 1, arm->pass_1);
        doc_set_value(t, a, 2, arm->generated_tokens.value + arm->prompt_tokens.value);
        doc_set_value(t, a, 3, arm->calls.value);
        doc_set_value(t, a, 4, arm->seconds.value);
        if (!run->prices.currency)
            continue;
        struct analysis_cost cost = analysis_cost(run, a);
        doc_set_value(t, a, 5, cost.episode.value);
        doc_set_value(t, a, 6, cost.solved_one.value);
    }
}

/* Of a curriculum: each order at the largest N, and over the curve. */
static void add_orders(struct doc *d, const struct analysis_learning *l)
{
    size_t last = l->n_sizes - 1;
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_ESTIMATE, arena_printf(d->arena, "solved at N = %d", l->sizes[last]), "%", 1, PERCENT},
        {DOC_ESTIMATE, "over the curve", "%", 1, PERCENT},
    };
    struct doc_table *t =
        doc_add_table(d, "", columns, l->n_sizes > 1 ? 3 : 2, l->n_arms * l->n_orders);
    struct analysis_part all = learning_all(l);
    for (size_t r = 0; r < t->n_rows; r++) {
        size_t a = r / l->n_orders, o = r % l->n_orders;
        doc_set_text(t, r, 0, arena_printf(d->arena, "%s@%s", l->arms[a], l->orders[o]));
        doc_set_estimate(t, r, 1, learning_mean(l, a, o, last, all));
        if (t->n_columns > 2)
            doc_set_estimate(t, r, 2, learning_mean_aulc(l, a, o, all));
    }
}

/* ---- audit and warnings ---- */

/* Did a cap end episodes, and whose? */
static void add_audit(struct str *s, const struct analysis_run *run)
{
    size_t n;
    const struct analysis_cap *caps = analysis_caps(run, &n);
    long ended = 0, episodes = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < run->n_arms; a++) {
            ended += caps[i].arms[a].hit;
            episodes += i == 0 ? caps[i].arms[a].episodes : 0;
        }
    str_addf(s, "Audit: one budget for all arms, which ended %ld of %ld episodes", ended, episodes);
    const char *comma = " (";
    for (size_t i = 0; i < n && run->n_arms <= 3; i++)
        for (size_t a = 0; a < run->n_arms; a++)
            if (caps[i].arms[a].hit) {
                str_addf(s, "%s%s %ld by %s", comma, run->arms[a], caps[i].arms[a].hit,
                         caps[i].name);
                comma = ", ";
            }
    str_add(s, *comma == ',' ? ")." : ".");
}

static bool almost_nothing(const struct analysis_run *run)
{
    if (run->curriculum)
        return false;
    struct analysis_slice all = analysis_slice(run, -1, -1);
    return analysis_at_floor(run, &all);
}

/* Of criteria about seconds: a limit that cut nothing, and load of the machine. */
static const char *add_seconds(struct str *s, const struct analysis_run *run, const char *more)
{
    const json_t *o;
    size_t i;
    double longest = analysis_longest(run);
    bool judged = false;
    json_array_foreach (run->manifest.criteria, i, o) {
        const struct metric *m = metric_find(json_get_str(o, "metric", ""));
        double limit = json_get_num(o, "seconds", 0);
        if (!m || !m->needs_seconds)
            continue;
        judged = true;
        if (longest > 0 && limit > longest) {
            str_addf(s, "%sthe limit of %g s (%s) cut nothing", more, limit,
                     json_get_str(o, "name", "?"));
            more = "; ";
        }
    }
    if (!judged || !analysis_load_caution(run))
        return more;
    str_addf(s,
             "%sseconds are under load, as episodes shared the machine (--strict: one at a time)",
             more);
    return "; ";
}

static void add_warnings(struct str *s, const struct analysis_run *run)
{
    const char *more = "";
    if (run->dropped) {
        str_addf(s, "%ld of %ld sets were dropped after faults (first: %.80s)", run->dropped,
                 run->sets + run->dropped, run->first_fault ? run->first_fault : "?");
        more = "; ";
    }
    if (run->unfinished && !run->manifest.decided) {
        str_addf(s, "%s%ld of %ld sets are not finished", more, run->unfinished,
                 run->sets + run->dropped + run->unfinished);
        more = "; ";
    }
    if (run->disputed) {
        str_addf(s, "%s%ld episodes are disputed", more, run->disputed);
        more = "; ";
    }
    more = add_seconds(s, run, more);
    if (almost_nothing(run))
        str_addf(s, "%salmost nothing was solved, so this says little about the arms", more);
}

/* ---- the screen ---- */

static size_t lines_of(const struct str *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->len; i++)
        n += s->p[i] == '\n';
    return n;
}

static void add_foot(const struct analysis_run *run, const struct screen_place *where,
                     struct str *out)
{
    struct str text CLEANUP_STR = {0}, warnings CLEANUP_STR = {0};
    add_audit(&text, run);
    doc_wrap_text(out, text.p, where->width);
    add_warnings(&warnings, run);
    if (warnings.len) {
        char *line CLEANUP_FREE = xasprintf("Warning: %s.", warnings.p);
        doc_wrap_text(out, line, where->width);
    }
    if (where->page)
        str_addf(out, "Report: %s\n", where->page);
    str_addf(out, "Next:   hrm report %s --full\n        hrm show %s --parts\n        hrm view\n",
             where->name, where->name);
}

void report_answer(const struct analysis_run *run, int width, struct str *out)
{
    const char *name = run->manifest.experiment;
    struct analysis_headline h = analysis_headline(run);
    char *title CLEANUP_FREE = xasprintf("%s: %s on %s", *name ? name : "run",
                                         run->manifest.model.name, run->manifest.suite.name);
    doc_wrap_text(out, title, width);
    doc_wrap_text(out, h.sentence, width);
}

void report_screen(const struct analysis_run *run, const struct screen_place *where,
                   struct str *out)
{
    struct str head CLEANUP_STR = {0}, foot CLEANUP_STR = {0};
    struct analysis_learning l;
    struct doc *d = doc_new("");
    report_answer(run, where->width, &head);
    if (run->sets == 0) {
        str_add(out, head.p);
        doc_free(d);
        return;
    }
    if (analysis_learning(run, &l) && l.n_sizes > 0)
        add_orders(d, &l);
    else
        add_arms(d, run);
    add_foot(run, where, &foot);
    /* two blank lines and the headings; a narrow terminal takes more lines anyway */
    size_t taken = lines_of(&head) + lines_of(&foot) + 3;
    size_t room = where->width < WIDE        ? SCREEN_LINES
                  : taken + 2 < SCREEN_LINES ? SCREEN_LINES - taken
                                             : 2;
    str_addf(out, "%s\n", head.p);
    doc_write_rows(d->blocks[0].table, where->width, room, out);
    str_addf(out, "\n%s", foot.p);
    doc_free(d);
}
