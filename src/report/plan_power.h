/* The difference that a plan of tasks and samples can detect, before it runs. */
#pragma once
#include "doc/doc.h"
#include "analysis/run.h"
#include "stats/power.h"

/* The variances of a pilot run's first arm against its second, from the tasks that have all their
 * samples. ERR_INPUT if it has fewer than two arms or two such tasks. */
int power_from_pilot(const struct analysis_run *pilot, struct stats_design *out, struct err *err);

/* The same of any two arms; false if there are fewer than two such tasks. */
bool power_of_arms(const struct analysis_run *pilot, size_t arm_a, size_t arm_b,
                   struct stats_design *out);

struct power_question {
    struct stats_design design;
    const char *source;  /* of the variances: "assumed", "of runs/x: 40 tasks x 3 samples" */
    long tasks, samples; /* 0 tasks = not asked */
    double difference;   /* 0 = not asked */
};

/* Caller frees with doc_free. pilot: NULL, or its criteria come out with these probabilities. */
struct doc *power_doc(const struct power_question *q, const struct analysis_run *pilot);
