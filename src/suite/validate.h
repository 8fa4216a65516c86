/* Checks that a suite can measure anything: its references pass (isolated, else in one
 * process with the tests, which is reported), programs that do nothing fail, and
 * public tests and statements do not give hidden tests away. The reference of a task that asks for
 * a number must print that number, and its gold steps must lead to it. */
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
    bool fault; /* false: a note; the suite is still valid */
    char *message;
};

/* Free with suite_validation_free; the suite must outlive it. */
struct suite_validation {
    struct suite_finding *findings; /* [n_findings] in file order */
    size_t n_findings, n_faults;
    size_t n_references, n_references_pass; /* of the tasks that have one */
    size_t n_one_process;                   /* of them: they pass only in one process */
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

/* Used by validate.c for tasks that ask for a number (validate_math.c). A sentence about what is
 * wrong with the reference, or NULL; caller frees. `patient_cpu_s` is a second try's limit. */
int suite_run_reference(const struct task *t, struct tool *tool, double patient_cpu_s, char **why,
                        bool *slow, struct err *err);
/* For validate.c: do the hidden tests fail the task's wrong programs (validate_wrong.c)? why[i] is
 * a sentence about program i if they do not, else NULL; caller frees. one_process: the way in which
 * the task is graded (tool/grade_way.h). */
int suite_run_wrong(const struct task *t, struct tool *tool, bool one_process, char **why,
                    size_t *n_pass, struct err *err);
/* A sentence about the unit, or NULL. Caller frees. */
char *suite_unit_defect(const struct task *t);

/* Does the hidden test repeat a public one: the same text, or only calls of entry_point that are
 * public too? White space outside of strings and the kind of quotes make no difference. */
bool suite_test_leaks(const char *entry_point, const char *const *public_tests, size_t n_public,
                      const char *hidden);
/* Appends n bytes of a test in the normal form that suite_test_leaks compares. */
void suite_normal_text(struct str *out, const char *s, size_t n);
