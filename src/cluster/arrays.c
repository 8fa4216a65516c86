/* See arrays.h. */
#include "cluster/arrays.h"
#include <stdlib.h>
#include "base/mem.h"

void arrays_add_list(const unsigned *numbers, size_t n, struct str *out)
{
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && numbers[next] == numbers[next - 1] + 1; next++)
            continue;
        str_addf(out, "%s%u", i ? "," : "", numbers[i]);
        if (next > i + 1)
            str_addf(out, "-%u", numbers[next - 1]);
    }
}

/* The indices that the shards have in an array with this offset. */
static char *list_of(const unsigned *numbers, size_t n, unsigned offset)
{
    unsigned *indices CLEANUP_FREE = xcalloc(n, sizeof *indices);
    struct str list = {0};
    for (size_t i = 0; i < n; i++)
        indices[i] = numbers[i] - offset;
    arrays_add_list(indices, n, &list);
    return str_take(&list);
}

static void throttle(struct array_cut *cuts, size_t n, unsigned at_once)
{
    unsigned share = at_once / (unsigned)n, rest = at_once % (unsigned)n;
    for (size_t i = 0; i < n; i++) {
        unsigned most = share + (i < rest);
        char *list = xasprintf("%s%%%u", cuts[i].list, most ? most : 1);
        free(cuts[i].list);
        cuts[i].list = list;
    }
}

size_t arrays_cut(const unsigned *numbers, size_t n, unsigned max_size, unsigned at_once,
                  struct array_cut **out)
{
    unsigned room = max_size > 1 ? max_size - 1 : 1; /* index 0 is not used */
    struct array_cut *cuts = NULL;
    size_t n_cuts = 0, cap = 0;
    for (size_t i = 0; i < n;) {
        struct array_cut c = {.offset = (numbers[i] - 1) / room * room, .first = i};
        while (i < n && numbers[i] <= c.offset + room)
            i++;
        c.n = i - c.first;
        c.list = list_of(numbers + c.first, c.n, c.offset);
        cuts = xgrow(cuts, &cap, n_cuts + 1, sizeof *cuts);
        cuts[n_cuts++] = c;
    }
    if (at_once && n_cuts)
        throttle(cuts, n_cuts, at_once);
    *out = cuts;
    return n_cuts;
}

void arrays_free(struct array_cut *cuts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(cuts[i].list);
    free(cuts);
}
