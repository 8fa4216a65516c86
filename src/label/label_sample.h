/* Which failed episodes a person is shown, and in what order: a sample stratified by arm and
 * automatic label, drawn and ordered by a seed, so that every annotator gets the same one. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "store/store.h"

struct label_candidate {
    long long id;
    const char *arm, *label; /* of its stratum; label "" = not tagged */
    uint64_t draw, order;    /* from label_candidate_make */
};

/* Texts stay borrowed. */
struct label_candidate label_candidate_make(uint64_t seed, long long id,
                                            const struct store_episode *row);
/* Writes the ids of min(n, n_all) episodes, as they are to be shown; returns how many. Every
 * stratum gets one seat as long as there are enough; the other seats are dealt by Sainte-Lague's
 * rule, in proportion to the sizes of the strata. Sorts `all`. */
size_t label_sample(struct label_candidate *all, size_t n_all, size_t n, long long *ids);

/* 1 when a sample of this seed and size has been drawn from the run before, 0 when not. */
int label_sample_drawn(struct store *s, uint64_t seed, size_t n, struct err *err);
/* The sample of a run. It is drawn once and stored in the record under its seed and size, so that
 * later tagging or more episodes do not change what is labelled. Caller frees *ids. */
int label_sample_of_run(struct store *s, uint64_t seed, size_t n, long long **ids, size_t *n_ids,
                        struct err *err);
