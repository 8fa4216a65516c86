/* What servers say when they refuse a request: one row for each sentence of each server family.
 * refusal_test.c holds a body for every row. */
#pragma once
#include <stddef.h>

/* The prompt, or the prompt and the reply asked for, does not fit. Of the numbers in the pattern,
 * {p} is the prompt's tokens, {c} the context's, {o} those asked for the reply, {t} = p + o, and
 * {m} the most a reply may have. */
struct overflow_row {
    const char *family;
    const char *like; /* pattern.h */
    enum overflow_extent {
        OVERFLOW_AS_SAID,  /* the prompt fits if p < c */
        OVERFLOW_PROMPT,   /* c is the prompt's own limit, or the sentence is about the prompt alone
                            */
        OVERFLOW_AT_LEAST, /* p is a lower bound: how much room there is stays open */
    } extent;
};

/* A field of the request is refused: {f}, or `field` where the sentence names none or several. */
struct field_row {
    const char *family;
    const char *like;
    const char *field; /* a name of refusal_fields; NULL = {f} */
};

/* The names that fields have in requests, and the bits that leave them out (refusal.h). */
struct field_name {
    const char *name;
    unsigned field;
};

extern const struct overflow_row overflow_rows[];
extern const struct field_row field_rows[];
extern const struct field_name field_names[];
extern const size_t n_overflow_rows, n_field_rows, n_field_names;
