/* Tool runs answered from the record of another run (hrm run --replay), so that a replayed episode
 * has the same costs and the same messages as the recorded one. */
#pragma once
#include "control/episode.h"

/* 1 and *r (in the episode's arena) when this run of the recorded episode, at this place in it, was
 * of the same program and the same tests; 0 when not, or when nothing is replayed. */
int recorded_grade(const struct episode *e, enum run_kind kind, const struct candidate *c,
                   const struct tool_grade_request *q, struct tool_grade_result *r);
/* The same for a run of the program with this hash; its role, purpose and subgoal are those of the
 * record. */
int recorded_run(const struct episode *e, const char *hash, struct transcript_run *r);
