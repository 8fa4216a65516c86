/* The answer of a run in one plain sentence, and the question that it answers. The report begins
 * with it, the terminal and the viewer show it, and summary.json has it.
 *
 * It is the conclusion on the primary criterion, or on all of them together where none is called
 * that; without a criterion it says what was solved. Text lives in run->arena. */
#pragma once
#include "analysis/conclusion.h"

struct analysis_headline {
    enum analysis_outcome outcome; /* all met, none met, or what is neither */
    const char *word;     /* "Yes", "No", "Partly", "Cannot tell"; of a run that is not over "So far
                           * yes" ...; "No criterion" */
    const char *sentence; /* begins with the word */
    const char *question; /* in words; "" where there is nothing to ask */
};

struct analysis_headline analysis_headline(const struct analysis_run *run);
/* One criterion without the word: "the hierarchy solved 5.9 points fewer tasks than flat, ...".
 * again: the sentence goes on about the same arms, "it had ...". */
const char *headline_clause(const struct analysis_run *run, const struct analysis_conclusion *v,
                            bool again);
/* "Does the hierarchy solve at least 5.0 points more tasks than flat?" */
const char *headline_question(const struct analysis_run *run, const struct analysis_conclusion *v);
