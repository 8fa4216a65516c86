/* See cores.h. */
#include "base/cores.h"

#include <sched.h>
#include <stddef.h>
#include <unistd.h>

enum { CORES_MOST = 1 << 16 }; /* more than a kernel can be built for */

/* A mask that is too small for the machine is refused (EINVAL): the next one is twice as large. */
int cores_allowed(void)
{
    for (int most = CPU_SETSIZE; most <= CORES_MOST; most *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)most);
        if (!set)
            break;
        size_t bytes = CPU_ALLOC_SIZE((size_t)most);
        int n = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (n > 0)
            return n;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
