/* See published.h. */
#include "analysis/published.h"
#include <string.h>
#include <strings.h>
#include "analysis/model_words.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/ytree.h"

/* ---- finding ---- */

static bool words_fit(const char *const *pattern, size_t n_pattern, char *const *words, size_t n)
{
    if (n_pattern == 0)
        return n == 0;
    if (str_eq(*pattern, "*"))
        return words_fit(pattern + 1, n_pattern - 1, words, n) ||
               (n > 0 && words_fit(pattern, n_pattern, words + 1, n - 1));
    return n > 0 && str_eq(*pattern, *words) &&
           words_fit(pattern + 1, n_pattern - 1, words + 1, n - 1);
}

static size_t weight(const struct published_model *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_words; i++)
        n += !str_eq(m->words[i], "*");
    return n;
}

const struct published_model *published_find(const struct published *p, const char *name)
{
    struct word_list words CLEANUP_WORDS = {0};
    const struct published_model *best = NULL;
    if (!name || !*name)
        return NULL;
    words_of_model(name, p->ignored, p->n_ignored, &words);
    for (size_t i = 0; i < p->n_models; i++) {
        const struct published_model *m = &p->models[i];
        if (word_is_listed(file_base(name), m->tags, m->n_tags))
            return m;
        if (words_fit(m->words, m->n_words, words.text, words.n) &&
            (!best || weight(m) > weight(best)))
            best = m;
    }
    return best;
}

const struct published_value *published_next(const struct published_model *m, const char *suite,
                                             size_t *from)
{
    for (; m && *from < m->n_values; (*from)++) {
        const struct published_value *v = &m->values[*from];
        if (!word_is_listed(suite, v->suites, v->n_suites))
            continue;
        (*from)++;
        return v;
    }
    return NULL;
}

bool published_loss(const struct published *p, const char *quantisation, double *points)
{
    for (size_t i = 0; i < p->n_losses; i++) {
        const struct published_loss *l = &p->losses[i];
        if (strncasecmp(quantisation, l->quantisation, strlen(l->quantisation)) != 0)
            continue;
        *points = l->points;
        return true;
    }
    return false;
}

/* ---- the rule ---- */

enum published_verdict published_judge(struct stats_ci ours, double percent, double loss)
{
    double least = percent - loss;
    return ours.high < least                    ? PUBLISHED_LOWER
           : ours.low > percent                 ? PUBLISHED_HIGHER
           : ours.low < least - PUBLISHED_REACH ? PUBLISHED_OPEN
                                                : PUBLISHED_AGREES;
}

const char *published_verdict_name(enum published_verdict v)
{
    static const char *const names[] = {[PUBLISHED_AGREES] = "agrees",
                                        [PUBLISHED_LOWER] = "lower",
                                        [PUBLISHED_HIGHER] = "higher",
                                        [PUBLISHED_OPEN] = "cannot tell",
                                        [PUBLISHED_UNKNOWN] = "unknown model"};
    return names[v];
}

/* ---- reading the table ---- */

struct table_reader {
    struct ytree t;
    struct published *p;
    struct err *err;
};

static int check_keys(struct table_reader *r, const struct ynode *map, const char *what,
                      const char *const *keys, size_t n)
{
    return ynode_check_keys(&r->t, map, what, keys, n, r->err);
}

/* The value of a key that must be there. */
static int need(struct table_reader *r, const struct ynode *map, const char *key,
                const struct ynode **out)
{
    *out = ynode_get(map, key);
    return *out ? 0 : err_input(r->err, "%s:%d: %s is missing", r->t.path, map->line, key);
}

static int need_text(struct table_reader *r, const struct ynode *map, const char *key,
                     const char **out)
{
    const struct ynode *n;
    const char *text = NULL;
    int rc = need(r, map, key, &n);
    if (rc == 0)
        rc = ynode_string(&r->t, n, key, &text, r->err);
    if (rc == 0)
        *out = arena_strdup(r->p->arena, text);
    return rc;
}

static int need_number(struct table_reader *r, const struct ynode *map, const char *key, double max,
                       double *out)
{
    const struct ynode *n;
    double value = 0;
    int rc = need(r, map, key, &n);
    if (rc == 0)
        rc = ynode_double(&r->t, n, key, &value, r->err);
    if (rc == 0 && !(value >= 0 && value <= max))
        rc = err_input(r->err, "%s:%d: %s: expected a number from 0 to %g, found %g", r->t.path,
                       n->line, key, max, value);
    if (rc == 0)
        *out = value;
    return rc;
}

