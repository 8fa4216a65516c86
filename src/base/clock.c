/* Time, and the stop flag. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

#include "base/mem.h"

static double clock_read(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double clock_seconds(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

double clock_cpu_seconds(void)
{
    return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}

char *clock_utc_now(void)
{
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    return xasprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static atomic_bool stop_flag;

void stop_request(void)
{
    stop_flag = true;
}

bool stop_requested(void)
{
    return stop_flag;
}

void stop_reset(void)
{
    stop_flag = false;
}
