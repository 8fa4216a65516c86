/* How the authors of a benchmark grade it, as far as that changes a program before it is run. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

struct task;

struct suite_protocol {
    const char *name; /* the suite's key `protocol` */
    bool prompt_head; /* what stands before the function in the prompt belongs to the program */
    bool definitions_only; /* behind the function only definitions and assignments are kept */
};

/* The row of this name, or NULL. */
const struct suite_protocol *suite_protocol_find(const char *name);
/* All names, "humaneval, mbpp, ..."; a static text. */
const char *suite_protocol_names(void);
/* The program as it is graded: the task's protocol applied to it. Lives in the arena, or is
 * `program` itself. */
const char *suite_protocol_program(const struct task *t, const char *program, struct arena *arena);
