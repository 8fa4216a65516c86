/* Reading a gold step graph. */
#include "suite/suite_graph.h"
#include <stdlib.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/ytree.h"
#include "suite/graph.h"

enum { MAX_STEPS = 1000 };

struct graph_reader {
    const struct ytree *tree;
    const char *subject;
    struct arena *arena;
    struct err *err;
};

static int complain(const struct graph_reader *r, const struct ynode *n, const char *found,
                    const char *expected)
{
    return err_input(r->err, "%s:%d: %s: graph: %s; expected %s", r->tree->path, n->line,
                     r->subject, found, expected);
}

static int read_step(const struct graph_reader *r, const struct ynode *map, struct suite_node *out)
{
    static const char *const keys[] = {"id", "expr", "value"};
    const char *what = arena_printf(r->arena, "%s: graph", r->subject);
    const char *id = NULL, *expr = NULL;
    int rc = ynode_check_keys(r->tree, map, what, keys, 3, r->err);
    for (int i = 0; i < 3 && rc == 0; i++)
        if (!ynode_get(map, keys[i]))
            rc = complain(r, map, arena_printf(r->arena, "a step without %s", keys[i]),
                          "id, expr and value");
    if (rc == 0)
        rc = ynode_string(r->tree, ynode_get(map, "id"), what, &id, r->err);
    if (rc == 0)
        rc = ynode_string(r->tree, ynode_get(map, "expr"), what, &expr, r->err);
    if (rc == 0)
        rc = ynode_double(r->tree, ynode_get(map, "value"), what, &out->value, r->err);
    if (rc == 0) {
        out->id = arena_strdup(r->arena, id);
        out->expr = arena_strdup(r->arena, expr);
    }
    return rc;
}

/* Are nodes[0..n), which end with the step at `map`, consistent, and the last one `value`? */
static int check_steps(const struct graph_reader *r, const struct ynode *map,
                       const struct suite_node *nodes, size_t n, double value, double tolerance)
{
    char *wrong CLEANUP_FREE = graph_check(nodes, n, value, tolerance);
    return wrong ? complain(r, map, wrong, "steps that compute the answer") : 0;
}

int suite_graph_read(const struct ytree *tree, const struct ynode *list, const char *subject,
                     double answer, double tolerance, struct arena *arena,
                     const struct suite_node **out, size_t *n, struct err *err)
{
    struct graph_reader r = {tree, subject, arena, err};
    int rc = ynode_expect(tree, list, arena_printf(arena, "%s: graph", subject), YNODE_SEQ, err);
    if (rc < 0)
        return rc;
    if (list->n == 0 || list->n > MAX_STEPS)
        return complain(&r, list, arena_printf(arena, "%zu steps", list->n), "1 to 1000");
    struct suite_node *nodes = arena_alloc(arena, list->n * sizeof *nodes);
    for (size_t i = 0; i < list->n && rc == 0; i++) {
        rc = read_step(&r, list->val[i], &nodes[i]);
        if (rc == 0)
            rc = check_steps(&r, list->val[i], nodes, i + 1, nodes[i].value, tolerance);
    }
    if (rc == 0)
        rc = check_steps(&r, list->val[list->n - 1], nodes, list->n, answer, tolerance);
    if (rc < 0)
        return rc;
    *out = nodes;
    *n = list->n;
    return 0;
}
