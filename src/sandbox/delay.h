/* How long a run had to wait for a processor: the wall limit, which is there against sleeping, does
 * not count this time. */
#pragma once
#include <sys/types.h>

/* Seconds, of the run that this warm interpreter has under way; of several threads the one that
 * waited longest. 0 where the kernel does not say. */
double delay_of_run(pid_t warm);
