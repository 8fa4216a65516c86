/* Agreement of labels: each annotator with the automatic tag, and annotators with each other, over
 * groups (Cohen's kappa with its large-sample interval) and, where both named one, over codes. */
#pragma once
#include <stddef.h>
#include "doc/doc.h"
#include "stats/estimate.h"
#include "store/store.h"
#include "label/label_codes.h"

struct label_given {
    long long episode;
    const char *label, *note;
    taxonomy_set flags, inapplicable; /* of the automatic tag: all that hold, and that cannot */
};

struct label_rater {
    const char *name;          /* an annotator, or "automatic" */
    struct label_given *given; /* [n] by episode */
    size_t n, cap;
};

/* Of two raters on the episodes that both labelled. */
struct label_agreement {
    long n, same;                            /* groups */
    long table[LABEL_GROUPS * LABEL_GROUPS]; /* [first's][second's] */
    double kappa, low, high;                 /* 95 %; NaN where there is nothing to estimate */
    struct stats_estimate pabak;             /* kappa if all groups were equally frequent */
    long n_codes, same_codes;                /* both named a code */
};

void label_agree(const struct label_rater *a, const struct label_rater *b,
                 struct label_agreement *out);

/* All of a run's labels as a document. The caller frees it with doc_free. */
int label_agreement_doc(struct store *s, const char *run, struct doc **out, struct err *err);
