/* A number with its interval and the number of units it rests on, as tables print it. */
#pragma once
#include "stats/rate.h"

struct stats_estimate {
    double value;       /* NaN: cannot be estimated */
    struct stats_ci ci; /* 95 %; NaN: none */
    long n;             /* units (mostly tasks) */
};
