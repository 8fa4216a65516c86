/* The runs under a directory, for `hrm list runs` and for names that stand for the latest run. */
#pragma once
#include <jansson.h>

/* As run_list_json of view/run_list.h, newest first; how many episodes are done is asked of the
 * record where a run is not over. dir: "runs", an experiment's directory. Caller decrefs. */
json_t *runs_listed(const char *dir);
/* "No: the hierarchy ..."; of a run that is not over, or of an earlier version, what is known. */
const char *run_listed_words(const json_t *entry);
