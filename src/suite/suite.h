/* A suite: the tasks of a benchmark, read from YAML (design.md section 4). The suite owns all text.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/hash.h"
#include "tool/tool.h"

#define SUITE_TOLERANCE 1e-6 /* of a math answer, where the task gives none */

struct suite_protocol;

enum suite_domain { SUITE_CODE, SUITE_MATH };

/* One run of a program that reads stdin. */
struct suite_case {
    const char *stdin_text;
    const char *stdout_text;   /* NULL = not checked */
    const char *expect_substr; /* NULL = not checked */
};

/* One step of the gold solution of a generated problem. */
struct suite_node {
    const char *id, *expr; /* "s2", "s1 + 5" */
    double value;
};

struct task {
    const char *id;
    const char *prompt;
    const char *entry_point;         /* NULL for programs reading stdin and for math */
    const char *const *public_tests; /* [n_public] shown to the arms */
    size_t n_public;
    const char *const *hidden_tests; /* [n_hidden] never shown */
    size_t n_hidden;
    const char *check;        /* HumanEval's check(candidate) source, hidden; NULL = none */
    const char *prelude;      /* NULL = none */
    const char *reference;    /* gold program, or NULL */
    const char *const *wrong; /* [n_wrong] programs that the hidden tests must fail */
    size_t n_wrong;
    const struct suite_case *public_cases; /* [n_public_cases] shown */
    size_t n_public_cases;
    const struct suite_case *cases; /* [n_cases] hidden stdin cases (oracle) */
    size_t n_cases;
    bool has_answer; /* math */
    double answer, tolerance;
    const char *unit; /* NULL = none */
    const struct suite_node
        *graph; /* [n_graph] in an order of computation; the last is the answer */
    size_t n_graph;
    int steps; /* difficulty in steps, 0 = not given */
    const char
        *cluster;      /* tasks of one template or topic, which are not independent; NULL = none */
    const char *group; /* reported apart, e.g. "seen_pairs", "heldout_pairs"; NULL = none */
    struct tool_limits limits;             /* of every program run for it; 0 = the tool's default */
    const struct suite_protocol *protocol; /* the suite's; NULL = programs are graded as they are */
    int line;                              /* of the task in its file */
};

struct suite {
    const char *name, *version;
    enum suite_domain domain;
    const struct suite_protocol *protocol; /* of the benchmark it was made of; NULL = none */
    const char *path;
    char sha256[HASH_HEX]; /* of the file's bytes */
    struct task *tasks;    /* [n_tasks] in file order */
    size_t n_tasks;
    struct arena *arena;
};

/* The file of a suite: a path, or the name of one that ships ('hrm list' shows them). Caller frees.
 */
int suite_locate(const char *arg, char **path, struct err *err);
/* Every complaint is ERR_INPUT and reads "file:line: what was found; what was expected". */
int suite_load(const char *path, struct suite *out, struct err *err);
/* The same from text in memory; path is only shown in messages and names a suite that has no name.
 */
int suite_parse(const char *path, const char *text, size_t n, struct suite *out, struct err *err);
void suite_free(struct suite *s);
/* Canonical YAML text of a suite: same suite, same bytes; reading it gives the same suite. Caller
 * frees. */
char *suite_yaml(const struct suite *s);
const struct task *suite_find(const struct suite *s, const char *id);
