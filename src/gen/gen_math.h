/* Word problems made from trees of arithmetic: "Ana has 12 marbles. Ana buys 5 bags with 8 marbles
 * each. ... How many marbles does Ana have now?"
 *
 * An item is a pure function of (seed, index, options). Its steps are the binary operations that
 * its answer needs; every text has the same number of statements whatever its steps, filled up
 * with statements that do not matter. Numbers of the text are 2 to 20, results of steps 1 to 999,
 * and answers are spread alike for every number of steps. What is held out, and from what:
 * - trees: whether a problem of two steps or more belongs to training or to a test split is decided
 * by a hash of its tree of operations (numbers left out, the order of a sum's or product's sides
 * too), so a test problem is new whatever its numbers and words;
 * - words: a fifth of the names, and the last wording of every statement and question, never occur
 * in training (the words of such a wording do, put together otherwise). Ownership: all text lives
 * in the arena handed in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "suite/suite.h"

enum { GEN_MATH_MAX_STEPS = 6, GEN_MATH_SUITE_SEED = 1 /* of the shipped suite */ };

enum gen_math_family {
    GEN_MATH_STORY,   /* things come and go */
    GEN_MATH_SHOP,    /* costs, a total, coupons, change */
    GEN_MATH_COMPARE, /* "Ana has 5 more than Ben": relations in any order, decoys; hard */
    GEN_MATH_FAMILIES,
};

enum gen_math_split {
    GEN_MATH_TRAIN,   /* training trees, trained words */
    GEN_MATH_TEST,    /* test trees, trained words: group "story", "shop", "compare" */
    GEN_MATH_HELDOUT, /* test trees, and one part in words training never uses (a name, a
                         statement or the question): "story_heldout", ... */
};

struct gen_math_options {
    int steps_min, steps_max; /* 1..GEN_MATH_MAX_STEPS, drawn uniformly; test splits: from 2 */
    unsigned families; /* bits 1 << GEN_MATH_STORY ..., drawn uniformly; 0 = story and shop */
    enum gen_math_split split;
    bool plain; /* without irrelevant statements, so that the text shows the number of steps */
};

struct gen_math_operand {
    int step;  /* 1.. = result of that step; 0 = a number of the text */
    int value; /* either way */
};

/* One step. */
struct gen_math_node {
    char op; /* + - * / (exact) */
    struct gen_math_operand left, right;
    int value;
    bool groups; /* a product said as "5 groups of 8" */
};

struct gen_math_item {
    const char *prompt;             /* the problem, ending in its question */
    const char *const *plan;        /* [steps] in canonical words: "5 groups of 8", "#1 plus 12",
                                       where #K is the result of step K */
    const struct suite_node *graph; /* [steps] the same as "s1", "5 * 8" */
    const char *program; /* Python, a line per step with names that mean something, then print() */
    const char *check;   /* Python in another form: one running number, a line per statement */
    int start;           /* the number it starts from; 0: none, the first statement is a step */
    int answer;          /* value of the last step */
    const char *unit;    /* "marbles", "dollars" */
    const char *group;   /* "train", or as said at the split */
    enum gen_math_family family;
    int steps;
    bool tree; /* some step joins the results of two others; else a chain */
    struct gen_math_node node[GEN_MATH_MAX_STEPS]; /* [steps] */
    uint64_t hash;                                 /* of the tree of operations */
};

/* Item `index` of the stream `seed`. ERR_INPUT for impossible options. */
int gen_math_item(uint64_t seed, uint64_t index, const struct gen_math_options *opt,
                  struct gen_math_item *out, struct arena *arena, struct err *err);
/* The item as a suite's task with answer, unit, graph and reference, sharing the item's text. The
 * id is "<group>/k<steps>/<hash of the prompt>". */
void gen_math_task(const struct gen_math_item *item, struct task *out, struct arena *arena);
/* Step i in words, with #K or, where `values`, the results themselves: "40 plus 12". */
const char *gen_math_subgoal(const struct gen_math_item *item, int i, bool values,
                             struct arena *arena);

/* The first n different problems of a stream as a suite; ERR_INPUT when there are not so many.
 * Free with suite_free. */
int gen_math_tasks(uint64_t seed, size_t n, const struct gen_math_options *opt, struct suite *out,
                   struct err *err);
/* The suite eval/suites/compositional_math.yaml: test problems of 2 to 6 steps, as many of story as
 * of shop for each number of steps, and some of compare. Free with suite_free. */
int gen_math_suite(uint64_t seed, struct suite *out, struct err *err);
/* The text that file holds: a comment with the command that made it, then the suite. Caller frees.
 */
int gen_math_suite_text(char **out, struct err *err);

/* "train", "test", "heldout" */
const char *gen_math_split_name(enum gen_math_split split);
int gen_math_split_parse(const char *name, enum gen_math_split *out, struct err *err);
/* "story", "shop", "compare" */
int gen_math_family_parse(const char *name, enum gen_math_family *out, struct err *err);
