/* Drawing samples, and storing them. */
#include "label/label_sample.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

struct label_candidate label_candidate_make(uint64_t seed, long long id,
                                            const struct store_episode *row)
{
    return (struct label_candidate){
        .id = id,
        .arm = row->arm,
        .label = row->label,
        .draw = seed_derive(seed, "label/%s/%s/%d", row->arm, row->task, row->sample),
        .order = seed_derive(seed, "order/%s/%s/%d", row->arm, row->task, row->sample)};
}

static int compare_strata(const struct label_candidate *a, const struct label_candidate *b)
{
    int order = strcmp(a->arm, b->arm);
    return order ? order : strcmp(a->label, b->label);
}

static int by_stratum_then_draw(const void *x, const void *y)
{
    const struct label_candidate *a = x, *b = y;
    int order = compare_strata(a, b);
    return order ? order : (a->draw > b->draw) - (a->draw < b->draw);
}

static int by_order(const void *x, const void *y)
{
    const struct label_candidate *a = x, *b = y;
    return (a->order > b->order) - (a->order < b->order);
}

struct stratum {
    size_t first, n, seats; /* candidates first..first+n-1 of the sorted array */
};

static size_t find_strata(const struct label_candidate *all, size_t n_all, struct stratum *out)
{
    size_t n = 0;
    for (size_t i = 0; i < n_all; i++) {
        if (i == 0 || compare_strata(&all[i - 1], &all[i]) != 0)
            out[n++] = (struct stratum){.first = i};
        out[n - 1].n++;
    }
    return n;
}

/* Sainte-Lague: the stratum with the largest n / (2 seats + 1) gets the next seat. */
static struct stratum *next_seat(struct stratum *strata, size_t n)
{
    struct stratum *best = NULL;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        struct stratum *s = &strata[i];
        double claim = (double)s->n / (double)(2 * s->seats + 1);
        if (s->seats < s->n && claim > most) {
            most = claim;
            best = s;
        }
    }
    return best;
}

size_t label_sample(struct label_candidate *all, size_t n_all, size_t n, long long *ids)
{
    n = n < n_all ? n : n_all;
    if (n == 0)
        return 0;
    struct stratum *strata CLEANUP_FREE = xcalloc(n_all + 1, sizeof *strata);
    struct label_candidate *chosen CLEANUP_FREE = xcalloc(n + 1, sizeof *chosen);
    qsort(all, n_all, sizeof *all, by_stratum_then_draw);
    size_t n_strata = find_strata(all, n_all, strata), seats = 0, n_chosen = 0;
    for (size_t i = 0; i < n_strata && n >= n_strata; i++, seats++)
        strata[i].seats = 1;
    for (; seats < n; seats++)
        next_seat(strata, n_strata)->seats++;
    for (size_t i = 0; i < n_strata; i++)
        for (size_t j = 0; j < strata[i].seats; j++)
            chosen[n_chosen++] = all[strata[i].first + j];
    qsort(chosen, n_chosen, sizeof *chosen, by_order);
    for (size_t i = 0; i < n_chosen; i++)
        ids[i] = chosen[i].id;
    return n_chosen;
}

struct gathering {
    uint64_t seed;
    struct label_candidate *all;
    size_t n, cap;
    struct arena *arena;
};

static int gather_failed(void *ctx, long long id, const struct store_episode *row)
{
    struct gathering *g = ctx;
    if (row->status != STORE_DONE || row->passed)
        return 0;
    struct label_candidate c = label_candidate_make(g->seed, id, row);
    c.arm = arena_strdup(g->arena, c.arm);
    c.label = arena_strdup(g->arena, c.label);
    g->all = xgrow(g->all, &g->cap, g->n + 1, sizeof *g->all);
    g->all[g->n++] = c;
    return 0;
}

static int draw(struct store *s, uint64_t seed, size_t n, long long **ids, size_t *n_ids,
                struct err *err)
{
    struct gathering g = {.seed = seed, .arena = arena_new()};
    int rc = store_episodes(s, gather_failed, &g, err);
    if (rc == 0) {
        *ids = xcalloc(g.n + 1, sizeof **ids);
        *n_ids = label_sample(g.all, g.n, n, *ids);
    }
    free(g.all);
    arena_free(g.arena);
    return rc;
}

static int keep(struct store *s, const char *key, const long long *ids, size_t n, struct err *err)
{
    json_t *list CLEANUP_JSON = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_integer(ids[i]));
    char *text CLEANUP_FREE = json_text(list);
    return store_meta_set(s, key, text, err);
}

/* 1, or 0 when the record has no such sample. */
static int find_kept(struct store *s, const char *key, long long **ids, size_t *n_ids,
                     struct err *err)
{
    struct arena *arena = arena_new();
    const char *text;
    int rc = store_meta_get(s, key, &text, arena, err);
    json_t *list CLEANUP_JSON = rc == 0 && text ? json_parse(text, strlen(text), key, NULL) : NULL;
    arena_free(arena);
    if (rc < 0 || !json_is_array(list))
        return rc;
    *n_ids = json_array_size(list);
    *ids = xcalloc(*n_ids + 1, sizeof **ids);
    for (size_t i = 0; i < *n_ids; i++)
        (*ids)[i] = json_integer_value(json_array_get(list, i));
    return 1;
}

static char *key_of(uint64_t seed, size_t n)
{
    return xasprintf("label_sample:%" PRIu64 ":%zu", seed, n);
}

int label_sample_drawn(struct store *s, uint64_t seed, size_t n, struct err *err)
{
    char *key CLEANUP_FREE = key_of(seed, n);
    long long *ids CLEANUP_FREE = NULL;
    return find_kept(s, key, &ids, &n, err);
}

int label_sample_of_run(struct store *s, uint64_t seed, size_t n, long long **ids, size_t *n_ids,
                        struct err *err)
{
    char *key CLEANUP_FREE = key_of(seed, n);
    int rc = find_kept(s, key, ids, n_ids, err);
    if (rc)
        return rc < 0 ? rc : 0;
    rc = draw(s, seed, n, ids, n_ids, err);
    if (rc == 0 && *n_ids > 0 && (rc = keep(s, key, *ids, *n_ids, err)) < 0)
        free(*ids);
    return rc;
}
