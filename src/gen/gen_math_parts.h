/* Shared by the parts of the generator: a draft of a problem, from tree to text. */
#pragma once
#include "gen/gen_math.h"
#include "gen/gen_math_words.h"

struct rng;

enum { GEN_MATH_STATEMENTS = 8 }; /* at most, without the question */

/* A statement of a story or a shop. */
struct gen_math_happening {
    const struct gen_math_event *event;
    struct gen_math_operand *a, *b; /* its numbers, in the item's nodes; b NULL: it has one */
    int inner, outer;               /* its steps, from 1; 0: none */
};

struct gen_math_draft {
    struct gen_math_item *item; /* node, steps, family */
    struct rng *r;
    bool want_tree;
    bool heldout;   /* word one part as training never does */
    bool plain;     /* no irrelevant statements */
    bool invent;    /* make some names up */
    int statements; /* to tell, without the question */
    struct gen_math_happening happening[GEN_MATH_STATEMENTS]; /* [n_happenings] story, shop */
    int n_happenings;
    const char *var[GEN_MATH_MAX_STEPS];  /* [steps] Python name of each step's result */
    const char *base[GEN_MATH_MAX_STEPS]; /* [steps] name of a number at its left; NULL: none */
    const struct gen_math_operand *start; /* the number it starts from, in the nodes, or NULL ... */
    const char *start_name;               /* ... and its name */
    const char *given;                    /* Python lines before the first step, or "" */
    struct arena *arena;
};

/* A kind of problem: first the steps without numbers, then, when those are drawn, the words. */
struct gen_math_teller {
    const char *name, *heldout_name;
    int statements; /* of a text, whatever the steps */
    /* Draws operations, and which operands are steps; false: draw again. */
    bool (*shape)(struct gen_math_draft *d);
    /* prompt and unit of the item, names of its steps */
    void (*tell)(struct gen_math_draft *d);
};
extern const struct gen_math_teller gen_math_teller_story, gen_math_teller_shop,
    gen_math_teller_compare;

/* The statements of a text, in an order in which it may be told. */
struct gen_math_text {
    const char *told[GEN_MATH_STATEMENTS];  /* [n_told] in this order */
    const char *loose[GEN_MATH_STATEMENTS]; /* [n_loose] anywhere between them */
    int n_told, n_loose;
};
/* Adds `wording`, split at '|'. */
void gen_math_text_add(struct gen_math_text *t, const char *wording, bool loose,
                       const char *const slot[128], struct arena *arena);
/* The finished text: loose statements mixed in, then the question. */
const char *gen_math_text_join(struct gen_math_text *t, struct rng *r, const char *question,
                               const char *const slot[128], struct arena *arena);

/* A number from 2 to 20, in digits, that is not the answer: for irrelevant statements. */
const char *gen_math_decoy_number(const struct gen_math_draft *d);
/* Any of the trained wordings, or the held-out one. */
const char *gen_math_wording(const struct gen_math_draft *d, const char *const *wordings,
                             bool heldout);

/* Programs and steps in words, once the nodes and names of the draft are there. */
void gen_math_programs(struct gen_math_draft *d);
