/* One function per flag, named after its code; a file per group. See evidence.h for what they
 * read. */
#pragma once
#include "taxonomy/evidence.h"

#define FLAG(code, holds, ...) taxonomy_rule holds;
#include "taxonomy/flag_list.h"

/* P5 of one program: does run `run` change a value that the controller handed to it? */
bool drift_changes_value(const struct evidence *e, size_t run);

static inline enum flag_state flag_if(bool holds)
{
    return holds ? FLAG_YES : FLAG_NO;
}
