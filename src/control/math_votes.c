/* See math_votes.h. */
#include "control/math_votes.h"

#include "control/math_value.h"

void math_votes_add(struct math_votes *v, const struct math_answer *a, struct arena *arena)
{
    v->values = arena_grow(arena, v->values, v->n, &v->cap, sizeof *v->values);
    v->values[v->n++] = a->text;
}

int math_votes_lead(const struct math_votes *v)
{
    size_t best = v->n ? math_majority(v->values, v->n) : 0;
    int first = 0, second = 0;
    for (size_t i = 0; i < v->n; i++) {
        int same = 0;
        for (size_t k = 0; k < v->n; k++)
            same += math_same(v->values[i], v->values[k]);
        if (math_same(v->values[i], v->values[best]))
            first = same;
        else if (same > second)
            second = same;
    }
    return first - second;
}

int math_votes_submit(const struct math_votes *v, struct episode *e, const struct math_answer *last)
{
    const struct math_answer *a = NULL;
    int rc = 0;
    if (v->n > 0) {
        const char *value = v->values[math_majority(v->values, v->n)];
        bool stands = v->n == 1 && last;
        rc = stands ? 0 : episode_answer(e, "flat", value, "vote", NULL, &a);
        a = stands ? last : a;
    }
    episode_submit_answer(e, a, a ? "vote" : "no_answer");
    return rc;
}
