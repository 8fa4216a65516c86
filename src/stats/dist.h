/* Distribution functions and quantiles. Quantiles invert the distribution function by bisection to
 * the last bit or so; outside (0, 1) they return the end of the support. Pure functions. */
#pragma once

double stats_normal_cdf(double x);
double stats_normal_quantile(double p);
double stats_t_cdf(double t, double df);
double stats_t_quantile(double p, double df);
double stats_t_two_sided(double t, double df); /* P(|T| >= |t|) */
double stats_chi2_upper(double x, double df);  /* P(X >= x) */
double stats_beta_quantile(double p, double a, double b);
double stats_binomial_pmf(long k, long n, double p);
double stats_binomial_cdf(long k, long n, double p); /* P(X <= k) */
