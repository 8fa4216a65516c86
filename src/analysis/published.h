/* Published values of models on benchmarks, as eval/published.yaml lists them, and the rule by
 * which a value measured here agrees with one of them. The table owns all text it points to. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "stats/rate.h"

struct published_value {
    const char *const *suites; /* [n_suites] names of the benchmark's suites */
    size_t n_suites;
    double percent;
    const char *quantisation, *protocol, *source;
    bool secondary; /* read in another work than the source */
};

struct published_model {
    const char *name;         /* as the table writes it */
    const char *const *words; /* [n_words] of a name that is this model; "*" = any words */
    size_t n_words;
    const char *const *tags; /* [n_tags] whole names that say less than they mean */
    size_t n_tags;
    double billions;                /* of parameters; 0 = not given */
    const char *mark;               /* what opens a turn in its chat template; NULL = not given */
    struct published_value *values; /* [n_values] */
    size_t n_values;
};

/* What a quantisation may cost. */
struct published_loss {
    const char *quantisation;
    double points;
};

struct published {
    struct published_model *models; /* [n_models] */
    struct published_loss *losses;  /* [n_losses] */
    const char *const *ignored;     /* [n_ignored] words of a name that say nothing */
    size_t n_models, n_losses, n_ignored;
    struct arena *arena;
};

/* Every complaint is ERR_INPUT with file and line. */
int published_load(const char *path, struct published *out, struct err *err);
void published_free(struct published *p); /* {0} is legal */

/* The model that a server's name for it means ("qwen2.5-coder:0.5b-instruct-q4_K_M",
 * "Qwen/Qwen2.5-Coder-0.5B-Instruct", a GGUF file): the row with most words. NULL = not known. */
const struct published_model *published_find(const struct published *p, const char *name);
/* The values of a model on a suite, from the index `from` on; NULL when there are no more. */
const struct published_value *published_next(const struct published_model *m, const char *suite,
                                             size_t *from);
/* Points that a quantisation ("Q4_K_M", "") may cost: the row whose name it begins with. False when
 * the table has none. */
bool published_loss(const struct published *p, const char *quantisation, double *points);

enum published_verdict {
    PUBLISHED_AGREES,
    PUBLISHED_LOWER,
    PUBLISHED_HIGHER,
    PUBLISHED_OPEN, /* too few tasks to tell */
    PUBLISHED_UNKNOWN,
};

/* Wrong set-ups (no chat template, bad extraction) have moved scores by 17 to 56 points: an
 * interval that reaches further below what is allowed cannot tell one from a right one. */
#define PUBLISHED_REACH 17.0

/* The rule. Allowed is the range from the published value less the loss to the published value.
 * Ours is lower when its interval ends below that range, and higher when it begins above it. Else
 * they meet: it agrees, unless the interval reaches PUBLISHED_REACH points below the range. All in
 * per cent. */
enum published_verdict published_judge(struct stats_ci ours, double percent, double loss);
const char *published_verdict_name(enum published_verdict v);
