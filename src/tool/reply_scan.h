/* Helpers for reading plans: JSON anywhere in a reply, or a list of lines. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/json.h"

/* Offers each JSON object and array in the text, outermost first, to `take`, until one is taken.
 * *alone: nothing stood before it. False when none was. */
typedef bool reply_json_fn(void *ctx, const json_t *root);
bool reply_find_json(const char *reply, reply_json_fn *take, void *ctx, bool *alone);
/* The texts of a list ("3. text", "3) text", "Step 3: text", "- text"), one per line; how many.
 * Where items have numbers, those without are details and do not count, and the list ends where the
 * numbers start anew or an item comes again. What stands in fenced blocks is no list. */
size_t reply_items(const char *reply, const char ***items, struct arena *arena);
