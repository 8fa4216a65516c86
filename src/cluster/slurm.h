/* Slurm's own programs. All answers come within seconds, or are taken for none: the controller of a
 * large site may be slow, restarting, or away. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/json.h"

struct slurm_limits {
    unsigned max_array_size; /* MaxArraySize: indices are below it */
    unsigned max_jobs;       /* MaxJobCount of the whole cluster */
    bool known;              /* false: Slurm's defaults */
};

/* From 'scontrol show config'; Slurm's defaults (1001, 10000) when it does not answer. */
struct slurm_limits slurm_read_limits(void);

/* A task of an array, or a job that is none. */
struct slurm_job {
    char job[24];   /* of the array; of the job */
    long index;     /* -1 = no array, -2 = the tasks of an array that wait together */
    char state[24]; /* "RUNNING", "PENDING", ... */
    char reason[64];
};

/* All that squeue knows of these jobs: with --json, or its table where it cannot do that. *out[*n],
 * caller frees. ERR_ENV when it does not answer. */
int slurm_queue(const char *const *jobs, size_t n_jobs, struct slurm_job **out, size_t *n,
                struct err *err);
/* The two readings, for tests. Jobs that are not named are left out. */
int slurm_parse_json(const char *text, size_t len, const char *const *jobs, size_t n_jobs,
                     struct slurm_job **out, size_t *n, struct err *err);
void slurm_parse_table(char *text, const char *const *jobs, size_t n_jobs, struct slurm_job **out,
                       size_t *n);
bool slurm_is_over(const char *state); /* no more of it will run */

/* The state of one job (of a task its own number); NULL when there is no answer. Caller frees. */
char *slurm_job_state(const char *job);
/* Puts it back into the queue. What scontrol answers says little: its own end may be part of it. */
void slurm_requeue(const char *job);
/* argv of sbatch, ending with NULL. *job: the number it was given; caller frees. */
int slurm_submit(const char *const *argv, char **job, struct err *err);
int slurm_cancel(const char *const *jobs, size_t n, struct err *err);
