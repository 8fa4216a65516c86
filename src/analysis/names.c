/* A hash table with open addressing: looking a name up must not take time in the number of names.
 */
#include "analysis/names.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

static uint64_t fnv1a(const char *s)
{
    uint64_t h = 14695981039346656037u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h ^ h >> 32;
}

/* The slot that holds name, or the empty one where it belongs. */
static uint32_t *find_slot(const struct names *s, const char *name)
{
    size_t i = fnv1a(name) & (s->n_slots - 1);
    while (s->slot[i] && strcmp(s->name[s->slot[i] - 1], name) != 0)
        i = (i + 1) & (s->n_slots - 1);
    return &s->slot[i];
}

static void grow(struct names *s)
{
    s->n_slots = s->n_slots ? s->n_slots * 2 : 64;
    free(s->slot);
    s->slot = xcalloc(s->n_slots, sizeof *s->slot);
    for (size_t i = 0; i < s->n; i++)
        *find_slot(s, s->name[i]) = (uint32_t)i + 1;
}

size_t names_index(struct names *s, const char *name)
{
    if (s->n * 2 >= s->n_slots)
        grow(s);
    uint32_t *slot = find_slot(s, name);
    if (*slot == 0) {
        s->name = xgrow(s->name, &s->cap, s->n + 1, sizeof *s->name);
        s->name[s->n++] = arena_strdup(s->arena, name);
        *slot = (uint32_t)s->n;
    }
    return *slot - 1;
}

void names_free(struct names *s)
{
    free(s->name);
    free(s->slot);
    *s = (struct names){.arena = s->arena};
}
