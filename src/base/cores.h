/* How many cores this process may use. */
#pragma once

/* Those that its affinity allows, as taskset, a container or a batch system has set it; at least 1.
 * On a shared node that is less than the machine has. */
int cores_allowed(void);
