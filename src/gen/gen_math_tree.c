/* Trees of operations with their numbers. */
#include "gen/gen_math_tree.h"
#include <string.h>
#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"

enum {
    MIN_LEAF = 2,
    MAX_LEAF = 20,
    MAX_RESULT = 999,
    MAX_PARTIAL = 2 << GEN_MATH_MAX_STEPS, /* n steps leave 2^(n + 1) - 2 ways */
};

/* "(+ (* n n) n)", the sides of + and * in alphabetical order. */
static void add_shape(struct str *s, const struct gen_math_node *node, int step)
{
    struct str left CLEANUP_STR = {0}, right CLEANUP_STR = {0};
    if (step == 0) {
        str_addc(s, 'n');
        return;
    }
    const struct gen_math_node *at = &node[step - 1];
    add_shape(&left, node, at->left.step);
    add_shape(&right, node, at->right.step);
    bool swap = (at->op == '+' || at->op == '*') && strcmp(str_text(&left), str_text(&right)) > 0;
    str_addf(s, "(%c %s %s)", at->op, str_text(swap ? &right : &left),
             str_text(swap ? &left : &right));
}

uint64_t gen_math_tree_hash(const struct gen_math_node *node, int steps)
{
    struct str shape CLEANUP_STR = {0};
    uint8_t digest[32];
    uint64_t out = 0;
    add_shape(&shape, node, steps);
    hash_sha256(shape.p, shape.len, digest);
    for (int i = 0; i < 8; i++)
        out = out << 8 | digest[i];
    return out;
}

bool gen_math_tree_joins(const struct gen_math_node *node, int steps)
{
    for (int i = 0; i < steps; i++)
        if (node[i].left.step && node[i].right.step)
            return true;
    return false;
}

static int between(struct rng *r, int min, int max)
{
    return min + (int)rng_below(r, (uint64_t)(max - min) + 1);
}

/* A divisor of x from 2 to 20; 0 when there is none. */
static int draw_divisor(struct rng *r, int x)
{
    int fit[MAX_LEAF] = {0}, n = 0;
    for (int d = MIN_LEAF; d <= MAX_LEAF; d++)
        if (x % d == 0)
            fit[n++] = d;
    return n ? fit[rng_below(r, (uint64_t)n)] : 0;
}

/* The right-hand number, where the left side is known. */
static int draw_right(struct rng *r, char op, int left)
{
    int max = MAX_LEAF;
    if (op == '/')
        return draw_divisor(r, left);
    if (op == '-' && left - 1 < max)
        max = left - 1;
    if (op == '*' && MAX_RESULT / left < max)
        max = MAX_RESULT / left;
    return max < MIN_LEAF ? 0 : between(r, MIN_LEAF, max);
}

static bool work_out(struct gen_math_node *at)
{
    int a = at->left.value, b = at->right.value;
    if (at->op == '/' && (b == 0 || a % b != 0))
        return false;
    at->value = at->op == '+' ? a + b : at->op == '-' ? a - b : at->op == '*' ? a * b : a / b;
    return at->value >= 1 && at->value <= MAX_RESULT;
}

bool gen_math_tree_draw(struct rng *r, struct gen_math_node *node, int steps)
{
    for (int i = 0; i < steps; i++) {
        struct gen_math_operand *left = &node[i].left, *right = &node[i].right;
        left->value = left->step ? node[left->step - 1].value : between(r, MIN_LEAF, MAX_LEAF);
        right->value =
            right->step ? node[right->step - 1].value : draw_right(r, node[i].op, left->value);
        if (right->value == 0 || !work_out(&node[i]))
            return false;
    }
    return true;
}

/* The values of a step with at least one step of its tree left out. */
struct partial {
    int n, value[MAX_PARTIAL];
};

static void note_partial(struct partial *p, char op, int a, int b)
{
    if (op == '/' && (b == 0 || a % b != 0))
        return;
    p->value[p->n++] = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
}

static void find_partials(const struct gen_math_node *node, int step, struct partial *out)
{
    struct partial left, right;
    out->n = 0;
    if (step == 0)
        return;
    const struct gen_math_node *at = &node[step - 1];
    find_partials(node, at->left.step, &left);
    find_partials(node, at->right.step, &right);
    out->value[out->n++] = at->left.value;
    out->value[out->n++] = at->right.value;
    for (int i = 0; i < left.n; i++) {
        out->value[out->n++] = left.value[i];
        note_partial(out, at->op, left.value[i], at->right.value);
        for (int j = 0; j < right.n; j++)
            note_partial(out, at->op, left.value[i], right.value[j]);
    }
    for (int j = 0; j < right.n; j++) {
        out->value[out->n++] = right.value[j];
        note_partial(out, at->op, at->left.value, right.value[j]);
    }
}

bool gen_math_tree_has_shortcut(const struct gen_math_node *node, int steps)
{
    struct partial p;
    find_partials(node, steps, &p);
    for (int i = 0; i < p.n; i++)
        if (p.value[i] == node[steps - 1].value)
            return true;
    return false;
}
