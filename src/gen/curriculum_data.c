/* See curriculum.h. */
#include "gen/curriculum_data.h"
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

enum { MOST_DRAWS = 100 };
static const uint64_t NEXT_DRAW = UINT64_C(1) << 32; /* no multiset is that large */

const char *const curriculum_order_names[] = {"random", "strict", "cumulative", "reverse"};

int curriculum_order_parse(const char *name, enum curriculum_order *out, struct err *err)
{
    for (int i = 0; i < CURRICULUM_ORDERS; i++) {
        if (!str_eq(name, curriculum_order_names[i]))
            continue;
        *out = (enum curriculum_order)i;
        return 0;
    }
    return err_input(err, "order: expected random, strict, cumulative or reverse, found '%s'",
                     name);
}

int curriculum_steps(const struct curriculum_set *s, size_t i)
{
    return s->steps_min + (int)(i % (size_t)(s->steps_max - s->steps_min + 1));
}

int curriculum_item(const struct curriculum_set *s, size_t i, struct gen_math_item *out,
                    struct arena *arena, struct err *err)
{
    int steps = curriculum_steps(s, i);
    struct gen_math_options opt = {.steps_min = steps,
                                   .steps_max = steps,
                                   .families = 1u << GEN_MATH_STORY,
                                   .split = GEN_MATH_TRAIN,
                                   .plain = s->plain};
    for (uint64_t draw = 0; draw < MOST_DRAWS; draw++) { /* some draws are rejected */
        int rc = gen_math_item(s->seed, i + draw * NEXT_DRAW, &opt, out, arena, err);
        if (rc == 0 && (!s->known || curriculum_known_has(s->known, out->prompt) == 0))
            return 0;
    }
    return err_input(err,
                     "%d draws of a problem of %d steps all have 13 words in a row in common "
                     "with a test",
                     MOST_DRAWS, steps);
}

/* ---- orders ---- */

static size_t *shuffled(const struct curriculum_set *s)
{
    struct rng dice = rng_make(seed_derive(s->seed, "curriculum/order"));
    size_t *order = xcalloc(s->n + 1, sizeof *order);
    for (size_t i = 0; i < s->n; i++)
        order[i] = i;
    rng_shuffle(&dice, order, s->n, sizeof *order);
    return order;
}

/* Problems by stage: a stage holds those of one step count, in the order given. */
struct stages {
    size_t n;      /* stages */
    size_t **item; /* [n][size[i]] */
    size_t *size;  /* [n] */
};

static struct stages stages_split(const struct curriculum_set *s, const size_t *order)
{
    struct stages st = {.n = (size_t)(s->steps_max - s->steps_min + 1)};
    st.item = xcalloc(st.n, sizeof *st.item);
    st.size = xcalloc(st.n, sizeof *st.size);
    for (size_t i = 0; i < st.n; i++)
        st.item[i] = xcalloc(s->n + 1, sizeof **st.item);
    for (size_t i = 0; i < s->n; i++) {
        size_t at = (size_t)(curriculum_steps(s, order[i]) - s->steps_min);
        st.item[at][st.size[at]++] = order[i];
    }
    return st;
}

static void stages_free(struct stages *st)
{
    for (size_t i = 0; i < st->n; i++)
        free(st->item[i]);
    free(st->item);
    free(st->size);
}

/* Moves problems from the ends of the earlier stages into each later one, until they are the share
 * `replay` of it, last stage first, and shuffles the stage. */
static void stages_hold_back(struct stages *st, const struct curriculum_set *s)
{
    struct rng dice = rng_make(seed_derive(s->seed, "curriculum/replay"));
    for (size_t stage = st->n - 1; stage > 0; stage--) {
        double own = (double)st->size[stage];
        size_t from_each = (size_t)(own * s->replay / (1 - s->replay) / (double)stage);
        for (size_t earlier = 0; earlier < stage; earlier++)
            for (size_t i = 0; i < from_each && st->size[earlier] > 0; i++)
                st->item[stage][st->size[stage]++] = st->item[earlier][--st->size[earlier]];
        rng_shuffle(&dice, st->item[stage], st->size[stage], sizeof **st->item);
    }
}

/* Takes the last `finish` of every stage off, mixed. How many; caller frees *mix. */
static size_t stages_finish(struct stages *st, const struct curriculum_set *s, size_t **mix)
{
    struct rng dice = rng_make(seed_derive(s->seed, "curriculum/finish"));
    size_t n = 0;
    *mix = xcalloc(s->n + 1, sizeof **mix);
    for (size_t i = 0; i < st->n; i++)
        for (size_t k = (size_t)((double)st->size[i] * s->finish); k > 0; k--)
            (*mix)[n++] = st->item[i][--st->size[i]];
    rng_shuffle(&dice, *mix, n, sizeof **mix);
    return n;
}

size_t *curriculum_sequence(const struct curriculum_set *s, enum curriculum_order order)
{
    size_t *sequence = shuffled(s), at = 0;
    if (order == CURRICULUM_RANDOM)
        return sequence;
    struct stages st = stages_split(s, sequence);
    size_t *mix CLEANUP_FREE = NULL, n_mix = stages_finish(&st, s, &mix);
    if (order == CURRICULUM_CUMULATIVE)
        stages_hold_back(&st, s);
    for (size_t i = 0; i < st.n; i++) {
        size_t stage = order == CURRICULUM_REVERSE ? st.n - 1 - i : i;
        memcpy(sequence + at, st.item[stage], st.size[stage] * sizeof *sequence);
        at += st.size[stage];
    }
    memcpy(sequence + at, mix, n_mix * sizeof *mix);
    stages_free(&st);
    return sequence;
}
