/* The special functions under every test and interval here. Accurate to about 1e-13 relative where
 * the result is not subnormal; checked against GSL in special_test.c. Pure functions, thread-safe.
 */
#pragma once

/* I_x(a, b), the regularised incomplete beta function; a, b > 0, 0 <= x <= 1. */
double stats_beta_inc(double a, double b, double x);
/* Q(a, x), the upper regularised incomplete gamma function; a > 0, x >= 0. */
double stats_gamma_q(double a, double x);
/* ln of x^a (1-x)^b / B(a, b), free of the cancellation that lgamma() brings when a and b are
 * large. */
double stats_ln_beta_weight(double a, double b, double x);
double stats_ln_choose(double n, double k);
