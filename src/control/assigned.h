/* The names that a program assigns at its outer level, as far as its text tells. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

/* The name on the left of the last plain assignment, or NULL. */
const char *assigned_last(const char *program, struct arena *arena);
bool assigned_has(const char *program, const char *name);
