/* Comparisons: relations between persons ("Ana has 5 more than Ben") in any order. */
#include <ctype.h>
#include <string.h>
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_math_parts.h"

static void add_chain(struct gen_math_draft *d, int *n, int until)
{
    static const char ops[] = "+-*/";
    struct gen_math_operand before = {0};
    while (*n < until) {
        d->item->node[*n] = (struct gen_math_node){.op = ops[rng_below(d->r, 4)], .left = before};
        before.step = ++*n;
    }
}

/* A chain of relations; or two chains, a person who has as many as both ends together, and a chain
 * from there on. */
static bool shape(struct gen_math_draft *d)
{
    int steps = d->item->steps, n = 0;
    if (!d->want_tree) {
        add_chain(d, &n, steps);
        return true;
    }
    int join = 2 + (int)rng_below(d->r, (uint64_t)steps - 2); /* steps before it */
    int first = 1 + (int)rng_below(d->r, (uint64_t)join - 1);
    add_chain(d, &n, first);
    add_chain(d, &n, join);
    d->item->node[n++] = (struct gen_math_node){.op = '+', .left.step = first, .right.step = join};
    struct gen_math_operand before = {.step = n};
    for (; n < steps; before.step = ++n)
        d->item->node[n] = (struct gen_math_node){.op = "+-*/"[rng_below(d->r, 4)], .left = before};
    return true;
}

struct crowd {
    const char *name[GEN_MATH_TRAINED_NAMES]; /* in the order of their appearance */
    int n;
};

static void crowd_draw(struct crowd *c, struct rng *r)
{
    memcpy(c->name, gen_math_names, sizeof c->name);
    rng_shuffle(r, c->name, GEN_MATH_TRAINED_NAMES, sizeof c->name[0]);
    c->n = 0;
}

static int relation_of(char op)
{
    return op == '+'   ? GEN_MATH_MORE
           : op == '-' ? GEN_MATH_FEWER
           : op == '*' ? GEN_MATH_TIMES
                       : GEN_MATH_PART;
}

static const char *lower(const char *name, struct arena *arena)
{
    char *s = arena_strdup(arena, name);
    s[0] = (char)tolower((unsigned char)s[0]);
    return s;
}

/* Parts that can be worded anew: a relation, the question, the name asked for. */
enum { PART_QUESTION = -1, PART_NAME = -2, PART_NONE = -3 };

struct telling {
    struct gen_math_draft *d;
    struct gen_math_text text;
    struct crowd crowd;
    struct str given;
    const char *slot[128];
    const char *person[GEN_MATH_MAX_STEPS]; /* who has the result of each step */
    int heldout;
};

/* The person whose number a chain starts from. */
static const char *tell_base(struct telling *t, int value)
{
    struct gen_math_draft *d = t->d;
    const char *who = t->crowd.name[t->crowd.n++];
    t->slot['p'] = who;
    t->slot['a'] = arena_printf(d->arena, "%d", value);
    gen_math_text_add(&t->text, gen_math_wording(d, gen_math_compare[GEN_MATH_BASE], false), true,
                      t->slot, d->arena);
    str_addf(&t->given, "%s = %d\n", lower(who, d->arena), value);
    return who;
}

static void tell_step(struct telling *t, int i)
{
    struct gen_math_draft *d = t->d;
    const struct gen_math_node *at = &d->item->node[i];
    bool last = i + 1 == d->item->steps;
    const char *q = at->left.step ? t->person[at->left.step - 1] : tell_base(t, at->left.value);
    d->base[i] = at->left.step ? NULL : lower(q, d->arena);
    int relation = at->right.step ? GEN_MATH_BOTH : relation_of(at->op);
    t->person[i] = last && t->heldout == PART_NAME
                       ? gen_math_names[GEN_MATH_TRAINED_NAMES +
                                        rng_below(d->r, GEN_MATH_NAMES - GEN_MATH_TRAINED_NAMES)]
                       : t->crowd.name[t->crowd.n++];
    t->slot['p'] = t->person[i];
    t->slot['q'] = q;
    t->slot['s'] = at->right.step ? t->person[at->right.step - 1] : "";
    t->slot['a'] = arena_printf(d->arena, "%d", at->right.value);
    gen_math_text_add(&t->text, gen_math_wording(d, gen_math_compare[relation], t->heldout == i),
                      true, t->slot, d->arena);
    d->var[i] = lower(t->person[i], d->arena);
}

/* Irrelevant persons: related to an earlier person, or with a number of their own. */
static void tell_decoy(struct telling *t)
{
    struct gen_math_draft *d = t->d;
    int relation = (int)rng_below(d->r, GEN_MATH_BOTH), known = t->crowd.n;
    t->slot['p'] = t->crowd.name[t->crowd.n++];
    t->slot['q'] = t->crowd.name[rng_below(d->r, (uint64_t)known)];
    t->slot['a'] = gen_math_decoy_number(d);
    gen_math_text_add(&t->text, gen_math_wording(d, gen_math_compare[relation], false), true,
                      t->slot, d->arena);
}

static void tell(struct gen_math_draft *d)
{
    struct telling t = {.d = d, .heldout = PART_NONE};
    if (d->heldout)
        t.heldout = (int)rng_below(d->r, (uint64_t)d->item->steps + 2) + PART_NAME;
    crowd_draw(&t.crowd, d->r);
    t.slot['n'] = gen_math_counted[rng_below(d->r, GEN_MATH_COUNTED)];
    d->item->unit = t.slot['n'];
    for (int i = 0; i < d->item->steps; i++)
        tell_step(&t, i);
    while (!d->plain && t.text.n_loose < d->statements)
        tell_decoy(&t);
    t.slot['p'] = t.person[d->item->steps - 1];
    d->item->prompt = gen_math_text_join(
        &t.text, d->r, gen_math_wording(d, gen_math_compare_question, t.heldout == PART_QUESTION),
        t.slot, d->arena);
    d->given = arena_strdup(d->arena, str_text(&t.given));
    str_free(&t.given);
}

const struct gen_math_teller gen_math_teller_compare = {"compare", "compare_heldout",
                                                        GEN_MATH_STATEMENTS, shape, tell};
