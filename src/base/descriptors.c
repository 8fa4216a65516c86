/* See descriptors.h. */
#include "base/descriptors.h"
#include <dirent.h>
#include <limits.h>
#include <sys/resource.h>

long descriptors_allow(long want)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0)
        return want;
    if (l.rlim_cur < (rlim_t)want) {
        rlim_t before = l.rlim_cur;
        l.rlim_cur = l.rlim_max < (rlim_t)want ? l.rlim_max : (rlim_t)want;
        if (setrlimit(RLIMIT_NOFILE, &l) != 0)
            l.rlim_cur = before;
    }
    return l.rlim_cur > LONG_MAX ? LONG_MAX : (long)l.rlim_cur;
}

long descriptors_used(void)
{
    DIR *d = opendir("/proc/self/fd");
    long n = -3; /* ".", ".." and the directory's own */
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n < 0 ? 3 : n;
}
