/* A suite under construction and the set of its tasks. */
#include "gen/gen_builder.h"
#include <stdlib.h>
#include "base/arena.h"
#include "base/mem.h"

struct gen_builder gen_builder_start(const char *name, enum suite_domain domain, size_t n)
{
    struct gen_builder b = {.n_slots = 64};
    while (b.n_slots < 2 * n)
        b.n_slots *= 2;
    b.seen = xcalloc(b.n_slots, sizeof *b.seen);
    b.suite.arena = arena_new();
    b.suite.name = arena_strdup(b.suite.arena, name);
    b.suite.version = "1";
    b.suite.domain = domain;
    b.suite.tasks = arena_alloc(b.suite.arena, n * sizeof *b.suite.tasks);
    return b;
}

bool gen_builder_note(struct gen_builder *b, uint64_t key)
{
    size_t i = key & (b->n_slots - 1);
    for (; b->seen[i]; i = (i + 1) & (b->n_slots - 1))
        if (b->seen[i] == (key | 1))
            return false;
    b->seen[i] = key | 1;
    return true;
}

int gen_builder_finish(struct gen_builder *b, int rc, struct suite *out)
{
    free(b->seen);
    if (rc < 0)
        suite_free(&b->suite);
    else
        *out = b->suite;
    return rc;
}

char *gen_builder_text(const char *header, struct suite *s)
{
    char *yaml CLEANUP_FREE = suite_yaml(s);
    suite_free(s);
    return xasprintf("%s%s", header, yaml);
}
