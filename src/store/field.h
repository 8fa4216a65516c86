/* The columns of the record: SQL, bindings, CSV and JSON are all made from these tables.
 *
 * A row is one of the structs of store.h. Text of a row is borrowed from the code that filled it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/json.h"
#include "base/str.h"

enum store_kind {
    FIELD_TEXT,      /* const char *, never NULL when read; NULL is written as "" */
    FIELD_TEXT_NULL, /* const char *, NULL when there is none */
    FIELD_JSON,      /* const char * holding JSON, "" when there is none */
    FIELD_STATUS,    /* enum store_status: "pending", "done", "error" outside the database */
    FIELD_BOOL,
    FIELD_INT,
    FIELD_LONG,
    FIELD_U64, /* decimal text in the database and in JSON: neither holds 64 unsigned bits */
    FIELD_REAL,
};

/* Bulky: programs and prompts, not for a table of one line per row. Outcome: means something only
 * once the episode is done; a fault of ours must never be read as a wrong answer. */
struct store_field {
    const char *name;
    enum store_kind kind;
    size_t offset; /* in the struct */
    enum { FIELD_PLAIN, FIELD_BULKY, FIELD_OUTCOME } role;
};

struct store_fields {
    const char *table;
    size_t row_size;
    const struct store_field *field; /* [n] */
    size_t n;
};

extern const struct store_fields store_episode_fields, store_call_fields, store_failure_fields,
    store_tool_fields, store_event_fields, store_label_fields, store_share_fields,
    store_moment_fields;

const char *store_status_name(int status); /* enum store_status */

struct store_episode;
/* {"coder":{"calls","tool_runs","prompt_tokens","generated_tokens","model_seconds",
 * "tool_seconds"}, ...}; nothing when there are no shares. */
void store_add_roles(const struct store_episode *row, struct str *out);
/* "TOKENS:CALLS:TOOL_RUNS:SECONDS:PASSED;...", a point for each moment. */
void store_add_curve(const struct store_episode *row, struct str *out);

/* One line of CSV (RFC 4180, ending in CRLF), bulky fields left out, outcomes blank unless there is
 * one. */
void store_csv_header(const struct store_fields *fields, struct str *out);
void store_csv_row(const struct store_fields *fields, const void *row, struct str *out);
/* The row as an object, every field; JSON fields are put in as JSON, outcomes are null unless there
 * is one. Caller decrefs. */
json_t *store_row_json(const struct store_fields *fields, const void *row);
