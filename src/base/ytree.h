/* A YAML file as a tree in which every node knows its line, so that every complaint can name file
 * and line. (It uses libyaml's document API. libcyaml maps to structs, but drops the line numbers
 * that messages need.) Refused while loading: several documents, tags, keys given twice, and trees
 * that grow too large by aliases. The tree owns all text; ytree_free ends it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

enum ynode_kind { YNODE_SCALAR, YNODE_SEQ, YNODE_MAP };

struct ynode {
    enum ynode_kind kind;
    int line;           /* 1-based */
    bool plain;         /* scalar written without quotes: null, numbers and booleans are meant */
    const char *text;   /* scalar text (UTF-8, no NUL inside) */
    size_t n;           /* items of a sequence, pairs of a map */
    struct ynode **key; /* [n], maps only, scalars */
    struct ynode **val; /* [n] */
};

struct ytree {
    const char *path; /* as shown in messages */
    struct ynode *root;
    void *owner;
};

int ytree_load_file(const char *path, struct ytree *out, struct err *err);
int ytree_load_text(const char *name, const char *text, size_t n, struct ytree *out,
                    struct err *err);
void ytree_free(struct ytree *t);
#define CLEANUP_YTREE __attribute__((cleanup(ytree_free)))

/* The value under key, or NULL when absent or written as null (~, null, empty plain scalar). */
const struct ynode *ynode_get(const struct ynode *map, const char *key);

/* Typed readers: outputs are untouched on failure; `what` names the thing for the message, as in
 * "suite.yaml:12: steps: expected a whole number, found 'two'". All failures are ERR_INPUT. */
int ynode_string(const struct ytree *t, const struct ynode *n, const char *what, const char **out,
                 struct err *err);
int ynode_int(const struct ytree *t, const struct ynode *n, const char *what, long long min,
              long long max, long long *out, struct err *err);
int ynode_double(const struct ytree *t, const struct ynode *n, const char *what, double *out,
                 struct err *err);
int ynode_bool(const struct ytree *t, const struct ynode *n, const char *what, bool *out,
               struct err *err);
int ynode_expect(const struct ytree *t, const struct ynode *n, const char *what,
                 enum ynode_kind kind, struct err *err);
/* Text that must be one of words[n]; *out is which. */
int ynode_word(const struct ytree *t, const struct ynode *n, const char *what,
               const char *const *words, size_t n_words, int *out, struct err *err);
/* Refuses keys outside allowed[n_allowed], naming the line, the key, and the allowed one that is
 * near it, or all that are allowed. */
int ynode_check_keys(const struct ytree *t, const struct ynode *map, const char *what,
                     const char *const *allowed, size_t n_allowed, struct err *err);
