/* Internal: struct tool, and helpers for limits, retries and statuses.
 */
#pragma once
#include "sandbox/box.h"
#include "sandbox/pool.h"
#include <pthread.h>
#include "tool/grade_way.h"
#include "tool/tool.h"

/* Of a task, see grade_way.h. */
struct known_way {
    const void *task;
    enum tool_way way;
    struct known_way *next;
};

struct tool {
    struct pool *pool;
    pthread_mutex_t lock;   /* guards ways */
    struct known_way *ways; /* newest first */
    bool weak;
    char describe[320];
};

/* The limits with the defaults filled in. */
struct tool_limits tool_limits_or_default(struct tool_limits l);
/* Does the text use numpy or sympy, and so want the warm interpreter that has them? */
bool tool_is_numeric(const char *text);
/* Fills a box_run with limits and seed. */
void tool_prepare(struct box_run *r, const struct tool_limits *limits, uint64_t seed);
/* How a run ended, as a status. error_type is what the run reported (NULL = nothing). */
enum tool_status tool_end_status(const struct box_run *r, const char *error_type);
/* Killed from outside the sandbox: neither by itself nor by a limit. */
bool tool_was_killed(const struct box_run *r);
/* A sentence about an end that the program did not report itself ("used 2 s of CPU time"), or NULL.
 */
const char *tool_end_message(const struct box_run *r, enum tool_status s, struct arena *arena);
/* The message with " (line 3)" behind it; as it is where there is no line or no message. */
const char *tool_message_at(const char *message, int line, struct arena *arena);
/* A report's bytes as valid UTF-8 in the arena; NULL when empty. */
const char *tool_text(struct box_bytes b, struct arena *arena);

/* One run, with one retry if it or the warm interpreter is lost under it. */
int tool_run_in_slot(struct pool_slot *slot, bool numeric, struct box_run *r, struct err *err);
/* Does anything of a grading want numpy? */
bool tool_wants_numeric(const struct tool_grade_request *q);
/* For reports of tests: the letter of a verdict, and whether bytes are this text. */
enum tool_status tool_verdict_of(struct box_bytes letter);
bool tool_bytes_are(struct box_bytes b, const char *s);

/* Grading by cases, by tests, and by tests in one process; each fills n results. cpu_seconds is
 * added to. */
int tool_grade_cases(struct tool *t, const struct tool_grade_request *q,
                     struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                     struct err *err);
int tool_grade_tests(struct tool *t, const struct tool_grade_request *q,
                     struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                     struct err *err);
int tool_grade_together(struct tool *t, const struct tool_grade_request *q,
                        struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                        struct err *err);
