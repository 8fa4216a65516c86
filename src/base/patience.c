/* See patience.h. */
#include "base/patience.h"

#include <errno.h>
#include <math.h>
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

bool patience_wait_until(pthread_cond_t *c, pthread_mutex_t *m, double at)
{
    double whole = floor(at);
    struct timespec until = {.tv_sec = (time_t)whole, .tv_nsec = (long)((at - whole) * 1e9)};
    return pthread_cond_timedwait(c, m, &until) != ETIMEDOUT;
}

void patience_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    patience_wait_until(c, m, clock_seconds() + 0.2);
}
