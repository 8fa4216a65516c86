/* See ratio.h. */
#include "stats/ratio.h"
#include <math.h>
#include "stats/dist.h"

struct stats_ratio stats_paired_ratio(long both, long only_a, long only_b, double level)
{
    double a = (double)(both + only_a), b = (double)(both + only_b);
    if (b == 0)
        return (struct stats_ratio){NAN, {NAN, NAN}};
    if (a == 0)
        return (struct stats_ratio){0, {0, NAN}};
    double z = stats_normal_quantile(0.5 + level / 2);
    double spread = exp(z * sqrt((double)(only_a + only_b) / (a * b)));
    return (struct stats_ratio){a / b, {a / b / spread, a / b * spread}};
}
