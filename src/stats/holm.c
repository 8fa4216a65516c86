/* See holm.h. */
#include "stats/holm.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

static int by_p(const void *a, const void *b)
{
    double x = **(const double *const *)a, y = **(const double *const *)b;
    return (x > y) - (x < y);
}

void stats_holm(const double *p, double *adjusted, size_t n)
{
    const double **order = xcalloc(n + 1, sizeof *order);
    double *copy = xcalloc(n + 1, sizeof *copy), running = 0;
    if (n)
        memcpy(copy, p, n * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        order[i] = &copy[i];
    qsort(order, n, sizeof *order, by_p);
    for (size_t i = 0; i < n; i++) {
        running = fmax(running, fmin(1, *order[i] * (double)(n - i)));
        adjusted[order[i] - copy] = running;
    }
    free(order);
    free(copy);
}
