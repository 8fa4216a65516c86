/* The numbers of an experiment, said once: this table reads them from the file and from flags,
 * checks their ranges, and writes them into the manifest. */
#pragma once
#include "base/ytree.h"
#include "experiment/experiment.h"

enum knob_kind { KNOB_INT, KNOB_LONG, KNOB_U64, KNOB_REAL };

struct knob {
    const char *section; /* "budget", "sampling", or "" for the top level */
    const char *name;    /* in the file; the flag is the same */
    enum knob_kind kind;
    size_t offset; /* in struct experiment */
    double min, max;
};

extern const struct knob knobs[];
extern const size_t n_knobs;

/* Reads the knobs of one section from a mapping; those absent keep their value. */
int knobs_read(const struct ytree *t, const struct ynode *map, const char *section,
               struct experiment *x, struct err *err);
/* Adds them to a JSON object. A seed is text: JSON numbers do not hold 64 bits. */
void knobs_write(const struct experiment *x, const char *section, json_t *obj);
/* The names of a section's knobs appended to names[]; how many. */
size_t knobs_names(const char *section, const char **names);
