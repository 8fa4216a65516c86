/* Logs that other evaluation programs wrote, as rows of outcomes: Inspect (.eval and JSON), lm-eval
 * (samples_*.jsonl), EvalPlus (eval_results.json), promptfoo (JSON, JSON lines) and HAL
 * (*_UPLOAD.json). Which one a file is of is told by its content. What they hold beyond outcomes is
 * ignored.
 *
 * Texts belong to the log's arena. */
#pragma once
#include <stddef.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct str;

struct log_row {
    const char *system; /* the model, agent or prompt that was tried */
    const char *task;   /* id within the benchmark */
    const char *sample; /* epoch, repetition */
    const char *digest; /* of what the task is, where the log says; else NULL */
    const char *cluster;
    int outcome;            /* 1 passed, 0 not, -1 unknown (an error of the run) */
    double seconds, tokens; /* NAN = unknown */
};

struct log {
    const char *path;
    const char *tool;      /* "Inspect" */
    const char *benchmark; /* as the tool names it; "" = it does not */
    const char *metric;    /* that was read */
    struct log_row *rows;  /* [n] */
    size_t n, cap;
    struct arena *arena;
};

struct log_choice {
    const char *metric;  /* scorer, metric or status to read; NULL = the only one there is */
    const char *cluster; /* member of a task's metadata that names its cluster; NULL = none */
};

/* 1 and *out; 0 when the file is no JSON and no archive, so may be a CSV table. ERR_INPUT when it
 * is damaged, of none of these programs, or its scores are not pass or fail. */
int log_read(const char *path, const struct log_choice *choice, struct log *out, struct err *err);
void log_free(struct log *l);

/* One table in CSV (columns task, arm, sample, passed, seconds, tokens, cluster) of all logs, for
 * outcomes_parse. Tasks are paired by id; where the logs are of several benchmarks these are the
 * clusters. Arms are named by system, and by file where that does not tell them apart. ERR_INPUT
 * with the reason when the logs cannot be paired. */
int log_table(struct log *logs, size_t n, struct str *csv, struct err *err);
