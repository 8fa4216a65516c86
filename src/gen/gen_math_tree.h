/* The arithmetic of a generated problem: a tree of operations, its numbers, its identity. */
#pragma once
#include "gen/gen_math.h"

struct rng;

/* Identity of the tree whatever its numbers and the order of the sides of sums and products. */
uint64_t gen_math_tree_hash(const struct gen_math_node *node, int steps);
/* Is there a step that joins the results of two others? */
bool gen_math_tree_joins(const struct gen_math_node *node, int steps);
/* Draws the numbers (2 to 20) and works out every step; false when some result is not a whole
 * number from 1 to 999. */
bool gen_math_tree_draw(struct rng *r, struct gen_math_node *node, int steps);
/* Is there a shortcut: is the answer a number of the tree, or the result with some steps left out?
 */
bool gen_math_tree_has_shortcut(const struct gen_math_node *node, int steps);
