/* See pace.h. */
#include "control/pace.h"
#include <string.h>

int repeats_add(struct repeats *r, struct episode *e, const char *role, const char *hash)
{
    r->n++;
    r->warmer += WARMER;
    r->afresh = r->n > 1;
    r->over = r->n > REPEATS_MAX;
    if (r->over && !e->stop)
        e->stop = "repeated";
    struct candidate *c = arena_alloc(e->arena, sizeof *c);
    memcpy(c->hash, hash, sizeof c->hash);
    const char *then = r->over ? "end" : r->afresh ? "afresh" : "warmer";
    return episode_log(
        e, role, c, &(struct transcript_event){.kind = EVENT_REPEATED, .repeated = {r->n, then}});
}

static void take_new(struct arm_pace *p, const struct candidate *c)
{
    p->repeats = (struct repeats){0};
    p->same = p->afresh = false;
    p->stale++;
    if (candidate_beats(c, p->best)) {
        p->best = c;
        p->stale = 0;
        p->warmer = 0;
    }
    if (p->stale >= STALE_ITERATIONS) {
        p->stale = 0;
        p->warmer += WARMER;
        p->afresh = true;
    }
}

int pace_take(struct arm_pace *p, struct episode *e, struct candidate *c, const struct self_tests *T,
              bool *over)
{
    int rc;
    if (c->same_as) {
        rc = repeats_add(&p->repeats, e, c->role, c->hash);
        p->warmer += WARMER;
        p->same = !p->repeats.afresh;
        p->afresh |= p->repeats.afresh;
        *over = p->repeats.over;
        return rc;
    }
    rc = episode_run_python(e, c, T);
    if (rc == EPISODE_CAP && !p->best)
        p->best = c; /* not run, but all there is */
    if (rc)
        return rc;
    take_new(p, c);
    *over = candidate_accepted(c) || !episode_may_iterate(e);
    return 0;
}
