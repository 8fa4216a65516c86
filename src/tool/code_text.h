/* Code without fences: what of a text is Python. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* The code in the text: all of it where it parses and does something, else its stretches of code,
 * put together without the prose between them, if there is a definition, an import or a print in
 * them. NULL when there is none. */
const char *code_in_text(const char *text, size_t n, struct arena *arena);
