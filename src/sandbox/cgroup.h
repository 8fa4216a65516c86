/* A cgroup around a warm interpreter: what rlimits do not count (tmpfs, pipes, page tables) and the
 * number of processes. Taken where one can be made, below the one this process is in; never needed,
 * so nothing here is an error. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct cgroup;

struct cgroup *cgroup_enclose(pid_t pid); /* NULL = cannot be had here */
/* Room for runs of this size; cheap when it has not changed. NULL is legal. */
void cgroup_allow_memory(struct cgroup *c, size_t run_bytes);
/* Has the kernel ended a process of it for lack of memory since the last call? */
bool cgroup_has_killed(struct cgroup *c); /* NULL is legal */
void cgroup_remove(struct cgroup *c);     /* once its processes are gone; NULL is legal */
