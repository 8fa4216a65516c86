/* Which tasks of a run belong together, for standard errors that allow for it (stats/cluster.h). */
#pragma once
#include "analysis/run.h"

/* Below so many clusters their spread says little, and the suite's groups are not taken for any. */
enum { CLUSTERS_MIN = 5 };

/* Fills clusters, n_clusters, clustered_by and the tasks' cluster: as the suite names them
 * (`cluster:`), else its groups, else its groups by number of steps. None for a curriculum. */
void analysis_cluster_tasks(struct analysis_run *run);
