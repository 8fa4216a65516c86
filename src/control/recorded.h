/* Tool runs answered from the record of another run (hrm run --replay), so that a replayed episode
 * has the same costs and the same messages as the recorded one. */
#pragma once
#include "control/episode.h"

struct recorded_run { /* of a program run for its value: what the record keeps of it */
    enum tool_status status;
    const char *out, *errout;
    const char *value, *error_type, *message; /* NULL = none */
    double seconds, cpu_seconds;
};

/* 1 and *r (in the episode's arena) when this run of the recorded episode, at this place in it, was
 * of the same program and the same tests; 0 when not, or when nothing is replayed. */
int recorded_grade(const struct episode *e, const char *kind, const struct candidate *c,
                   const struct tool_grade_request *q, struct tool_grade_result *r);
/* The same for a run of the program with this hash. */
int recorded_run(const struct episode *e, const char *kind, const char *hash,
                 struct recorded_run *r);
