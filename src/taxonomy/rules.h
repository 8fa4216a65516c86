/* One function per flag, named after its code; a file per group. See evidence.h for what they
 * read. */
#pragma once
#include "taxonomy/evidence.h"

#define FLAG(code, holds, ...) taxonomy_rule holds;
#include "taxonomy/flag_list.h"

static inline enum flag_state flag_if(bool holds)
{
    return holds ? FLAG_YES : FLAG_NO;
}
