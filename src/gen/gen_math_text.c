/* From statements to a text, and from steps to words and programs. */
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_math_parts.h"

void gen_math_text_add(struct gen_math_text *t, const char *wording, bool loose,
                       const char *const slot[128], struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    const char *bar = strchr(wording, '|');
    if (bar) {
        gen_math_fill(&s, wording, bar, slot);
        t->loose[t->n_loose++] = arena_strdup(arena, str_text(&s));
        str_clear(&s);
    }
    gen_math_fill(&s, bar ? bar + 1 : wording, NULL, slot);
    const char *text = arena_strdup(arena, str_text(&s));
    if (loose)
        t->loose[t->n_loose++] = text;
    else
        t->told[t->n_told++] = text;
}

const char *gen_math_text_join(struct gen_math_text *t, struct rng *r, const char *question,
                               const char *const slot[128], struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    int told = 0, loose = 0;
    rng_shuffle(r, t->loose, (size_t)t->n_loose, sizeof t->loose[0]);
    while (told < t->n_told || loose < t->n_loose) {
        int left = t->n_told - told + t->n_loose - loose;
        bool take = (int)rng_below(r, (uint64_t)left) < t->n_told - told ||
                    (told + loose == 0 && t->n_told); /* who it is about comes first */
        str_addf(&s, "%s ", take ? t->told[told++] : t->loose[loose++]);
    }
    gen_math_fill(&s, question, NULL, slot);
    return arena_strdup(arena, str_text(&s));
}

const char *gen_math_decoy_number(const struct gen_math_draft *d)
{
    int number;
    do
        number = 2 + (int)rng_below(d->r, 19);
    while (number == d->item->answer);
    return arena_printf(d->arena, "%d", number);
}

const char *gen_math_wording(const struct gen_math_draft *d, const char *const *wordings,
                             bool heldout)
{
    return wordings[heldout ? GEN_MATH_TRAINED : rng_below(d->r, GEN_MATH_TRAINED)];
}

/* A result as `prefix` and its number, or by its value; a number of the text as it is. */
static const char *operand(const struct gen_math_operand *x, const char *prefix,
                           struct arena *arena)
{
    return x->step && prefix ? arena_printf(arena, "%s%d", prefix, x->step)
                             : arena_printf(arena, "%d", x->value);
}

const char *gen_math_subgoal(const struct gen_math_item *item, int i, bool values,
                             struct arena *arena)
{
    const struct gen_math_node *at = &item->node[i];
    const char *prefix = values ? NULL : "#";
    const char *verb = at->op == '+'   ? "plus"
                       : at->op == '-' ? "minus"
                       : at->op == '/' ? "split into"
                       : at->groups    ? "groups of"
                                       : "times";
    return arena_printf(arena, "%s %s %s", operand(&at->left, prefix, arena), verb,
                        operand(&at->right, prefix, arena));
}

static const char *python_op(char op)
{
    return op == '+' ? "+" : op == '-' ? "-" : op == '*' ? "*" : "//";
}

static const char *variable(const struct gen_math_draft *d, const struct gen_math_operand *x)
{
    if (x == d->start)
        return d->start_name;
    return x->step ? d->var[x->step - 1] : operand(x, NULL, d->arena);
}

static const char *make_program(const struct gen_math_draft *d)
{
    struct str s CLEANUP_STR = {0};
    int n = d->item->steps;
    str_add(&s, d->given);
    for (int i = 0; i < n; i++) {
        const struct gen_math_node *at = &d->item->node[i];
        str_addf(&s, "%s = %s %s %s\n", d->var[i], d->base[i] ? d->base[i] : variable(d, &at->left),
                 python_op(at->op), variable(d, &at->right));
    }
    str_addf(&s, "print(%s)\n", d->var[n - 1]);
    return arena_strdup(d->arena, str_text(&s));
}

static const struct gen_math_node *node_of(const struct gen_math_item *item,
                                           const struct gen_math_operand *x)
{
    return x->step ? &item->node[x->step - 1] : NULL;
}

/* A number, or two with an operation between them: what stands in one statement. */
static bool is_short(const struct gen_math_item *item, const struct gen_math_operand *x)
{
    const struct gen_math_node *at = node_of(item, x);
    return !at || (!at->left.step && !at->right.step);
}

static void add_short(struct str *s, const struct gen_math_item *item,
                      const struct gen_math_operand *x)
{
    const struct gen_math_node *at = node_of(item, x);
    if (at)
        str_addf(s, "%d %s %d", at->left.value, python_op(at->op), at->right.value);
    else
        str_addf(s, "%d", x->value);
}

/* Lines that leave x in the variable `name`: "n = 12", "n += 5 * 8", "n = 100 - n". */
static void add_running(struct str *s, const struct gen_math_item *item,
                        const struct gen_math_operand *x, char name)
{
    const struct gen_math_node *at = node_of(item, x);
    if (!at || (at->groups && is_short(item, x))) {
        str_addf(s, "%c = ", name);
        add_short(s, item, x);
    } else if (at->right.step && !is_short(item, &at->right) && is_short(item, &at->left)) {
        add_running(s, item, &at->right, name);
        str_addf(s, "%c = ", name);
        add_short(s, item, &at->left);
        str_addf(s, " %s %c", python_op(at->op), name);
    } else {
        bool other = !is_short(item, &at->right);
        add_running(s, item, &at->left, name);
        if (other)
            add_running(s, item, &at->right, (char)(name - 1));
        str_addf(s, "%c %s= ", name, python_op(at->op));
        if (other)
            str_addc(s, (char)(name - 1));
        else
            add_short(s, item, &at->right);
    }
    str_addc(s, '\n');
}

void gen_math_programs(struct gen_math_draft *d)
{
    struct gen_math_item *item = d->item;
    struct str s CLEANUP_STR = {0};
    const char **plan = arena_alloc(d->arena, (size_t)item->steps * sizeof *plan);
    struct suite_node *graph = arena_alloc(d->arena, (size_t)item->steps * sizeof *graph);
    for (int i = 0; i < item->steps; i++) {
        const struct gen_math_node *at = &item->node[i];
        plan[i] = gen_math_subgoal(item, i, false, d->arena);
        graph[i].id = arena_printf(d->arena, "s%d", i + 1);
        graph[i].expr = arena_printf(d->arena, "%s %c %s", operand(&at->left, "s", d->arena),
                                     at->op, operand(&at->right, "s", d->arena));
        graph[i].value = at->value;
    }
    item->plan = plan;
    item->graph = graph;
    item->program = make_program(d);
    add_running(&s, item, &(struct gen_math_operand){.step = item->steps}, 'n');
    str_add(&s, "print(n)\n");
    item->check = arena_strdup(d->arena, str_text(&s));
}
