/* The details of events and tool runs: which members each kind has, as tables that read and write
 * their JSON. docs/transcripts.md is held against them by transcript_test.c. */
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "store/transcript.h"

enum detail_type {
    DETAIL_TEXT,      /* const char *, never NULL */
    DETAIL_TEXT_NULL, /* NULL is null */
    DETAIL_TEXT_OPT,  /* NULL is left out */
    DETAIL_BOOL,
    DETAIL_BOOL_OPT, /* false is left out */
    DETAIL_INT,
    DETAIL_INT_OPT,  /* 0 is left out */
    DETAIL_PAIRS,    /* struct transcript_uses, as an object */
    DETAIL_LIST,     /* pointer and count of structs of the table `of` */
    DETAIL_LIST_OPT, /* the same; a NULL pointer is left out */
};

struct detail_fields;

struct detail_field {
    const char *name; /* NULL: the detail itself is this value, not an object */
    enum detail_type type;
    size_t offset;
    const struct detail_fields *of; /* of a list */
};

struct detail_fields {
    const char *name;                 /* of the kind, in the record */
    const struct detail_field *field; /* [n]; none: there is no detail */
    size_t n, size;                   /* size: of the struct */
};

extern const struct detail_fields detail_of_event[N_EVENT_KINDS]; /* struct transcript_event */
extern const struct detail_fields detail_of_run[N_RUN_KINDS];     /* struct transcript_run */

enum event_kind detail_event_kind(const char *name);
enum run_kind detail_run_kind(const char *name);

/* The JSON of the struct `row`. */
void detail_add(const struct detail_fields *d, const void *row, struct str *out);
/* Fills the fields of the struct `row`; text that is no such JSON gives an empty detail. */
void detail_read(const struct detail_fields *d, const char *text, void *row, struct arena *arena);
