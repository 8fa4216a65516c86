/* How an episode's programs meet the Python tool: the public run that the arms see, and the hidden
 * grading that they do not. */
#pragma once
#include "control/episode.h"

/* Grades every distinct candidate of a closed episode on the hidden tests, records each, and fills
 * the outcome of the submission: passed, verdict, counts. Nothing of it is charged to the ledger.
 */
int grading_hidden(struct episode *e, struct store_episode *row);
/* Compares the submitted answer of a math task with its true one. */
int grading_answer(const struct episode *e, struct store_episode *row);
