/* Stories and shops: each statement changes a running result. */
#include <string.h>
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_math_parts.h"

/* Six steps can always be told in six statements, if the first one is a product. */
enum { STATEMENTS = 6 };

/* Of one family. */
struct rows {
    const struct gen_math_event *event;
    size_t n;
};

static int cost(const struct gen_math_event *e)
{
    return (e->inner != 0) + (e->outer != 0);
}

/* Any row that may come next and leaves the number of steps within reach. */
static const struct gen_math_event *draw_event(struct rng *r, const struct rows *rows,
                                               enum gen_math_stage stage, bool start, int steps)
{
    const struct gen_math_event *fit[16];
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const struct gen_math_event *e = &rows->event[i];
        bool in_place =
            start ? e->stage == GEN_MATH_START : e->stage != GEN_MATH_START && e->stage >= stage;
        if (in_place && cost(e) <= steps && (e->stage != GEN_MATH_END || cost(e) == steps))
            fit[n++] = e;
    }
    return n ? fit[rng_below(r, n)] : NULL;
}

static struct gen_math_node *add_step(struct gen_math_draft *d, int *n, char op)
{
    struct gen_math_node *at = &d->item->node[(*n)++];
    *at = (struct gen_math_node){.op = op};
    return at;
}

/* Appends the event's steps; `before` is what the running result was and becomes. */
static void add_event(struct gen_math_draft *d, const struct gen_math_event *e, int *n,
                      struct gen_math_operand *before)
{
    struct gen_math_happening *h = &d->happening[d->n_happenings++];
    struct gen_math_operand it = {0};
    *h = (struct gen_math_happening){.event = e};
    if (e->inner) {
        struct gen_math_node *inner = add_step(d, n, e->inner);
        inner->groups = e->inner == '*';
        h->a = &inner->left;
        h->b = &inner->right;
        it.step = h->inner = *n;
    }
    if (e->outer) {
        struct gen_math_node *outer = add_step(d, n, e->outer);
        outer->left = e->flip ? it : *before;
        outer->right = e->flip ? *before : it;
        if (!e->inner)
            h->a = e->flip ? &outer->left : &outer->right;
        if (!before->step) /* the number the problem starts with */
            d->happening[0].a = e->flip ? &outer->right : &outer->left;
        it.step = h->outer = *n;
    }
    *before = it;
}

static bool shape_events(struct gen_math_draft *d, const struct rows *rows)
{
    enum gen_math_stage stage = GEN_MATH_MIDDLE;
    struct gen_math_operand before = {0};
    int n = 0;
    d->n_happenings = 0;
    while (n < d->item->steps) {
        bool start = d->n_happenings == 0;
        const struct gen_math_event *e = draw_event(d->r, rows, stage, start, d->item->steps - n);
        if (!e)
            return false;
        stage = start ? stage : e->stage;
        add_event(d, e, &n, &before);
    }
    return d->n_happenings <= d->statements;
}

static bool shape_story(struct gen_math_draft *d)
{
    return shape_events(d, &(struct rows){gen_math_story, gen_math_n_story});
}

static bool shape_shop(struct gen_math_draft *d)
{
    return shape_events(d, &(struct rows){gen_math_shop, gen_math_n_shop});
}

/* The words of a text, each list shuffled separately. */
struct cast {
    int name[GEN_MATH_TRAINED_NAMES], thing[GEN_MATH_THINGS], counted[GEN_MATH_COUNTED];
    int next_name, next_thing, next_counted;
    const struct gen_math_noun *things;
};

static void shuffle_numbers(struct rng *r, int *v, int n)
{
    for (int i = 0; i < n; i++)
        v[i] = i;
    rng_shuffle(r, v, (size_t)n, sizeof *v);
}

static void cast_draw(struct cast *c, struct rng *r, const struct gen_math_noun *things,
                      int n_things)
{
    *c = (struct cast){.things = things};
    shuffle_numbers(r, c->name, GEN_MATH_TRAINED_NAMES);
    shuffle_numbers(r, c->thing, n_things);
    shuffle_numbers(r, c->counted, GEN_MATH_COUNTED);
}

static bool is_listed(const char *name)
{
    for (int i = 0; i < GEN_MATH_NAMES; i++)
        if (str_eq(name, gen_math_names[i]))
            return true;
    return false;
}

/* "Tavo", "Kelin" */
static const char *invent_name(struct gen_math_draft *d)
{
    static const char consonant[] = "bcdfghjklmnprstvwyz", vowel[] = "aeiou";
    char name[6] = {0};
    do {
        int n = 4 + (int)rng_below(d->r, 2);
        for (int i = 0; i < n; i++)
            name[i] = i % 2 ? vowel[rng_below(d->r, sizeof vowel - 1)]
                            : consonant[rng_below(d->r, sizeof consonant - 1)];
        name[n] = '\0';
        name[0] = (char)(name[0] - 'a' + 'A');
    } while (is_listed(name));
    return arena_strdup(d->arena, name);
}

/* For training, one person in eight has a made-up name, so that the model learns to read unknown
 * names. */
static const char *next_name(struct gen_math_draft *d, struct cast *c)
{
    bool invent = d->invent && rng_below(d->r, 8) == 0;
    return invent ? invent_name(d) : gen_math_names[c->name[c->next_name++]];
}

