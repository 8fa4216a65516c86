/* JSON lines in, JSON lines out: many at once, in input order, in constant memory. */
#pragma once
#include <jansson.h>
#include "base/arena.h"
#include "base/err.h"

struct jsonl_job {
    const char *label;          /* "graded", for the progress line */
    const char *input, *output; /* paths; NULL or "-" = standard input and output */
    int threads;
    /* One row to one row; called from several threads. Takes the reference of the result; NULL
     * drops the row; an error ends the batch. */
    int (*map)(void *ctx, const json_t *row, json_t **out, struct arena *arena, struct err *err);
    /* Sees each result in input order, on one thread; may be NULL. */
    void (*seen)(void *ctx, const json_t *row, const json_t *out);
    void *ctx;
};

/* Exit code of a command: 0, 2 for a bad row (named by file and line), 130 when interrupted. */
int jsonl_run(const struct jsonl_job *job);
/* The row's "id", else its "task_id", else its line number is used: a new reference. */
json_t *jsonl_id(const json_t *row);
/* Seconds, rounded to significant digits. */
json_t *jsonl_seconds(double s);
