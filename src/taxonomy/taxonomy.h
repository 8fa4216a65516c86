/* How an episode failed, by deterministic rules over its transcript (docs/taxonomy.md
 * has every rule, with the places where we had to decide).
 *
 * Nothing is asked, run or graded here: the rules read the transcript (store/transcript.h), the
 * task, and what the arm was. So a run can be tagged again at any time, and the same record gives
 * the same tags. All text handed out lives in the caller's arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/json.h"

struct arm;
struct evidence;
struct task;
struct transcript;

/* In the order in which tables show them. */
enum taxonomy_group {
    GROUP_INFRA,
    GROUP_BUDGET,
    GROUP_FORMAT,
    GROUP_TOOL,
    GROUP_SPEC,
    GROUP_DRIFT,
    GROUP_VERIFICATION,
    GROUP_REASONING,
    N_TAXONOMY_GROUPS,
};

enum flag_state {
    FLAG_NO,
    FLAG_YES,
    FLAG_NA, /* means nothing for this arm, task or episode: not the same as no */
};

/* *why: what in the transcript made the rule hold, for people; borrowed from the evidence. */
typedef enum flag_state taxonomy_rule(const struct evidence *e, const char **why);

/* Which arms can have a code, by their construction. A code is not applicable to the others. */
enum taxonomy_who {
    BY_BOTH,
    BY_HIERARCHY, /* it is about a plan, or about a verdict of another role */
    BY_FLAT,      /* a hierarchy's controller takes the answer out of a program itself */
};

/* Whether the code says more than that the episode failed. */
enum taxonomy_outcome {
    ANY_OUTCOME,
    ONLY_WRONG, /* it can hold in failed episodes alone, so that counting it counts failures */
};

struct taxonomy_flag {
    const char *code; /* "T3" */
    enum taxonomy_group group;
    const char *name;  /* a few words */
    const char *rule;  /* one sentence */
    const char *scope; /* where it applies */
    taxonomy_rule *holds;
    int tier; /* of the flags that hold, one of the lowest tier names the failure */
    enum taxonomy_who who;
    enum taxonomy_outcome outcome;
};

enum {
#define FLAG(code, ...) TAXONOMY_##code,
#include "taxonomy/flag_list.h"
    N_TAXONOMY_FLAGS
};

extern const struct taxonomy_flag taxonomy_flags[N_TAXONOMY_FLAGS]; /* flag_list.h */

/* Sets of codes: bit i stands for taxonomy_flags[i]. */
typedef uint64_t taxonomy_set;
#define TAXONOMY_ALL ((taxonomy_set)(((taxonomy_set)1 << N_TAXONOMY_FLAGS) - 1))

const char *taxonomy_group_name(enum taxonomy_group g); /* "tool misuse" */
taxonomy_set taxonomy_group_codes(enum taxonomy_group g);
/* Codes that both kinds of arms can have; those of them that can also hold in a solved episode. */
taxonomy_set taxonomy_of_both(void);
taxonomy_set taxonomy_comparable(void);
int taxonomy_index(const char *code); /* into taxonomy_flags; -1 = no such code */
/* "T3 S3 R1" and back; words that are no codes are passed over. Cheap: for a million rows. */
taxonomy_set taxonomy_parse(const char *codes);
const char *taxonomy_text(taxonomy_set set, struct arena *arena);

/* What a person's label says: a group ("S"), a code ("S3"), or several, the one that counts first:
 * "S3,T7", "S3+T7". */
struct taxonomy_label {
    unsigned groups;    /* bit g: enum taxonomy_group g, also by one of its codes */
    taxonomy_set codes; /* those named as such */
    taxonomy_set named; /* these, and of a group that is named alone all of its codes */
    int first;          /* group of the first part; -1 = no label: a part is neither */
    int first_code;     /* index into taxonomy_flags; -1 = the first part is a group */
};

struct taxonomy_label taxonomy_read_label(const char *label);

/* The primary code of a failure with these flags, by precedence; -1 when there are none. */
int taxonomy_primary(taxonomy_set flags);
/* The rank-th most decisive of all codes, 0 <= rank < N_TAXONOMY_FLAGS: index into taxonomy_flags.
 */
int taxonomy_ranked(int rank);

/* What the rules need to know of an arm. */
struct taxonomy_arm {
    bool hierarchy; /* separate roles: planner or supervisor, solver, verifier */
    bool planner;   /* one of its roles makes a plan */
    bool tool;      /* Python runs within the episode */
    bool per_step;  /* its coder takes the steps one by one; where a profile decides, the calls tell
                     */
};

struct taxonomy_arm taxonomy_arm_of(const struct arm *arm);

struct taxonomy_tags {
    taxonomy_set flags, inapplicable;
    const char *label; /* "" when the episode was solved */
    const char *flags_text, *inapplicable_text;
    const char *why[N_TAXONOMY_FLAGS]; /* of the flags that hold; NULL = nothing to add */
};

/* The text of `why` is borrowed from the transcript. */
void taxonomy_tag(const struct transcript *t, const struct task *task,
                  const struct taxonomy_arm *arm, struct taxonomy_tags *out, struct arena *arena);
