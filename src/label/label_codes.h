/* What a person may call a failure: one of eight groups, or a code of one of them; or several, the
 * one that counts first: "S3,T7". */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "taxonomy/taxonomy.h"

enum { LABEL_GROUPS = 8 }; /* N_TAXONOMY_GROUPS */

/* 'S' and "spec error"; 0 <= group < LABEL_GROUPS, in the order of the screen and of tables. */
char label_group_letter(size_t group);
const char *label_group_name(size_t group);
/* The group of "S" or "S3", of several ("S3,T7", "S3+T7") that of the first; -1 where any part is
 * neither a group nor a code. */
int label_group_of(const char *label);

/* What stands in a message behind "'X' is no label; expected ". */
#define LABEL_EXPECTED "a group (S T P V R F B I), a code of one (S3), or several (S3,T7)"

/* All that a label names, as taxonomy_read_label, with groups in the order of the screen. */
struct label_read {
    unsigned groups;
    taxonomy_set codes;
    int first, first_code;
};

struct label_read label_read(const char *label);
/* The group of a code of the taxonomy. */
int label_group_of_code(int code);
/* The i-th code of a group and its meaning, "S3" and "fails a shown test"; false behind the last.
 */
bool label_code(size_t group, size_t i, const char **code, const char **name);
