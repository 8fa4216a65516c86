/* The tester of programs against the truth: self-written tests say what they think of a candidate,
 * the hidden tests what it is. A candidate is accepted when it passes all self-written tests of its
 * episode; they rank candidates and do not decide which one is submitted. The reference, where the
 * task has one, says of the tests themselves how many are right. */
#pragma once
#include "analysis/run.h"
#include "stats/estimate.h"

struct analysis_tester {
    long accepted_right, accepted_wrong, rejected_right, rejected_wrong; /* candidates */
    struct stats_estimate false_accept, false_reject; /* of the wrong, of the right; Wilson */
    long tests;                                       /* that the reference was run on */
    struct stats_estimate tests_right;                /* share of them that it passes; Wilson */
    long episodes, tasks;                             /* with self-written tests */
};

/* [n_arms] in run->arena, of complete sets. */
int analysis_testers(const struct analysis_run *run, const struct analysis_tester **out,
                     struct err *err);
