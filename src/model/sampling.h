/* The sampling parameters of a request, one row each: experiment.yaml and the flags read them by
 * this table (experiment/knob.c), the manifest and the text of a request are written by it,
 * requests to servers are written by it, and a refused parameter is left out by it. A new one needs
 * a row here, its member in struct model_sampling, its flag, and the sampler of the embedded model.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"
#include "model/model.h"

enum sampling_use {
    SAMPLING_USUAL, /* every server takes it; always sent */
    SAMPLING_EXTRA, /* 0 = off; then it is only sent to servers that have a default of their own */
    SAMPLING_LIMIT, /* a limit on the number of tokens; each protocol has its own field for it
                     */
};

struct sampling_field {
    const char *name; /* in experiment.yaml, as a flag, in the record and on the wire */
    enum sampling_use use;
    bool whole;    /* an int, else a double */
    size_t offset; /* in struct model_sampling */
    double min, max;
};

extern const struct sampling_field sampling_fields[];
extern const size_t n_sampling_fields;

/* The refusal_field bit of a parameter (refusal.h); 0 for a name that is none. */
unsigned sampling_bit(const char *name);
/* ,"temperature":0.2,"top_p":0.95,...: as it is recorded. An extra that is off is not, so that
 * records from before it was known stay valid. */
void sampling_add_record(const struct model_sampling *how, struct str *out);
/* The same for a server, limits left out, and what it refuses (`without`). own_defaults: the server
 * has defaults of its own, so extras are said where they are off, too. */
void sampling_add_request(const struct model_sampling *how, bool own_defaults, unsigned without,
                          struct str *out);
/* Was a parameter left out that would have affected the reply? */
bool sampling_lost(const struct model_sampling *how, unsigned without);
