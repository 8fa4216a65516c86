/* The Python tool: runs model-written programs and grades them against tests, each in its own jail.
 *
 * What the program does (hangs, crashes, lies) is data in the result; a negative return is a fault
 * of ours. struct tool is shared by all episode threads; calls block until a slot is free. Result
 * strings live in the arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"

/* One list for runs and verdicts; design.md section 4. */
enum tool_status {
    TOOL_OK,      /* a run that ended by itself with exit 0 / a passed test: printed "ok"
                     or "pass" */
    TOOL_FAIL,    /* grading only: a test's assertion was false */
    TOOL_ERROR,   /* exception, syntax error, missing entry point, non-zero exit */
    TOOL_CPU,     /* CPU limit */
    TOOL_TIMEOUT, /* wall limit */
    TOOL_MEMORY,
    TOOL_OUTPUT_LIMIT,
    TOOL_CRASH, /* killed by a signal of its own making */
    TOOL_INFRA, /* ours, never the program's */
};

/* 0 = the default of reference: CPU 2 s, wall 5 x CPU, 512 MB, 64 KB per
 * stream. */
struct tool_limits {
    double cpu_s, wall_s;
    size_t memory_bytes, output_bytes;
};

struct tool_run_request {
    const char *code;
    size_t code_len;
    const char *stdin_text; /* NULL = empty */
    size_t stdin_len;
    const char *value_name; /* report this global variable as JSON afterwards; NULL = none */
    struct tool_limits limits;
    uint64_t seed;   /* of the program's `random` */
    int lines_above; /* of the code, that are no part of the program: lines are counted after them
                      */
};

struct tool_run_result {
    enum tool_status status;  /* never TOOL_FAIL */
    const char *out, *errout; /* valid UTF-8, NUL escaped */
    size_t out_len, errout_len;
    int exit_code, signal;
    const char *value;      /* JSON text of the variable, or NULL */
    const char *error_type; /* "ValueError", or NULL */
    const char *message;    /* last line of the traceback, or NULL */
    int line;               /* of the program, where a limit of time met it; 0 = not known */
    double seconds, cpu_seconds;
};

/* A program reading stdin. */
struct tool_case {
    const char *stdin_text;
    const char *stdout_text; /* exact up to trailing white space per line and at the end; NULL = not
                                checked */
    const char *expect_substr; /* must be the last line of stdout or stand in it, a number as its
                                  only one; NULL = not checked */
};

struct tool_grade_request {
    const char *program;
    const char *entry_point; /* NULL: programs judged by cases */
    const char *prelude;     /* e.g. "from typing import *", put before the program; NULL = none */
    const char *const *
        tests; /* [n_tests] each a self-contained snippet ("assert f(1) == 2"), judged on its own */
    size_t n_tests;
    const char *check; /* HumanEval style: source defining check(candidate), judged as one test;
                          NULL = none */
    const struct tool_case *cases; /* [n_cases] */
    size_t n_cases;
    bool stop_at_first;        /* stop after the first test that does not pass */
    struct tool_limits limits; /* per batch for tests, per case for cases */
    uint64_t seed;
    /* Trusted source of the task itself, usually its prompt: run beside the tests, so that helpers
     * they use (HumanEval's poly, a TreeNode) are the task's own and not the program's. It need not
     * parse; NULL = none. */
    const char *support;
    size_t program_len; /* 0 = strlen(program) */
    bool one_process;   /* tests and program in one interpreter, unprotected: see grade_way.h */
};

struct tool_test_result {
    enum tool_status verdict;
    const char *error_type,
        *message;    /* e.g. "AssertionError", "assert f(1) == 2: got 3"; NULL when passed */
    const char *out; /* of a case: what the program printed; NULL for tests */
    int line;        /* of a case: the program's line that raised the exception, or where a
                         limit of time met it; 0 = not known */
};

struct tool_grade_result {
    enum tool_status verdict; /* TOOL_OK only if every test passed and there was at least one */
    size_t n_tests, n_passed;
    const struct tool_test_result *tests; /* [n_tests]: tests, then check, then cases */
    const char *error_type, *message;     /* of the first that did not pass */
    double seconds, cpu_seconds;
    bool one_process; /* as the request asked */
    bool
        disputed; /* found wrong isolated, right in one process; set by who asks tool_is_disputed */
};

struct tool_config {
    int slots; /* 0 = number of cores */
    bool weak; /* accept a weaker jail (--sandbox=weak) */
};

struct tool;

/* ERR_ENV when the jail cannot be built; the message says which layer is missing. */
int tool_open(const struct tool_config *cfg, struct tool **out, struct err *err);
void tool_close(struct tool *t); /* NULL is legal */
int tool_run(struct tool *t, const struct tool_run_request *req, struct tool_run_result *res,
             struct arena *arena, struct err *err);
int tool_grade(struct tool *t, const struct tool_grade_request *req, struct tool_grade_result *res,
               struct arena *arena, struct err *err);
const char *tool_status_name(enum tool_status s);  /* "ok", "error", ... for runs */
const char *tool_verdict_name(enum tool_status s); /* "pass", "fail", ... for grades */
/* Which of the libraries that programs may use are not installed ("numpy, sympy"); NULL = none.
 * Looks at the file system only. */
const char *tool_missing_libraries(void);
const char *
tool_describe(const struct tool *t);  /* the layers in force, one line, for the manifest */
int tool_slots(const struct tool *t); /* how many calls can proceed at once */
