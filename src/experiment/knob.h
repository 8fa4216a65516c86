/* The numeric settings of an experiment: one table reads them from the file and from flags,
 * checks their ranges, and writes them into the manifest. Those of sampling are in
 * model/sampling.c.
 */
#pragma once
#include "base/ytree.h"
#include "experiment/experiment.h"

/* A value may depend on the backend: a mapping with a `default` holds one for each. This is the one
 * for `backend`; a value that is no such mapping is itself. Others' values are checked by reading
 * them. */
const struct ynode *knobs_of_backend(const struct ynode *n, const char *backend);
/* Sections: "budget", "sampling", or "" for the top level. Reads the knobs of one of them from a
 * mapping; those absent keep their value. */
int knobs_read(const struct ytree *t, const struct ynode *map, const char *section,
               const char *backend, struct experiment *x, struct err *err);
/* Adds them to a JSON object. A seed is text: JSON numbers do not hold 64 bits. */
void knobs_write(const struct experiment *x, const char *section, json_t *obj);
/* The names of a section's knobs appended to names[]; how many. */
size_t knobs_names(const char *section, const char **names);
