/* See samples.h. Episodes that spent different numbers of tokens or calls differ without a look at
 * their replies, which are most of a large record. */
#include "analysis/samples.h"
#include <stdlib.h>
#include "base/err.h"
#include "base/mem.h"

/* A task of one arm: its samples stand in run->played, between those of other arms. */
struct cell {
    const struct analysis_episode *first;
    bool several, replies, outcomes;
};

struct pairs {
    struct store_twins *of; /* [n] */
    struct cell **cell;     /* [n] whose they are */
    size_t n;
};

static bool spent_alike(const struct analysis_episode *a, const struct analysis_episode *b)
{
    return a->calls == b->calls && a->tool_runs == b->tool_runs && a->iterations == b->iterations &&
           a->generated_tokens >= b->generated_tokens &&
           a->generated_tokens <= b->generated_tokens && a->prompt_tokens >= b->prompt_tokens &&
           a->prompt_tokens <= b->prompt_tokens && a->passed == b->passed;
}

/* Compares each sample with the first one. */
static void look(const struct analysis_run *run, struct cell *cells, struct pairs *pairs)
{
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        struct cell *c = &cells[e->task * run->n_arms + e->arm];
        if (!c->first) {
            c->first = e;
            continue;
        }
        c->several = true;
        c->outcomes |= e->passed != c->first->passed;
        if (!spent_alike(e, c->first)) {
            c->replies = true;
            continue;
        }
        pairs->of[pairs->n] = (struct store_twins){c->first->id, e->id, false};
        pairs->cell[pairs->n++] = c;
    }
}

static void add(struct analysis_varied *v, const struct cell *c)
{
    v->tasks += c->several;
    v->replies += c->replies;
    v->outcomes += c->outcomes;
}

static int compare(const struct analysis_run *run, struct analysis_samples *out, struct err *err)
{
    *out = (struct analysis_samples){
        .arms = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *out->arms)};
    if (run->curriculum || run->samples < 2 || !run->store)
        return 0;
    struct cell *cells CLEANUP_FREE = xcalloc(run->n_tasks * run->n_arms + 1, sizeof *cells);
    struct store_twins *twins CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *twins);
    struct cell **whose CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *whose);
    struct pairs pairs = {twins, whose, 0};
    look(run, cells, &pairs);
    int rc = store_compare_replies(run->store, pairs.of, pairs.n, err);
    for (size_t i = 0; rc == 0 && i < pairs.n; i++)
        pairs.cell[i]->replies |= !pairs.of[i].same;
    for (size_t t = 0; rc == 0 && t < run->n_tasks; t++) {
        struct cell any = {0};
        for (size_t a = 0; a < run->n_arms; a++) {
            const struct cell *c = &cells[t * run->n_arms + a];
            add(&out->arms[a], c);
            any.several |= c->several;
            any.replies |= c->replies;
            any.outcomes |= c->outcomes;
        }
        add(&out->all, &any);
    }
    for (size_t i = 0; i < run->n_played && !out->known; i++)
        out->known = run->played[i].calls > 0;
    out->known &= out->all.tasks > 0;
    return rc;
}

int analysis_samples(const struct analysis_run *run, struct analysis_samples *out, struct err *err)
{
    struct analysis_samples *kept = NULL;
    int rc = 0;
    if (!run->kept)
        return compare(run, out, err);
    if (!run->kept->samples) {
        kept = arena_alloc(run->arena, sizeof *kept);
        rc = compare(run, kept, err);
        run->kept->samples = rc < 0 ? NULL : kept;
    }
    *out = kept ? *kept : *run->kept->samples;
    return rc;
}

bool analysis_samples_add_nothing(const struct analysis_samples *s)
{
    return s->known && s->all.replies == 0;
}
