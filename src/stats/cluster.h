/* Paired differences over tasks that come in clusters: templates, topics. Tasks of one cluster may
 * share what makes them hard, so the clusters are the units. */
#pragma once
#include <stddef.h>
#include "stats/paired.h"

/* The mean of d[n], within [-1, 1] as its interval is, with the cluster-robust standard error
 * (Liang & Zeger 1986), sqrt(G / (G - 1) * sum over clusters of (sum of d_i - mean)^2) / n, and t
 * with G - 1 degrees of freedom. cluster[n] in [0, clusters); G counts those that hold a task and
 * is r.n. NaN se, ci and p for fewer than two, or when se is 0. */
struct stats_paired stats_clustered(const double *d, const size_t *cluster, size_t n,
                                    size_t clusters, double level);
