/* Agreement of all raters together, and of the automatic tag with a person mode by mode. */
#pragma once
#include "label/label_agree.h"

/* What a rater said of an episode; NULL = nothing. */
const struct label_given *label_find(const struct label_rater *r, long long episode);
/* Krippendorff's alpha over groups: of the people, and with the automatic tag. r[0] is the tag. */
void label_add_alpha(struct doc *d, const struct label_rater *r, size_t n);
/* Precision and recall of the automatic flags, all that hold, against what the person named: by
 * group and code, or, for labels that were imported with the modes of another taxonomy, by mode,
 * with the share of modes that no code of ours stands for. */
void label_add_modes(struct doc *d, const struct label_rater *tag,
                     const struct label_rater *person);

/* Of one mode on the episodes that both judged. */
struct label_hits {
    long both, tag, person, n; /* tag, person: all that either named */
    long no_rule; /* the person named it, and no rule of it applies: in no other count */
};

/* taxonomy_flags[code]; the group's own with code -1 is any of its codes. */
struct label_hits label_count(const struct label_rater *tag, const struct label_rater *person,
                              int group, int code);
