/* What a person may call a failure: one of eight groups, or a code of one of them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { LABEL_GROUPS = 8 }; /* N_TAXONOMY_GROUPS */

/* 'S' and "spec error"; 0 <= group < LABEL_GROUPS, in the order of the screen and of tables. */
char label_group_letter(size_t group);
const char *label_group_name(size_t group);
/* The group of "S" or "S3"; -1 for what is neither a group nor a code. */
int label_group_of(const char *label);
/* The i-th code of a group and its meaning, "S3" and "fails a shown test"; false behind the last.
 */
bool label_code(size_t group, size_t i, const char **code, const char **name);