/* A person and a thing that are not yet in the text. */
static void cast_next(struct gen_math_draft *d, struct cast *c, const char **slot)
{
    const struct gen_math_noun *thing = &c->things[c->thing[c->next_thing++]];
    slot['o'] = next_name(d, c);
    slot['c'] = thing->many;
    slot['C'] = thing->one;
}

static const char *digits(struct arena *arena, int number)
{
    return arena_printf(arena, "%d", number);
}

/* A wording that makes two statements only if there is room for one more. */
static const char *draw_wording(const struct gen_math_draft *d, const struct gen_math_event *event,
                                bool heldout, const struct gen_math_text *text)
{
    const char *wording;
    do
        wording = gen_math_wording(d, event->wording, heldout);
    while (strchr(wording, '|') && d->n_happenings + text->n_loose >= d->statements);
    return wording;
}

static void tell_happenings(struct gen_math_draft *d, struct cast *cast, int heldout,
                            const char *running, const char **slot, struct gen_math_text *text)
{
    for (int i = 0; i < d->n_happenings; i++) {
        const struct gen_math_happening *h = &d->happening[i];
        cast_next(d, cast, slot);
        slot['a'] = digits(d->arena, h->a->value);
        slot['b'] = h->b ? digits(d->arena, h->b->value) : "";
        gen_math_text_add(text, draw_wording(d, h->event, heldout == i, text), false, slot,
                          d->arena);
        int result = h->outer ? h->outer : h->inner;
        if (h->inner)
            d->var[h->inner - 1] = h->event->var;
        if (result)
            d->var[result - 1] = h->event->stage == GEN_MATH_END ? "change" : running;
    }
}

static void tell_decoys(struct gen_math_draft *d, struct cast *cast, const char *const *decoys,
                        const char **slot, struct gen_math_text *text)
{
    while (!d->plain && text->n_told + text->n_loose < d->statements) {
        cast_next(d, cast, slot);
        slot['m'] = gen_math_counted[cast->counted[cast->next_counted++]];
        slot['a'] = gen_math_decoy_number(d);
        slot['b'] = gen_math_decoy_number(d);
        gen_math_text_add(text, decoys[rng_below(d->r, GEN_MATH_DECOYS)], true, slot, d->arena);
    }
}

/* The parts that can be worded anew: a statement, the question, the name. */
enum { PART_QUESTION = -1, PART_NAME = -2, PART_NONE = -3 };

static int draw_heldout(struct gen_math_draft *d)
{
    return d->heldout ? (int)rng_below(d->r, (uint64_t)d->n_happenings + 2) + PART_NAME : PART_NONE;
}

static const char *draw_hero(struct gen_math_draft *d, struct cast *cast, bool heldout)
{
    if (heldout)
        return gen_math_names[GEN_MATH_TRAINED_NAMES +
                              rng_below(d->r, GEN_MATH_NAMES - GEN_MATH_TRAINED_NAMES)];
    return next_name(d, cast);
}

/* A number the problem starts from gets a line of its own: left to the step that uses it, it would
 * be told behind numbers that come later in the text. */
static void give_start(struct gen_math_draft *d, const char *running)
{
    const struct gen_math_happening *first = &d->happening[0];
    d->start = first->inner ? NULL : first->a;
    d->start_name = running;
    d->item->start = d->start ? d->start->value : 0;
    d->given = d->start ? arena_printf(d->arena, "%s = %d\n", running, d->start->value) : "";
}

static void tell(struct gen_math_draft *d, struct cast *cast, const char *running,
                 const char *const *decoys, const char *const *question, const char **slot)
{
    struct gen_math_text text = {0};
    int heldout = draw_heldout(d);
    slot['p'] = draw_hero(d, cast, heldout == PART_NAME);
    give_start(d, running);
    tell_happenings(d, cast, heldout, running, slot, &text);
    tell_decoys(d, cast, decoys, slot, &text);
    d->item->prompt = gen_math_text_join(
        &text, d->r, gen_math_wording(d, question, heldout == PART_QUESTION), slot, d->arena);
}

static void tell_story(struct gen_math_draft *d)
{
    const char *slot[128] = {0};
    struct cast cast;
    cast_draw(&cast, d->r, gen_math_containers, GEN_MATH_CONTAINERS);
    slot['n'] = gen_math_counted[cast.counted[cast.next_counted++]];
    d->item->unit = slot['n'];
    tell(d, &cast, slot['n'], gen_math_story_decoy, gen_math_story_question, slot);
}

static void tell_shop(struct gen_math_draft *d)
{
    const char *slot[128] = {0};
    struct cast cast;
    bool change = d->happening[d->n_happenings - 1].event->stage == GEN_MATH_END;
    cast_draw(&cast, d->r, gen_math_things, GEN_MATH_THINGS);
    d->item->unit = "dollars";
    tell(d, &cast, "total", gen_math_shop_decoy,
         change ? gen_math_change_question : gen_math_pay_question, slot);
}

const struct gen_math_teller gen_math_teller_story = {"story", "story_heldout", STATEMENTS,
                                                      shape_story, tell_story};
const struct gen_math_teller gen_math_teller_shop = {"shop", "shop_heldout", STATEMENTS, shape_shop,
                                                     tell_shop};
