/* The operations that code tasks are composed of: one row of a table each, with its Python line,
 * its wordings, and an interpreter of our own that computes what the Python line would. Pure
 * functions on plain values. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum {
    GEN_OP_WORDINGS = 3, /* the first is the canonical one, the last is held out from training */
    GEN_VALUE_ITEMS =
        16, /* no operation lengthens its input, so the inputs' bounds hold throughout */
    GEN_VALUE_BYTES = 48,
};

enum gen_type { GEN_LIST, GEN_TEXT, GEN_INT };

struct gen_value {
    enum gen_type type;
    int n; /* items or bytes; 1 for a number */
    union {
        long long v[GEN_VALUE_ITEMS]; /* list of integers; v[0] is the number */
        char s[GEN_VALUE_BYTES];      /* ASCII letters and spaces, not NUL-terminated */
    };
};

struct gen_op {
    const char *name;
    enum gen_type in, out;
    const char *params; /* "1-12": numbers; "aeinrst": one of these letters; NULL: none */
    const char *code;   /* one Python statement on x; {k} stands for the parameter */
    const char *wording[GEN_OP_WORDINGS];
    /* In place; false when a number left the range in which tests stay readable. */
    bool (*apply)(struct gen_value *x, int param);
};

size_t gen_op_count(void);
const struct gen_op *gen_op(size_t i);
int gen_op_param_count(const struct gen_op *op); /* >= 1; 1 for an operation without parameter */
int gen_op_param(const struct gen_op *op, int index); /* 0 without parameter */
bool gen_op_param_is_letter(const struct gen_op *op);
bool gen_value_equal(const struct gen_value *a, const struct gen_value *b);
