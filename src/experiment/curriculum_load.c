/* The section `curriculum:` of experiment.yaml, and the flags that replace parts of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/ytree.h"
#include "experiment/curriculum.h"
#include "experiment/curriculum_load.h"
#include "experiment/experiment.h"

static const struct curriculum defaults = {
    .orders = {CURRICULUM_RANDOM, CURRICULUM_STRICT, CURRICULUM_CUMULATIVE, CURRICULUM_REVERSE},
    .n_orders = CURRICULUM_ORDERS,
    .tests = 0,
    .steps_min = 2,
    .steps_max = 4,
    .replay = 0.2,
    .threshold = 0.5,
    .text = "plain",
    .size = "d32",
    .schedule = "constant",
    .loss = "example",
    .warmup = 0.02};

static const char *const text_keys[] = {"learner",    "orders",   "n",    "seeds",  "tests",
                                        "size",       "schedule", "loss", "warmup", "finish",
                                        "same_tests", "adapts",   "text"};
enum { TEXT_KEYS = sizeof text_keys / sizeof *text_keys };

bool curriculum_has_setting(const char *name)
{
    for (size_t i = 0; i < TEXT_KEYS; i++)
        if (str_eq(text_keys[i], name))
            return true;
    return false;
}

static int one_of(const char *what, const char *text, const char *const *words, size_t n,
                  struct err *err)
{
    struct str list CLEANUP_STR = {0};
    for (size_t i = 0; i < n; i++)
        if (str_eq(words[i], text))
            return (int)i;
    str_add_choice(&list, words, n);
    return err_input(err, "%s: expected %s, found '%s'", what, list.p, text);
}

static int set_orders(struct curriculum *c, const char *text, struct err *err)
{
    char *list CLEANUP_FREE = xstrdup(text), *rest = NULL;
    size_t n = 0;
    enum curriculum_order orders[CURRICULUM_ORDERS];
    for (char *w = strtok_r(list, ", ", &rest); w; w = strtok_r(NULL, ", ", &rest)) {
        enum curriculum_order order;
        int rc = curriculum_order_parse(w, &order, err);
        if (rc < 0)
            return rc;
        for (size_t i = 0; i < n; i++)
            if (orders[i] == order)
                return err_input(err, "orders: '%s' is there twice", w);
        orders[n++] = order;
    }
    if (n == 0)
        return err_input(err, "orders: expected at least one");
    memcpy(c->orders, orders, sizeof orders);
    c->n_orders = n;
    return 0;
}

static int set_sizes(struct curriculum *c, const char *text, struct err *err)
{
    char *list CLEANUP_FREE = xstrdup(text), *rest = NULL;
    int sizes[CURRICULUM_MAX_SIZES];
    size_t n = 0;
    for (char *w = strtok_r(list, ", ", &rest); w; w = strtok_r(NULL, ", ", &rest), n++) {
        char *end;
        long size = strtol(w, &end, 10);
        if (*end || size < 1 || size > 10000000)
            return err_input(err, "n: expected whole numbers from 1 to 10000000, found '%s'", w);
        if (n == CURRICULUM_MAX_SIZES)
            return err_input(err, "n: at most %d sizes", CURRICULUM_MAX_SIZES);
        if (n > 0 && sizes[n - 1] >= size)
            return err_input(err, "n: expected rising numbers, found %d before %ld", sizes[n - 1],
                             size);
        sizes[n] = (int)size;
    }
    if (n == 0)
        return err_input(err, "n: expected at least one number of training problems");
    memcpy(c->sizes, sizes, sizeof sizes);
    c->n_sizes = n;
    return 0;
}

static int set_word(struct experiment *x, const char *name, const char *text,
                    const char *const *words, size_t n, const char **out, struct err *err)
{
    int i = one_of(name, text, words, n, err);
    if (i < 0)
        return i;
    *out = arena_strdup(x->arena, text);
    return 0;
}

static int set_count(const char *name, const char *text, long max, int *out, struct err *err)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || n < 1 || n > max)
        return err_input(err, "%s: expected a whole number from 1 to %ld, found '%s'", name, max,
                         text);
    *out = (int)n;
    return 0;
}

static int set_share(const char *name, const char *text, double max, double *out, struct err *err)
{
    double v;
    if (!decimal_parse(text, &v) || !(v >= 0 && v <= max))
        return err_input(err, "%s: expected a number from 0 to %g, found '%s'", name, max, text);
    *out = v;
    return 0;
}

static int set_switch(const char *name, const char *text, const char *off, const char *on,
                      bool *out, struct err *err)
{
    const char *const words[] = {off, on};
    int i = one_of(name, text, words, 2, err);
    if (i < 0)
        return i;
    *out = i == 1;
    return 0;
}

int curriculum_set_text(struct experiment *x, const char *name, const char *text, struct err *err)
{
    static const char *const sizes[] = {"d32", "d64"}, *const schedules[] = {"constant", "decay"},
                             *const texts[] = {"plain", "full"},
                             *const losses[] = {"example", "token"};
    struct curriculum *c = x->curriculum;
    const char *learner = NULL;
    if (str_eq(name, "orders"))
        return set_orders(c, text, err);
    if (str_eq(name, "n"))
        return set_sizes(c, text, err);
    if (str_eq(name, "tests"))
        return set_count(name, text, 100000, &c->tests, err);
    if (str_eq(name, "seeds"))
        return set_count(name, text, 100000, &x->samples, err);
    if (str_eq(name, "size"))
        return set_word(x, name, text, sizes, 2, &c->size, err);
    if (str_eq(name, "schedule"))
        return set_word(x, name, text, schedules, 2, &c->schedule, err);
    if (str_eq(name, "loss"))
        return set_word(x, name, text, losses, 2, &c->loss, err);
    if (str_eq(name, "warmup"))
        return set_share(name, text, 0.5, &c->warmup, err);
    if (str_eq(name, "finish"))
        return set_share(name, text, 0.9, &c->finish, err);
    if (str_eq(name, "same_tests"))
        return set_switch(name, text, "false", "true", &c->same_tests, err);
    if (str_eq(name, "adapts"))
        return set_switch(name, text, "supervisor", "all", &c->adapts_all, err);
    if (str_eq(name, "text"))
        return set_word(x, name, text, texts, 2, &c->text, err);
    if (!str_eq(name, "learner"))
        return -ENOENT;
    int rc = set_word(x, name, text, curriculum_learner_names, 3, &learner, err);
    for (int i = 0; rc == 0 && i < 3; i++)
        if (str_eq(learner, curriculum_learner_names[i]))
            c->learner = (enum curriculum_learner)i;
    return rc;
}

/* ---- the file ---- */

