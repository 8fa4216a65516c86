/* See knob.h. */
#include "experiment/knob.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/decimal.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/sampling.h"

#define AT(member) offsetof(struct experiment, member)

enum { MANY = 1000000000 };

enum knob_kind { KNOB_INT, KNOB_LONG, KNOB_U64, KNOB_REAL };

struct knob {
    const char *section;
    const char *name; /* in the file; the flag is the same */
    enum knob_kind kind;
    size_t offset; /* in struct experiment */
    double min, max;
    bool quiet; /* 0 = off, and not in the manifest then */
};

static const struct knob own[] = {
    {"", "samples", KNOB_INT, AT(samples), 1, 100000, false},
    {"", "seed", KNOB_U64, AT(seed), 0, 0x1p63, false},
    {"budget", "max_iters", KNOB_INT, AT(budget.max_iters), 0, MANY, false},
    {"budget", "max_calls", KNOB_INT, AT(budget.max_calls), 0, MANY, false},
    {"budget", "max_tool_runs", KNOB_INT, AT(budget.max_tool_runs), 0, MANY, false},
    {"budget", "max_generated_tokens", KNOB_LONG, AT(budget.max_generated_tokens), 0, 1e15, false},
    {"budget", "max_total_tokens", KNOB_LONG, AT(budget.max_total_tokens), 0, 1e15, false},
    {"budget", "max_seconds", KNOB_REAL, AT(budget.max_seconds), 0, 1e9, false},
};
enum { N_OWN = sizeof own / sizeof *own };

/* The i-th of all: ours, then those of sampling. False behind the last. */
static bool knob_at(size_t i, struct knob *k)
{
    if (i >= N_OWN + n_sampling_fields)
        return false;
    if (i < N_OWN) {
        *k = own[i];
        return true;
    }
    const struct sampling_field *f = &sampling_fields[i - N_OWN];
    *k = (struct knob){
        "sampling", f->name, f->whole ? KNOB_INT : KNOB_REAL, AT(sampling) + f->offset,
        f->min,     f->max,  f->use == SAMPLING_EXTRA};
    return true;
}

static void store_whole(const struct knob *k, long long v, struct experiment *x)
{
    void *at = (char *)x + k->offset;
    if (k->kind == KNOB_INT)
        *(int *)at = (int)v;
    else if (k->kind == KNOB_LONG)
        *(long *)at = (long)v;
    else
        *(uint64_t *)at = (uint64_t)v;
}

static void store_number(const struct knob *k, double real, long long whole, struct experiment *x)
{
    if (k->kind == KNOB_REAL)
        *(double *)((char *)x + k->offset) = real;
    else
        store_whole(k, whole, x);
}

static long long whole_max(const struct knob *k)
{
    return k->max >= 0x1p63 ? INT64_MAX : (long long)k->max;
}

static int read_one(const struct ytree *t, const struct ynode *n, const struct knob *k,
                    struct experiment *x, struct err *err)
{
    if (k->kind != KNOB_REAL) {
        long long v = 0;
        int rc = ynode_int(t, n, k->name, (long long)k->min, whole_max(k), &v, err);
        if (rc == 0)
            store_whole(k, v, x);
        return rc;
    }
    double v = 0;
    int rc = ynode_double(t, n, k->name, &v, err);
    if (rc == 0 && (v < k->min || v > k->max))
        rc = err_input(err, "%s:%d: %s: expected a number from %g to %g, found %g", t->path,
                       n->line, k->name, k->min, k->max, v);
    if (rc == 0)
        *(double *)((char *)x + k->offset) = v;
    return rc;
}

const struct ynode *knobs_of_backend(const struct ynode *n, const char *backend)
{
    const struct ynode *other = n->kind == YNODE_MAP ? ynode_get(n, "default") : NULL;
    const struct ynode *its = other ? ynode_get(n, backend) : NULL;
    return its ? its : other ? other : n;
}

int knobs_read(const struct ytree *t, const struct ynode *map, const char *section,
               const char *backend, struct experiment *x, struct err *err)
{
    struct knob k;
    int rc = 0;
    for (size_t i = 0; rc == 0 && knob_at(i, &k); i++) {
        const struct ynode *n = ynode_get(map, k.name);
        if (n && str_eq(k.section, section))
            rc = read_one(t, knobs_of_backend(n, backend), &k, x, err);
    }
    return rc;
}

static json_t *knob_json(const struct knob *k, const struct experiment *x)
{
    const void *at = (const char *)x + k->offset;
    switch (k->kind) {
    case KNOB_INT:
        return json_integer(*(const int *)at);
    case KNOB_LONG:
        return json_integer(*(const long *)at);
    case KNOB_REAL:
        return json_real(*(const double *)at);
    case KNOB_U64:
        break;
    }
    char *text CLEANUP_FREE = xasprintf("%" PRIu64, *(const uint64_t *)at);
    return json_string(text);
}

void knobs_write(const struct experiment *x, const char *section, json_t *obj)
{
    struct knob k;
    for (size_t i = 0; knob_at(i, &k); i++) {
        json_t *value = str_eq(k.section, section) ? knob_json(&k, x) : NULL;
        if (value && k.quiet && json_number_value(value) == 0)
            json_decref(value);
        else if (value)
            json_object_set_new(obj, k.name, value);
    }
}

size_t knobs_names(const char *section, const char **names)
{
    struct knob k;
    size_t n = 0;
    for (size_t i = 0; knob_at(i, &k); i++)
        if (str_eq(k.section, section))
            names[n++] = k.name;
    return n;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && (*a == *b || (*a == '_' && *b == '-'))) {
        a++;
        b++;
    }
    return *a == *b;
}

int experiment_set(struct experiment *x, const char *name, const char *text, struct err *err)
{
    struct knob found;
    const struct knob *k = &found;
    for (size_t i = 0;; i++) {
        if (!knob_at(i, &found))
            return err_input(err, "an experiment has no setting '%s'", name);
        if (same_name(found.name, name))
            break;
    }
    char *end = NULL;
    errno = 0;
    double real = 0;
    bool good = decimal_parse(text, &real) && real >= k->min && real <= k->max;
    long long whole = 0;
    if (good && k->kind != KNOB_REAL) {
        whole = strtoll(text, &end, 10);
        good = *end == '\0' && errno == 0;
    }
    if (!good && k->max >= 1e15)
        return err_input(err, "--%s: expected a whole number, found '%s'", name, text);
    if (!good)
        return err_input(err, "--%s: expected a%s number from %g to %.10g, found '%s'", name,
                         k->kind == KNOB_REAL ? "" : " whole", k->min, k->max, text);
    store_number(k, real, whole, x);
    for (size_t i = 0; i < x->n_roles && str_eq(k->section, "sampling"); i++) {
        struct experiment of_role = {.sampling = x->roles[i].sampling};
        store_number(k, real, whole, &of_role);
        x->roles[i].sampling = of_role.sampling;
    }
    return 0;
}
