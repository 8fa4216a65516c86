/* The options of a command as one list: its own table, those of its children, and argp's own. Rows
 * are borrowed from the tables. */
#pragma once
#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/mem.h"

struct option_entry {
    const struct argp_option *row;
    const struct argp *of; /* NULL for argp's own */
};

struct options {
    struct option_entry *o; /* [n] */
    size_t n, cap;
};

void options_add(struct options *all, const struct argp *argp); /* NULL adds nothing */
void options_add_common(struct options *all);
void options_free(struct options *all);
#define CLEANUP_OPTIONS CLEANUP(options_free)

/* A heading of the help, which is no option. */
bool option_is_heading(const struct argp_option *o);
/* What stands for its value in the help ("FILE"); NULL = it takes none. */
const char *option_value(const struct argp_option *o);
bool option_needs_value(const struct argp_option *o);
/* The key is a letter, "-o". */
bool option_is_short(const struct argp_option *o);
/* Whether word[0..n) is the option's long name or, with `part`, the beginning of it, without the
 * dashes before it; '_' is '-'. */
bool option_has_name(const struct argp_option *o, const char *word, size_t n, bool part);

/* A text of the help as argp prints it: through the table's filter, which fills in names. `key` as
 * for a help_filter. Caller frees; NULL = nothing is printed. */
char *option_help_text(const struct argp *of, int key, const char *text);
