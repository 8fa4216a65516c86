/* jansson with this project's rules: duplicate keys refused, NUL allowed, one error sentence. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct str;

void json_cleanup(json_t **j);
#define CLEANUP_JSON __attribute__((cleanup(json_cleanup)))

/* `what` names the source in the message ("answers.jsonl:17"). NULL and *err on failure
 * (ERR_INPUT). */
json_t *json_parse(const char *text, size_t n, const char *what, struct err *err);
/* A file that is one JSON value, at most JSON_FILE_MAX bytes of it. NULL and *err when it cannot be
 * read, or "FILE:LINE:COLUMN: not valid JSON: ..."; caller decrefs. */
json_t *json_read_file(const char *path, struct err *err);
enum { JSON_FILE_MAX = 64 << 20 };
/* Compact, keys in insertion order, reals with 15 significant digits, so that 0.1 prints as 0.1.
 * Caller frees. */
char *json_text(const json_t *j);
char *json_text_pretty(const json_t *j);
/* Text, or a number as text; NULL for anything else. */
const char *json_word(const json_t *j, struct arena *arena);
/* Writing without a tree, as json_text would print json_bytes and json_real. */
void json_add_string(const char *text, struct str *out);
void json_add_real(double value, struct str *out);
/* Accessors with a default; never fail. */
const char *json_get_str(const json_t *obj, const char *key, const char *fallback);
double json_get_num(const json_t *obj, const char *key, double fallback);
long long json_get_int(const json_t *obj, const char *key, long long fallback);
bool json_get_bool(const json_t *obj, const char *key, bool fallback);
/* A JSON string from bytes that may be ill-formed UTF-8 (cleaned by utf8_clean). */
json_t *json_bytes(const char *s, size_t n);
