/* Is a suite fit to measure with? Its references must pass, programs that do nothing must fail, and
 * the hidden tests must ask something that the public ones and the statement do not give away. */
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
};

/* Runs every reference; `threads` grade at once. ERR_FAULT only when the tool itself fails. tool
 * may be NULL for a math suite. */
int suite_validate(const struct suite *s, struct tool *tool, int threads,
                   struct suite_validation *out, struct err *err);
void suite_validation_free(struct suite_validation *v);

/* Does the hidden test repeat a public one: the same text, or only calls of entry_point that are
 * public too? White space outside of strings and the kind of quotes make no difference. */
bool suite_test_leaks(const char *entry_point, const char *const *public_tests, size_t n_public,
                      const char *hidden);
/* Adds n bytes of a test the way suite_test_leaks compares them. */
void suite_normal_text(struct str *out, const char *s, size_t n);
