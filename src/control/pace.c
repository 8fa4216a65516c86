/* See pace.h. */
#include "control/pace.h"
#include <string.h>

/* One more program, by `role`, that was run already; logged. `hash` in the arena. */
static int repeats_add(struct repeats *r, struct episode *e, const char *role, const char *hash)
{
    r->n++;
    r->warmer += WARMER;
    r->afresh = r->n > 1;
    r->over = r->n > REPEATS_MAX;
    struct candidate *c = arena_alloc(e->arena, sizeof *c);
    memcpy(c->hash, hash, sizeof c->hash);
    const char *then = r->over ? "end" : r->afresh ? "afresh" : "warmer";
    return episode_log(
        e, role, c, &(struct transcript_event){.kind = EVENT_REPEATED, .repeated = {r->n, then}});
}

int repeats_check(struct repeats *r, struct episode *e, const char *role, const char *program,
                  bool *repeated)
{
    char *hash = arena_alloc(e->arena, HASH_HEX);
    hash_sha256_hex(program, strlen(program), hash);
    *repeated = false;
    for (size_t i = 0; i < r->n_seen; i++)
        *repeated |= strcmp(r->seen[i], hash) == 0;
    if (*repeated)
        return repeats_add(r, e, role, hash);
    r->seen = arena_grow(e->arena, r->seen, r->n_seen, &r->cap_seen, sizeof *r->seen);
    r->seen[r->n_seen++] = hash;
    r->n = 0;
    r->warmer = 0;
    r->afresh = false;
    return 0;
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

int pace_take(struct arm_pace *p, struct episode *e, struct candidate *c,
              const struct self_tests *T, bool *over)
{
    int rc;
    if (c->same_as) {
        rc = repeats_add(&p->repeats, e, c->role, c->hash);
        p->warmer += WARMER;
        p->same = !p->repeats.afresh;
        p->afresh |= p->repeats.afresh;
        *over = p->repeats.over;
        if (*over && !e->stop)
            e->stop = "repeated";
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
