/* Runs an episode's programs: on the public tests, which the arms see, and on the hidden tests,
 * which they do not see. */
#pragma once
#include "control/episode.h"

/* Grades every distinct candidate of a closed episode on the hidden tests, records each, and fills
 * the outcome of the submission: passed, verdict, counts. Nothing of it is charged to the ledger.
 */
int grading_hidden(struct episode *e, struct store_episode *row);
/* Compares the submitted answer of a math task with its true one. */
int grading_answer(const struct episode *e, struct store_episode *row);
