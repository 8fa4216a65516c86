/* Gives a study's shards to Slurm. */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "cluster/slurm.h"
#include "cluster/study.h"

/* Submits arrays of these shards (rising) and a job that merges afterwards, and notes it in
 * study.json. `print`: only adds the commands to *shown, JOB in place of numbers. When a later
 * array is refused, the earlier ones are cancelled. */
int submit_shards(struct study *s, const unsigned *shards, size_t n,
                  const struct slurm_limits *limits, bool print, struct str *shown,
                  struct err *err);
