/* The words of generated problems: names, things, and the wordings of each kind of statement.
 *
 * In a wording {p} is the person the problem is about, {o} somebody else, {a} and {b} numbers, {n}
 * what is counted, {c} things bought or containers, {C} one of them, {m} other things, {q} and {s}
 * the persons compared with. A wording "fact|statement" makes two statements; the fact may stand
 * anywhere. The last wording of each row and the last names are held out from training. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct str;

enum {
    GEN_MATH_WORDINGS = 5,
    GEN_MATH_TRAINED = GEN_MATH_WORDINGS - 1,
    GEN_MATH_NAMES = 30,
    GEN_MATH_TRAINED_NAMES = 24,
    GEN_MATH_COUNTED = 10,
    GEN_MATH_THINGS = 16,
    GEN_MATH_CONTAINERS = 8,
    GEN_MATH_DECOYS = 6,
};

struct gen_math_noun {
    const char *one, *many;
};

/* What a statement of a story or a shop does to the running result ("before"). */
enum gen_math_stage { GEN_MATH_START, GEN_MATH_MIDDLE, GEN_MATH_LATE, GEN_MATH_END };
struct gen_math_event {
    enum gen_math_stage stage; /* never goes back within a problem */
    char inner;      /* operation on the statement's own two numbers; 0: it has one number */
    char outer;      /* operation that joins before with it; 0: it is the start */
    bool flip;       /* it comes first: it - before */
    const char *var; /* Python name of the inner result; NULL: there is none, or it is the start */
    const char *wording[GEN_MATH_WORDINGS];
};

extern const char *const gen_math_names[GEN_MATH_NAMES];
extern const char *const gen_math_counted[GEN_MATH_COUNTED];
extern const struct gen_math_noun gen_math_things[GEN_MATH_THINGS];
extern const struct gen_math_noun gen_math_containers[GEN_MATH_CONTAINERS];

extern const struct gen_math_event gen_math_story[];
extern const size_t gen_math_n_story;
extern const struct gen_math_event gen_math_shop[];
extern const size_t gen_math_n_shop;
extern const char *const gen_math_story_question[GEN_MATH_WORDINGS];
extern const char *const gen_math_pay_question[GEN_MATH_WORDINGS];
extern const char *const gen_math_change_question[GEN_MATH_WORDINGS];
extern const char *const gen_math_story_decoy[GEN_MATH_DECOYS];
extern const char *const gen_math_shop_decoy[GEN_MATH_DECOYS];

/* Rows of gen_math_compare. */
enum {
    GEN_MATH_BASE,
    GEN_MATH_MORE,
    GEN_MATH_FEWER,
    GEN_MATH_TIMES,
    GEN_MATH_PART,
    GEN_MATH_BOTH,
    GEN_MATH_RELATIONS,
};
extern const char *const gen_math_compare[GEN_MATH_RELATIONS][GEN_MATH_WORDINGS];
extern const char *const gen_math_compare_question[GEN_MATH_WORDINGS];

/* Appends `wording` up to `end` (NULL: its end) with {x} replaced by slot['x']. */
void gen_math_fill(struct str *s, const char *wording, const char *end,
                   const char *const slot[128]);
