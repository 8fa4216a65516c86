/* Runs of 13 words, the usual measure of whether one text has been seen in another (Brown et al.
 * 2020, appendix C). Words are what stands between spaces. */
#pragma once
#include <stdbool.h>

struct gram_set;

struct gram_set *gram_set_new(void);
void gram_set_free(struct gram_set *s); /* NULL is legal */
void gram_set_add(struct gram_set *s, const char *text);
/* Does the text share a run of 13 words with any text added? */
bool gram_set_meets(const struct gram_set *s, const char *text);
