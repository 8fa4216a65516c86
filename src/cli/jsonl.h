/* JSON lines in, JSON lines out: many at once, in input order, in constant memory. */
#pragma once
#include <jansson.h>
#include "base/arena.h"
#include "base/err.h"

struct jsonl_job {
    const char *label;          /* "graded", for the progress line */
    const char *input, *output; /* paths; NULL or "-" = standard input and output */
    int threads;
    const char *result; /* key of a row's outcome, null where the row itself is bad: "verdict" */
    /* One row to one row; called from several threads. Takes the reference of the result; NULL
     * drops the row. A row that is bad (ERR_INPUT) is answered alone; any other error ends the
     * batch. */
    int (*map)(void *ctx, const json_t *row, json_t **out, struct arena *arena, struct err *err);
    /* Sees each result in input order, on one thread; may be NULL. */
    void (*seen)(void *ctx, const json_t *row, const json_t *out);
    void *ctx;
};

/* Exit code of a command: 0, 2 where rows were bad (each is answered with what is wrong, the first
 * is named at the end), 130 when interrupted. */
int jsonl_run(const struct jsonl_job *job);
/* The row's "id", else its "task_id", else its line number is used: a new reference. */
json_t *jsonl_id(const json_t *row);
/* Seconds, rounded to significant digits. */
json_t *jsonl_seconds(double s);
