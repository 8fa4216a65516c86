/* Evaluating gold steps: recursive descent over sum, product, factor. */
#include "suite/graph.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "suite/suite.h"
#include "tool/answer.h"

enum { MAX_DEPTH = 32 }; /* of brackets */

struct expr_reader {
    const char *p;
    const struct suite_node *nodes; /* [n] */
    size_t n;
    int depth;
    bool ok;
};

static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

static size_t name_length(const char *p)
{
    return *p >= '0' && *p <= '9' ? 0 : strspn(p, name_chars);
}

static bool take(struct expr_reader *r, char c)
{
    r->p += strspn(r->p, " ");
    if (*r->p != c)
        return false;
    r->p++;
    return true;
}

static double fail(struct expr_reader *r)
{
    r->ok = false;
    return 0;
}

static double read_sum(struct expr_reader *r);

static double read_factor(struct expr_reader *r)
{
    if (++r->depth > MAX_DEPTH)
        return fail(r);
    double value = 0;
    size_t n;
    if (take(r, '-')) {
        value = -read_factor(r);
    } else if (take(r, '(')) {
        value = read_sum(r);
        r->ok = take(r, ')') && r->ok;
    } else if ((n = name_length(r->p)) > 0) {
        size_t i = 0;
        while (i < r->n && (strncmp(r->nodes[i].id, r->p, n) != 0 || r->nodes[i].id[n]))
            i++;
        value = i < r->n ? r->nodes[i].value : fail(r);
        r->p += n;
    } else if (*r->p >= '0' && *r->p <= '9') {
        char *end;
        value = strtod(r->p, &end);
        r->p = end;
    } else {
        fail(r);
    }
    r->depth--;
    return value;
}

static double read_product(struct expr_reader *r)
{
    double value = read_factor(r);
    while (r->ok) {
        if (take(r, '*')) {
            value *= read_factor(r);
        } else if (take(r, '/')) {
            double by = read_factor(r);
            value = by == 0 ? fail(r) : value / by;
        } else {
            break;
        }
    }
    return value;
}

static double read_sum(struct expr_reader *r)
{
    double value = read_product(r);
    while (r->ok) {
        if (take(r, '+'))
            value += read_product(r);
        else if (take(r, '-'))
            value -= read_product(r);
        else
            break;
    }
    return value;
}

bool graph_eval(const char *expr, const struct suite_node *nodes, size_t n, double *out)
{
    struct expr_reader r = {.p = expr, .nodes = nodes, .n = n, .ok = true};
    double value = read_sum(&r);
    r.p += strspn(r.p, " ");
    if (!r.ok || *r.p || !isfinite(value))
        return false;
    *out = value;
    return true;
}

char *graph_check(const struct suite_node *nodes, size_t n, double answer, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        const struct suite_node *s = &nodes[i];
        double value;
        if (name_length(s->id) == 0 || s->id[name_length(s->id)])
            return xasprintf("step %zu: id '%s' is no name", i + 1, s->id);
        for (size_t j = 0; j < i; j++)
            if (str_eq(nodes[j].id, s->id))
                return xasprintf("two steps are named '%s'", s->id);
        if (!graph_eval(s->expr, nodes, i, &value))
            return xasprintf("step '%s': '%s' cannot be computed from numbers and earlier steps",
                             s->id, s->expr);
        if (!answer_equal(value, s->value, SUITE_TOLERANCE))
            return xasprintf("step '%s': %s is %.12g, not %.12g", s->id, s->expr, value, s->value);
    }
    if (n > 0 && !answer_equal(nodes[n - 1].value, answer, tolerance))
        return xasprintf("the last step gives %.12g, the answer is %.12g", nodes[n - 1].value,
                         answer);
    return NULL;
}
