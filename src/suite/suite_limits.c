/* See suite_limits.h. */
#include "suite/suite_limits.h"
#include "base/mem.h"
#include "base/ytree.h"

static const struct limit {
    const char *key;
    size_t offset; /* in struct tool_limits */
    double bytes;  /* of one unit, for a size_t; 0 = the member is a double */
    double min, max;
} limits[] = {
    {"timeout_s", offsetof(struct tool_limits, cpu_s), 0, 0.1, 3600},
    {"memory_mb", offsetof(struct tool_limits, memory_bytes), 1 << 20, 16, 1 << 20},
};
const size_t n_suite_limits = sizeof limits / sizeof *limits;

const char *suite_limit_key(size_t i)
{
    return limits[i].key;
}

static double get(const struct tool_limits *l, const struct limit *k)
{
    const void *at = (const char *)l + k->offset;
    return k->bytes > 0 ? (double)*(const size_t *)at / k->bytes : *(const double *)at;
}

static void set(struct tool_limits *l, const struct limit *k, double value)
{
    void *at = (char *)l + k->offset;
    if (k->bytes > 0)
        *(size_t *)at = (size_t)(value * k->bytes);
    else
        *(double *)at = value;
}

double suite_limit_value(const struct task *t, size_t i)
{
    return get(&t->limits, &limits[i]);
}

int suite_limits_read(const struct ytree *tree, const struct ynode *map, const char *subject,
                      struct task *t, struct err *err)
{
    for (size_t i = 0; i < n_suite_limits; i++) {
        const struct limit *k = &limits[i];
        const struct ynode *n = ynode_get(map, k->key);
        if (!n)
            continue;
        char *what CLEANUP_FREE = xasprintf("%s: %s", subject, k->key);
        double value = 0;
        int rc = ynode_double(tree, n, what, &value, err);
        if (rc < 0)
            return rc;
        if (!(value >= k->min && value <= k->max))
            return err_input(err, "%s:%d: %s: found %.10g; expected a number from %.10g to %.10g",
                             tree->path, n->line, what, value, k->min, k->max);
        set(&t->limits, k, value);
    }
    return 0;
}

struct tool_limits suite_limits_or(struct tool_limits asked, const struct task *t)
{
    for (size_t i = 0; i < n_suite_limits; i++)
        if (get(&asked, &limits[i]) <= 0)
            set(&asked, &limits[i], get(&t->limits, &limits[i]));
    return asked;
}
