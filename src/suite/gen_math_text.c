/* From statements to a text, and from steps to words and programs. */
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "base/str.h"
#include "suite/gen_math_parts.h"

void gen_math_text_add(struct gen_math_text *t, const char *wording, bool loose,
                       const char *const slot[128], struct arena *arena)
{
    CLEANUP_STR struct str s = {0};
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
    CLEANUP_STR struct str s = {0};
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
    return x->step ? d->var[x->step - 1] : operand(x, NULL, d->arena);
}

static const char *make_program(const struct gen_math_draft *d)
{
    CLEANUP_STR struct str s = {0};
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

static bool is_sum(const struct gen_math_node *node, int step)
{
    return step && (node[step - 1].op == '+' || node[step - 1].op == '-');
}

/* With no more parentheses than are needed. */
static void add_expression(struct str *s, const struct gen_math_node *node,
                           const struct gen_math_operand *x)
{
    if (!x->step) {
        str_addf(s, "%d", x->value);
        return;
    }
    const struct gen_math_node *at = &node[x->step - 1];
    bool product = at->op == '*' || at->op == '/';
    bool left = product && is_sum(node, at->left.step);
    bool right = at->right.step && (product || (at->op == '-' && is_sum(node, at->right.step)));
    str_add(s, left ? "(" : "");
    add_expression(s, node, &at->left);
    str_addf(s, "%s %s %s", left ? ")" : "", python_op(at->op), right ? "(" : "");
    add_expression(s, node, &at->right);
    str_add(s, right ? ")" : "");
}

void gen_math_programs(struct gen_math_draft *d)
{
    struct gen_math_item *item = d->item;
    CLEANUP_STR struct str s = {0};
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
    str_add(&s, "print(");
    add_expression(&s, item->node, &(struct gen_math_operand){.step = item->steps});
    str_add(&s, ")\n");
    item->check = arena_strdup(d->arena, str_text(&s));
}
