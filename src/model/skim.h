/* Reads a line of a stream in place. A model sends a line per token, and building a JSON tree of
 * each (as wirejson.h does) was the largest cost of a call. So jsmn only finds the values in the
 * line, and only requested values are decoded.
 *
 * A value is the number of its token; SKIM_NONE is the value of what is not there, and every
 * function takes it. Values are good until the next skim_object. Start from {0}. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct skim {
    const char *text; /* borrowed */
    void *tokens;     /* jsmn's [cap] */
    int n, cap;
};

enum { SKIM_NONE = -1, SKIM_ROOT = 0 };

/* False when the text is not one JSON object. (A number or literal is not looked at before it is
 * asked for; two values without a comma between them pass, as with jsmn.) */
bool skim_object(struct skim *s, const char *text, size_t n);
void skim_free(struct skim *s);

int skim_get(const struct skim *s, int object, const char *key); /* the last of that name */
int skim_first(const struct skim *s, int array);
int skim_next(const struct skim *s, int element);

bool skim_is_text(const struct skim *s, int value);
bool skim_is_object(const struct skim *s, int value);
bool skim_is_array(const struct skim *s, int value);
bool skim_is_true(const struct skim *s, int value);
bool skim_says(const struct skim *s, int value, const char *text); /* is this text, unescaped */
bool skim_is_empty(const struct skim *s, int value);               /* "", or no text at all */
/* A whole number clamped to [0, INT32_MAX]; fallback for anything that is no number. */
int skim_count(const struct skim *s, int value, int fallback);
/* Adds the bytes of a text. Half a surrogate pair becomes U+FFFD, which sets *repaired (never
 * cleared); bytes that are no UTF-8 pass as they are, since the next line may bring the rest of the
 * character. */
void skim_text(const struct skim *s, int value, struct str *out, bool *repaired);
/* The value as a tree, for what is rare. NULL when it cannot be one. Caller decrefs. */
json_t *skim_json(const struct skim *s, int value);
