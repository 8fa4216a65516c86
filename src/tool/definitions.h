/* A program without what runs on its own behind the function that is asked for. */
#pragma once
#include "base/arena.h"

/* Behind the definition of entry_point only definitions, imports, assignments and comments are
 * kept: a model's own asserts, example calls and loops over them are left out, each line replaced
 * by an empty one, so that lines keep their numbers. A program that does not define it stays as it
 * is. Lives in the arena, or is `program` itself. */
const char *definitions_of(const char *program, const char *entry_point, struct arena *arena);