/* A list of texts, or one text; absent = none. */
static int read_texts(struct table_reader *r, const struct ynode *n, const char *what,
                      const char *const **out, size_t *n_out)
{
    size_t count = !n ? 0 : n->kind == YNODE_SEQ ? n->n : 1;
    const char **texts = arena_alloc(r->p->arena, (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        const char *text = NULL;
        const struct ynode *item = n->kind == YNODE_SEQ ? n->val[i] : n;
        int rc = ynode_string(&r->t, item, what, &text, r->err);
        if (rc < 0)
            return rc;
        texts[i] = arena_strdup(r->p->arena, text);
    }
    *out = texts;
    *n_out = count;
    return 0;
}

static int need_list(struct table_reader *r, const struct ynode *map, const char *key,
                     const struct ynode **out)
{
    int rc = need(r, map, key, out);
    return rc < 0 ? rc : ynode_expect(&r->t, *out, key, YNODE_SEQ, r->err);
}

static int read_value(struct table_reader *r, const struct ynode *map, struct published_value *v)
{
    static const char *const keys[] = {"suite",    "value",  "quantisation",
                                       "protocol", "source", "secondary"};
    const struct ynode *suite = NULL, *secondary = ynode_get(map, "secondary");
    int rc = check_keys(r, map, "value", keys, sizeof keys / sizeof *keys);
    if (rc == 0)
        rc = need(r, map, "suite", &suite);
    if (rc == 0)
        rc = read_texts(r, suite, "suite", &v->suites, &v->n_suites);
    if (rc == 0)
        rc = need_number(r, map, "value", 100, &v->percent);
    if (rc == 0)
        rc = need_text(r, map, "quantisation", &v->quantisation);
    if (rc == 0)
        rc = need_text(r, map, "protocol", &v->protocol);
    if (rc == 0)
        rc = need_text(r, map, "source", &v->source);
    if (rc == 0 && secondary)
        rc = ynode_bool(&r->t, secondary, "secondary", &v->secondary, r->err);
    return rc;
}

static int read_values(struct table_reader *r, const struct ynode *map, struct published_model *m)
{
    const struct ynode *list = NULL;
    int rc = need_list(r, map, "values", &list);
    if (rc < 0)
        return rc;
    m->values = arena_alloc(r->p->arena, (list->n + 1) * sizeof *m->values);
    for (; rc == 0 && m->n_values < list->n; m->n_values++)
        rc = read_value(r, list->val[m->n_values], &m->values[m->n_values]);
    return rc;
}

static void keep_words(struct table_reader *r, struct published_model *m)
{
    struct word_list words CLEANUP_WORDS = {0};
    words_of_model(m->name, r->p->ignored, r->p->n_ignored, &words);
    const char **kept = arena_alloc(r->p->arena, (words.n + 1) * sizeof *kept);
    for (size_t i = 0; i < words.n; i++)
        kept[i] = arena_strdup(r->p->arena, words.text[i]);
    m->words = kept;
    m->n_words = words.n;
}

static int read_model(struct table_reader *r, const struct ynode *map, struct published_model *m)
{
    static const char *const keys[] = {"model", "tags", "billions", "mark", "values"};
    int rc = check_keys(r, map, "model", keys, sizeof keys / sizeof *keys);
    if (rc == 0)
        rc = need_text(r, map, "model", &m->name);
    if (rc == 0)
        keep_words(r, m);
    if (rc == 0 && m->n_words == 0)
        rc = err_input(r->err, "%s:%d: model: '%s' has no word that tells a model", r->t.path,
                       map->line, m->name);
    if (rc == 0)
        rc = read_texts(r, ynode_get(map, "tags"), "tags", &m->tags, &m->n_tags);
    if (rc == 0 && ynode_get(map, "billions"))
        rc = need_number(r, map, "billions", 1e5, &m->billions);
    if (rc == 0 && ynode_get(map, "mark"))
        rc = need_text(r, map, "mark", &m->mark);
    return rc < 0 ? rc : read_values(r, map, m);
}

static int read_models(struct table_reader *r)
{
    const struct ynode *list = NULL;
    struct published *p = r->p;
    int rc = need_list(r, r->t.root, "models", &list);
    if (rc < 0)
        return rc;
    p->models = arena_alloc(p->arena, (list->n + 1) * sizeof *p->models);
    for (; rc == 0 && p->n_models < list->n; p->n_models++) {
        struct published_model *m = &p->models[p->n_models];
        rc = read_model(r, list->val[p->n_models], m);
        for (size_t i = 0; rc == 0 && i < p->n_models; i++)
            if (str_eq(p->models[i].name, m->name))
                rc = err_input(r->err, "%s:%d: model: '%s' is there already", r->t.path,
                               list->val[p->n_models]->line, m->name);
    }
    return rc;
}

static int read_losses(struct table_reader *r)
{
    static const char *const keys[] = {"quantisation", "points", "source"};
    const struct ynode *list = NULL;
    const char *source;
    struct published *p = r->p;
    int rc = need_list(r, r->t.root, "losses", &list);
    if (rc < 0)
        return rc;
    p->losses = arena_alloc(p->arena, (list->n + 1) * sizeof *p->losses);
    for (; rc == 0 && p->n_losses < list->n; p->n_losses++) {
        const struct ynode *map = list->val[p->n_losses];
        struct published_loss *l = &p->losses[p->n_losses];
        rc = check_keys(r, map, "loss", keys, sizeof keys / sizeof *keys);
        if (rc == 0)
            rc = need_text(r, map, "quantisation", &l->quantisation);
        if (rc == 0)
            rc = need_number(r, map, "points", 100, &l->points);
        if (rc == 0)
            rc = need_text(r, map, "source", &source);
    }
    return rc;
}

int published_load(const char *path, struct published *out, struct err *err)
{
    static const char *const keys[] = {"version", "ignored", "losses", "models"};
    struct published p = {.arena = arena_new()};
    struct table_reader r = {.p = &p, .err = err};
    const struct ynode *version = NULL;
    long long number = 0;
    int rc = ytree_load_file(path, &r.t, err);
    if (rc == 0)
        rc = check_keys(&r, r.t.root, "published values", keys, sizeof keys / sizeof *keys);
    if (rc == 0)
        rc = need(&r, r.t.root, "version", &version);
    if (rc == 0)
        rc = ynode_int(&r.t, version, "version", 1, 1, &number, err);
    if (rc == 0)
        rc = read_texts(&r, ynode_get(r.t.root, "ignored"), "ignored", &p.ignored, &p.n_ignored);
    if (rc == 0)
        rc = read_losses(&r);
    if (rc == 0)
        rc = read_models(&r);
    ytree_free(&r.t);
    if (rc == 0)
        *out = p;
    else
        published_free(&p);
    return rc;
}

void published_free(struct published *p)
{
    arena_free(p->arena);
    *p = (struct published){0};
}
