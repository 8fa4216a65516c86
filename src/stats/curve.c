/* See curve.h. */
#include "stats/curve.h"
#include <math.h>

double stats_aulc(const double *n, const double *accuracy, size_t points)
{
    if (points < 2)
        return NAN;
    double area = 0;
    for (size_t i = 1; i < points; i++)
        area += (accuracy[i] + accuracy[i - 1]) / 2 * log2(n[i] / n[i - 1]);
    return area / log2(n[points - 1] / n[0]);
}

double stats_n_at(const double *n, const double *accuracy, size_t points, double threshold)
{
    for (size_t i = 0; i < points; i++) {
        if (accuracy[i] < threshold)
            continue;
        if (i == 0)
            return n[0];
        double part = (threshold - accuracy[i - 1]) / (accuracy[i] - accuracy[i - 1]);
        return n[i - 1] * pow(n[i] / n[i - 1], part);
    }
    return NAN;
}
