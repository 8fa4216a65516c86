/* See patience.h. */
#include "model/patience.h"

#include <time.h>

#include "base/clock.h"

bool patience_sleep(double seconds)
{
    static const double slice = 0.1;
    double until = clock_seconds() + seconds;
    for (double left; (left = until - clock_seconds()) > 0;) {
        if (stop_requested())
            return false;
        double nap = left < slice ? left : slice;
        nanosleep(&(struct timespec){.tv_nsec = (long)(nap * 1e9)}, NULL);
    }
    return !stop_requested();
}

void patience_init(pthread_cond_t *c)
{
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(c, &a);
    pthread_condattr_destroy(&a);
}

void patience_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    enum { SLICE_NS = 200 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000 };
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += SLICE_NS;
    until.tv_sec += until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    pthread_cond_timedwait(c, m, &until);
}
