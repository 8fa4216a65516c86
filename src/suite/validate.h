/* Is a suite fit to measure with? Its references must pass, programs that do nothing must fail, and
 * the hidden tests must ask something that the public ones and the statement do not give away. Of a
 * task that asks for a number the reference, a program that prints it, must print that number, and
 * the gold steps must lead to it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct str;
struct suite;
struct task;
struct tool;

struct suite_finding {
    const struct task *task;
    bool fault; /* false: worth knowing, no reason to refuse the suite */
    char *message;
};

struct suite_validation {           /* free with suite_validation_free; the suite must outlive it */
    struct suite_finding *findings; /* [n_findings] in file order */
    size_t n_findings, n_faults;
    size_t n_references, n_references_pass; /* of the tasks that have one */
    size_t n_programs;                      /* code tasks: each was also given ... */
    size_t n_empty_pass, n_none_pass;       /* ... an empty program, and one that returns None */
    size_t n_wrong, n_wrong_pass;           /* the tasks' wrong programs */
    size_t n_answers;                       /* tasks that ask for a number */
    size_t n_last_number; /* of them: the last number of the statement is the answer */
    size_t n_graphs;      /* of them: with gold steps */
};

/* Does validation run programs of this suite? */
bool suite_validate_needs_tool(const struct suite *s);
/* Runs every reference; `threads` grade at once. ERR_FAULT only when the tool itself fails. tool
 * may be NULL for a suite that does not need it. */
int suite_validate(const struct suite *s, struct tool *tool, int threads,
                   struct suite_validation *out, struct err *err);
void suite_validation_free(struct suite_validation *v);

/* For validate.c: judging tasks that ask for a number (validate_math.c). A sentence about what is
 * wrong with the reference, or NULL; caller frees. `patient_cpu_s` is a second try's limit. */
int suite_run_reference(const struct task *t, struct tool *tool, double patient_cpu_s, char **why,
                        bool *slow, struct err *err);
/* For validate.c: do the hidden tests fail the task's wrong programs (validate_wrong.c)? why[i] is
 * a sentence about program i if they do not, else NULL; caller frees. */
int suite_run_wrong(const struct task *t, struct tool *tool, char **why, size_t *n_pass,
                    struct err *err);
/* A sentence about the unit, or NULL. Caller frees. */
char *suite_unit_defect(const struct task *t);

/* Does the hidden test repeat a public one: the same text, or only calls of entry_point that are
 * public too? White space outside of strings and the kind of quotes make no difference. */
bool suite_test_leaks(const char *entry_point, const char *const *public_tests, size_t n_public,
                      const char *hidden);
/* Adds n bytes of a test the way suite_test_leaks compares them. */
void suite_normal_text(struct str *out, const char *s, size_t n);
