/* How the arms failed, from the flags of the episodes in complete sets (taxonomy/): one arm's
 * categories against another's, spec errors and tool misuse, verdicts against the truth, and every
 * flag. A flag that means nothing for an episode is in no denominator. Arrays live in run->arena.
 */
#pragma once
#include "report/analysis.h"
#include "stats/agree.h"
#include "taxonomy/taxonomy.h"

enum { /* of an episode: a group of its label, or */
       REPORT_SOLVED = N_TAXONOMY_GROUPS,
       REPORT_UNTAGGED, /* failed, and without a label */
       REPORT_CATEGORIES,
};

const char *report_category_name(int category);

struct report_confusion { /* sets by how arm a (rows) and arm b (columns) ended */
    long sets[REPORT_CATEGORIES][REPORT_CATEGORIES];
    struct stats_marginal test; /* Stuart-Maxwell, on the first complete set of each task */
    long tasks;
};

enum report_misuse_kind { REPORT_SPEC, REPORT_TOOL, REPORT_EITHER, REPORT_MISUSES };

struct report_misuse {
    taxonomy_set codes;             /* that count: those that apply to both arms */
    struct report_estimate rate[2]; /* share of episodes with one of them; Wilson over tasks */
    struct report_estimate ratio;   /* a / b, paired over tasks; NaN when b never has any */
};

struct report_confrontation { /* arm a against arm b */
    size_t a, b;
    struct report_confusion confusion;
    struct report_misuse misuse[REPORT_MISUSES];
};

struct report_verifier { /* verdicts on submissions, and the truth */
    long accepted_right, accepted_wrong, rejected_right, rejected_wrong;
    struct report_estimate precision, false_positive_rate; /* Wilson; n = episodes */
    double mcc;
};

struct report_flag_count {
    long holds, applies;         /* episodes */
    struct report_estimate rate; /* of those to which it applies; Wilson */
};

struct report_failures {
    bool any;                           /* is there anything to show? */
    struct report_confrontation *pairs; /* [n_arms - 1] the first arm against each other one */
    struct report_verifier *verifiers;  /* [n_arms] */
    struct report_flag_count *flags;    /* [n_arms][N_TAXONOMY_FLAGS] */
    taxonomy_set seen;                  /* codes that hold somewhere */
};

struct report_failures report_failures(const struct report_run *run);
/* Codes of spec errors and tool misuse that apply to some episode of either arm. */
taxonomy_set report_misuse_codes(const struct report_run *run, size_t arm_a, size_t arm_b);
