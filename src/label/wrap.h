/* Text in the columns of a terminal. */
#pragma once
#include <stddef.h>

/* Bytes of the first row of `text` in a terminal of `columns`: up to a newline (not counted), or as
 * many characters as fit, to the last blank if one is near. At least one character, so that the
 * caller makes progress; 0 only at the end or before a newline. */
size_t wrap_row(const char *text, int columns);