/* A scalar, or a sequence of scalars as "a,b,c". Caller frees. */
static int node_text(const struct ytree *t, const struct ynode *n, const char *what, char **out,
                     struct err *err)
{
    struct str list = {0};
    const char *text = NULL;
    int rc = 0;
    size_t many = n->kind == YNODE_SEQ ? n->n : 1;
    for (size_t i = 0; rc == 0 && i < many; i++) {
        rc = ynode_string(t, n->kind == YNODE_SEQ ? n->val[i] : n, what, &text, err);
        if (rc == 0)
            str_addf(&list, "%s%s", i ? "," : "", text);
    }
    if (rc < 0)
        str_free(&list);
    else
        *out = xstrdup(str_text(&list));
    str_free(&list);
    return rc;
}

static int read_text_keys(const struct ytree *t, const struct ynode *map, struct experiment *x,
                          struct err *err)
{
    for (size_t i = 0; i < TEXT_KEYS; i++) {
        const struct ynode *n = ynode_get(map, text_keys[i]);
        char *text CLEANUP_FREE = NULL;
        if (!n)
            continue;
        int rc = node_text(t, n, text_keys[i], &text, err);
        if (rc == 0 && (rc = curriculum_set_text(x, text_keys[i], text, err)) < 0)
            err_prefix(err, "%s:%d", t->path, n->line);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Kept as text until --quick is given; wrong values are refused at once. */
static int read_quick(const struct ytree *t, const struct ynode *map, struct experiment *x,
                      struct err *err)
{
    struct curriculum *c = x->curriculum, trial = *c;
    struct experiment copy = *x;
    int rc = ynode_check_keys(t, map, "quick", text_keys, TEXT_KEYS, err);
    copy.curriculum = &trial;
    if (rc == 0)
        rc = read_text_keys(t, map, &copy, err);
    for (size_t i = 0; rc == 0 && i < map->n; i++) {
        char *text CLEANUP_FREE = NULL;
        rc = node_text(t, map->val[i], map->key[i]->text, &text, err);
        if (rc < 0)
            break;
        c->quick[c->n_quick].name = arena_strdup(x->arena, map->key[i]->text);
        c->quick[c->n_quick++].text = arena_strdup(x->arena, text);
    }
    return rc;
}

int curriculum_set_quick(struct experiment *x, struct err *err)
{
    const struct curriculum *c = x->curriculum;
    int rc = 0;
    if (!c || c->n_quick == 0)
        return err_input(err, "--quick: %s has no quick version (curriculum: quick:)", x->path);
    for (size_t i = 0; rc == 0 && i < c->n_quick; i++)
        rc = curriculum_set_text(x, c->quick[i].name, c->quick[i].text, err);
    return rc;
}

static int read_share(const struct ytree *t, const struct ynode *map, const char *key, double max,
                      double *out, struct err *err)
{
    const struct ynode *n = ynode_get(map, key);
    double v = *out;
    int rc = n ? ynode_double(t, n, key, &v, err) : 0;
    if (rc == 0 && (v < 0 || v > max))
        return err_input(err, "%s:%d: %s: expected a number from 0 to %g, found %g", t->path,
                         n->line, key, max, v);
    *out = v;
    return rc;
}

/* "2-4" */
static int read_steps(const struct ytree *t, const struct ynode *map, struct curriculum *c,
                      struct err *err)
{
    const struct ynode *n = ynode_get(map, "steps");
    const char *text = NULL;
    int rc = n ? ynode_string(t, n, "steps", &text, err) : 0;
    char rest;
    if (rc < 0 || !n)
        return rc;
    if (sscanf(text, "%d-%d%c", &c->steps_min, &c->steps_max, &rest) == 2 && c->steps_min >= 1 &&
        c->steps_max > c->steps_min && c->steps_max <= GEN_MATH_MAX_STEPS)
        return 0;
    return err_input(err, "%s:%d: steps: expected a range like 2-4, found '%s'", t->path, n->line,
                     text);
}

int curriculum_read(const struct ytree *t, const struct ynode *map, struct experiment *x,
                    struct err *err)
{
    static const char *const keys[] = {"learner",   "orders",     "n",        "seeds", "tests",
                                       "size",      "steps",      "schedule", "loss",  "warmup",
                                       "finish",    "same_tests", "adapts",   "text",  "replay",
                                       "threshold", "quick"};
    const struct ynode *quick;
    int rc = ynode_check_keys(t, map, "curriculum", keys, sizeof keys / sizeof *keys, err);
    if (rc < 0)
        return rc;
    x->curriculum = arena_alloc(x->arena, sizeof *x->curriculum);
    *x->curriculum = defaults;
    x->curriculum->base = x->arms;
    x->curriculum->n_base = x->n_arms;
    rc = read_text_keys(t, map, x, err);
    if (rc == 0)
        rc = read_steps(t, map, x->curriculum, err);
    if (rc == 0)
        rc = read_share(t, map, "replay", 0.9, &x->curriculum->replay, err);
    if (rc == 0)
        rc = read_share(t, map, "threshold", 1, &x->curriculum->threshold, err);
    if (rc == 0 && x->curriculum->n_sizes == 0)
        rc = err_input(err, "%s:%d: curriculum: expected n, the numbers of training problems",
                       t->path, map->line);
    if (rc == 0 && (quick = ynode_get(map, "quick")))
        rc = read_quick(t, quick, x, err);
    if (rc == 0)
        curriculum_expand(x);
    return rc;
}
