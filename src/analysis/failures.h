/* How the arms failed, from the flags of the episodes in complete sets (taxonomy/): one arm's
 * categories against another's, spec errors and tool misuse, verdicts against the truth, and every
 * flag. Episodes to which a flag does not apply are not in its denominator. Arrays live in
 * run->arena.
 */
#pragma once
#include "analysis/analysis.h"
#include "stats/agree.h"
#include "taxonomy/taxonomy.h"

/* How an episode ended: a group of its label, or one of these. */
enum {
    ANALYSIS_SOLVED = N_TAXONOMY_GROUPS,
    ANALYSIS_UNTAGGED, /* failed, and without a label */
    ANALYSIS_CATEGORIES,
};

const char *analysis_category_name(int category);

/* Sets by how arm a (rows) and arm b (columns) ended. */
struct analysis_confusion {
    long sets[ANALYSIS_CATEGORIES][ANALYSIS_CATEGORIES];
    struct stats_marginal test; /* Stuart-Maxwell, on the first complete set of each task, failures
                                   named by codes that both arms can have; p NaN = there is none: */
    long own[2];                /* of these sets: failures of a, of b with no such code */
    long tasks;
};

enum analysis_misuse_kind { ANALYSIS_SPEC, ANALYSIS_TOOL, ANALYSIS_EITHER, ANALYSIS_MISUSES };

struct analysis_misuse {
    taxonomy_set codes;            /* that count: analysis_misuse_codes() */
    struct stats_estimate rate[2]; /* share of episodes with one of them; Wilson over tasks */
    struct stats_estimate ratio;   /* a / b, paired over tasks; NaN when b never has any */
    struct stats_estimate per_run[2], per_run_ratio; /* per tool run: stats/pooled.h */
};

/* Arm a against arm b. */
struct analysis_confrontation {
    size_t a, b;
    struct analysis_confusion confusion;
    struct analysis_misuse misuse[ANALYSIS_MISUSES];
};

/* Verdicts on submissions, and the truth. */
struct analysis_verifier {
    long accepted_right, accepted_wrong, rejected_right, rejected_wrong;
    struct stats_estimate precision, false_positive_rate; /* Wilson; n = episodes */
    double mcc;
};

struct analysis_flag_count {
    long holds, applies;        /* episodes */
    struct stats_estimate rate; /* of those to which it applies; Wilson */
};

struct analysis_failures {
    bool any;                             /* is there an episode with a flag? */
    struct analysis_confrontation *pairs; /* [n_arms - 1] the first arm against each other one */
    struct analysis_verifier *verifiers;  /* [n_arms] */
    struct analysis_flag_count *flags;    /* [n_arms][N_TAXONOMY_FLAGS] */
    taxonomy_set seen;                    /* codes that hold somewhere */
};

struct analysis_failures analysis_failures(const struct analysis_run *run);
/* Codes of spec errors and tool misuse on which two arms are compared: both kinds of arms can have
 * them, also in episodes that they solve (taxonomy_comparable), and they apply to some episode of
 * either arm. */
taxonomy_set analysis_misuse_codes(const struct analysis_run *run, size_t arm_a, size_t arm_b);
