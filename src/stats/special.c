/* Incomplete beta by Lentz's continued fraction, incomplete gamma by series and continued fraction
 * (Press et al., Numerical Recipes, chapter 6), with the leading weights in Loader's saddle-point
 * form ("Fast and accurate computation of binomial probabilities", 2000): the textbook's exp(lgamma
 * - lgamma - lgamma) loses a digit for each factor of ten in n. */
#include "stats/special.h"
#include <float.h>
#include <math.h>

static const double TINY = 1e-300; /* keeps Lentz's denominators off zero */
enum { MAX_TERMS = 100000 };

/* lgamma(z) minus Stirling's (z - 1/2) ln z - z + ln(2 pi)/2. */
static double stirling_error(double z)
{
    if (z < 15)
        return lgamma(z) - ((z - 0.5) * log(z) - z + 0.5 * log(2 * M_PI));
    double y = 1 / (z * z);
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - y / 1188) * y) * y) * y) / z;
}

/* x ln(x/m) + m - x, without cancellation near x = m. */
static double deviance(double x, double m)
{
    if (fabs(x - m) >= 0.1 * (x + m))
        return x * log(x / m) + m - x;
    double v = (x - m) / (x + m), sum = (x - m) * v, term = 2 * x * v;
    for (int j = 1; j < 1000; j++) {
        term *= v * v;
        double next = sum + term / (2 * j + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

double stats_ln_beta_weight(double a, double b, double x)
{
    double n = a + b;
    return stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) -
           deviance(b, n * (1 - x)) + 0.5 * log(a / n * b / (2 * M_PI));
}

double stats_ln_choose(double n, double k)
{
    if (k == 0 || k == n)
        return 0;
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Modified Lentz: one step of C, D and the product for the coefficient `num` over 1. */
static double lentz_step(double num, double den, double *c, double *d)
{
    *d = den + num * *d;
    if (fabs(*d) < TINY)
        *d = TINY;
    *c = den + num / *c;
    if (fabs(*c) < TINY)
        *c = TINY;
    *d = 1 / *d;
    return *c * *d;
}

static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m < MAX_TERMS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        h *= lentz_step(even, 1, &c, &d);
        double step = lentz_step(odd, 1, &c, &d);
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

double stats_beta_inc(double a, double b, double x)
{
    if (isnan(a) || isnan(b) || isnan(x) || a <= 0 || b <= 0 || x < 0 || x > 1)
        return NAN;
    if (x == 0 || x == 1)
        return x;
    double weight = exp(stats_ln_beta_weight(a, b, x));
    if (x < (a + 1) / (a + b + 2))
        return weight * beta_fraction(a, b, x) / a;
    return 1 - weight * beta_fraction(b, a, 1 - x) / b;
}

/* x^a e^-x / Gamma(a + 1) */
static double gamma_weight(double a, double x)
{
    return exp(-deviance(a, x) - stirling_error(a)) / sqrt(2 * M_PI * a);
}

/* P by its series: the sum of x^n / ((a+1)...(a+n)). */
static double gamma_series(double a, double x)
{
    double sum = 1, term = 1;
    for (int n = 1; n < MAX_TERMS && term > sum * DBL_EPSILON / 4; n++)
        sum += term *= x / (a + n);
    return sum * gamma_weight(a, x);
}

/* Q by its continued fraction. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
    for (int i = 1; i < MAX_TERMS; i++) {
        b += 2;
        double step = lentz_step(-i * (i - a), b, &c, &d);
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON)
            break;
    }
    return h * a * gamma_weight(a, x);
}

double stats_gamma_q(double a, double x)
{
    if (isnan(a) || isnan(x) || a <= 0 || x < 0)
        return NAN;
    if (x == 0 || isinf(x))
        return x == 0;
    return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}
