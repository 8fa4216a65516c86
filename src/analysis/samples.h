/* Did the samples of a task differ? Outcomes may agree by luck, so the replies are compared: two
 * samples of one task and arm are the same when every reply is. */
#pragma once
#include "analysis/run.h"

/* Of the tasks with several samples. */
struct analysis_varied {
    long tasks;
    long replies;  /* of them: with samples whose replies differ */
    long outcomes; /* of them: of which some are solved and some are not */
};

struct analysis_samples {
    struct analysis_varied all;   /* a task differs when it does in any arm */
    struct analysis_varied *arms; /* [n_arms], in run->arena */
    bool known;                   /* there are several samples, and the record has replies */
};

int analysis_samples(const struct analysis_run *run, struct analysis_samples *out, struct err *err);
/* Replies of a task's samples never differ, in any arm. */
bool analysis_samples_add_nothing(const struct analysis_samples *s);
