/* Draws problems: a tree of the requested split, numbers without a shortcut to the answer, then
 * words. */
#include "gen/gen_math.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_math_parts.h"
#include "gen/gen_math_tree.h"

enum {
    TEST_SHARE = 5,    /* one tree in 5 */
    MAX_RANGES = 50,   /* some trees cannot give every answer */
    MAX_SHAPES = 1000, /* draws of a tree for each range of answers */
    MAX_NUMBERS = 60,  /* draws of numbers for each tree */
    MAX_TEXTS = 50,
    DEFAULT_FAMILIES = 1 << GEN_MATH_STORY | 1 << GEN_MATH_SHOP,
};

static const struct gen_math_teller *const tellers[GEN_MATH_FAMILIES] = {
    [GEN_MATH_STORY] = &gen_math_teller_story,
    [GEN_MATH_SHOP] = &gen_math_teller_shop,
    [GEN_MATH_COMPARE] = &gen_math_teller_compare,
};
static const char *const split_names[] = {"train", "test", "heldout"};

/* Each range holds as many answers as any other, whatever the number of steps: a single product
 * reaches 400. */
static const struct {
    int min, max;
} answers[] = {{1, 9}, {10, 19}, {20, 39}, {40, 79}, {80, 159}, {160, 400}};
enum { N_ANSWERS = sizeof answers / sizeof answers[0] };

static bool tree_in_split(uint64_t hash, int steps, enum gen_math_split split)
{
    bool test = steps > 1 && hash % TEST_SHARE == 1;
    return test == (split != GEN_MATH_TRAIN);
}

static bool is_number_of_tree(const struct gen_math_node *node, int steps, int x)
{
    for (int i = 0; i < steps; i++)
        if ((!node[i].left.step && node[i].left.value == x) ||
            (!node[i].right.step && node[i].right.value == x))
            return true;
    return false;
}

static bool draw_numbers(struct gen_math_draft *d, int range)
{
    struct gen_math_item *item = d->item;
    for (int draw = 0; draw < MAX_NUMBERS; draw++) {
        if (!gen_math_tree_draw(d->r, item->node, item->steps))
            continue;
        item->answer = item->node[item->steps - 1].value;
        if (item->answer >= answers[range].min && item->answer <= answers[range].max &&
            !is_number_of_tree(item->node, item->steps, item->answer) &&
            !gen_math_tree_has_shortcut(item->node, item->steps))
            return true;
    }
    return false;
}

static bool draw_tree(struct gen_math_draft *d, enum gen_math_split split, int range)
{
    struct gen_math_item *item = d->item;
    for (int draw = 0; draw < MAX_SHAPES; draw++) {
        if (!tellers[item->family]->shape(d) ||
            gen_math_tree_joins(item->node, item->steps) != d->want_tree)
            continue;
        item->hash = gen_math_tree_hash(item->node, item->steps);
        if (tree_in_split(item->hash, item->steps, split) && draw_numbers(d, range))
            return true;
    }
    return false;
}

static bool draw_problem(struct gen_math_draft *d, enum gen_math_split split)
{
    for (int draw = 0; draw < MAX_RANGES; draw++)
        if (draw_tree(d, split, (int)rng_below(d->r, N_ANSWERS)))
            return true;
    return false;
}

/* Would the sum of all numbers be the answer? */
static bool sum_is_answer(const struct gen_math_item *item)
{
    long sum = 0;
    for (const char *c = item->prompt; *c;) {
        char *end = (char *)c + 1;
        if (isdigit((unsigned char)*c))
            sum += strtol(c, &end, 10);
        c = end;
    }
    return sum == item->answer;
}

static bool draw_words(struct gen_math_draft *d)
{
    for (int draw = 0; draw < MAX_TEXTS; draw++) {
        tellers[d->item->family]->tell(d);
        if (!sum_is_answer(d->item))
            return true;
    }
    return false; /* no statement is left to break the sum */
}

static bool draw_all(struct gen_math_draft *d, enum gen_math_split split)
{
    for (int draw = 0; draw < MAX_TEXTS; draw++)
        if (draw_problem(d, split) && draw_words(d))
            return true;
    return false;
}

static int check_options(const struct gen_math_options *opt, struct err *err)
{
    int least = opt->split == GEN_MATH_TRAIN ? 1 : 2;
    if (opt->steps_min < least || opt->steps_max > GEN_MATH_MAX_STEPS ||
        opt->steps_min > opt->steps_max)
        return err_input(err, "steps %d-%d: expected a range within %d-%d%s", opt->steps_min,
                         opt->steps_max, least, GEN_MATH_MAX_STEPS,
                         least == 1 ? "" : ", as problems of one step are for training");
    if (opt->families >> GEN_MATH_FAMILIES)
        return err_input(err, "families %#x: expected story, shop, compare", opt->families);
    return 0;
}

static enum gen_math_family draw_family(struct rng *r, unsigned families)
{
    int fit[GEN_MATH_FAMILIES] = {0}, n = 0;
    for (int f = 0; f < GEN_MATH_FAMILIES; f++)
        if (families >> f & 1)
            fit[n++] = f;
    return (enum gen_math_family)fit[rng_below(r, (uint64_t)n)];
}

int gen_math_item(uint64_t seed, uint64_t index, const struct gen_math_options *opt,
                  struct gen_math_item *out, struct arena *arena, struct err *err)
{
    int rc = check_options(opt, err);
    if (rc < 0)
        return rc;
    struct rng r = rng_make(
        seed_derive(seed, "gen_math/%s/%llu", split_names[opt->split], (unsigned long long)index));
    struct gen_math_item item = {0};
    struct gen_math_draft d = {.item = &item,
                               .r = &r,
                               .heldout = opt->split == GEN_MATH_HELDOUT,
                               .plain = opt->plain,
                               .invent = opt->split == GEN_MATH_TRAIN,
                               .arena = arena};
    item.family = draw_family(&r, opt->families ? opt->families : DEFAULT_FAMILIES);
    item.steps =
        opt->steps_min + (int)rng_below(&r, (uint64_t)(opt->steps_max - opt->steps_min) + 1);
    item.tree = d.want_tree = item.steps > 2 && rng_below(&r, 2);
    const struct gen_math_teller *teller = tellers[item.family];
    d.statements = teller->statements;
    item.group = opt->split == GEN_MATH_TRAIN  ? "train"
                 : opt->split == GEN_MATH_TEST ? teller->name
                                               : teller->heldout_name;
    if (!draw_all(&d, opt->split))
        return err_fault(err, "no %d-step problem found", item.steps);
    gen_math_programs(&d);
    *out = item;
    return 0;
}

const char *gen_math_split_name(enum gen_math_split split)
{
    return split_names[split];
}

int gen_math_split_parse(const char *name, enum gen_math_split *out, struct err *err)
{
    for (size_t i = 0; i < sizeof split_names / sizeof split_names[0]; i++) {
        if (str_eq(name, split_names[i])) {
            *out = (enum gen_math_split)i;
            return 0;
        }
    }
    return err_input(err, "split '%s': expected train, test or heldout", name);
}

int gen_math_family_parse(const char *name, enum gen_math_family *out, struct err *err)
{
    for (int f = 0; f < GEN_MATH_FAMILIES; f++) {
        if (str_eq(name, tellers[f]->name)) {
            *out = (enum gen_math_family)f;
            return 0;
        }
    }
    return err_input(err, "family '%s': expected story, shop or compare", name);
}
