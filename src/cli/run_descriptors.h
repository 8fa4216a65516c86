/* The open files of a run: what it needs is reserved before anything starts, and connections are
 * fewer where the limit (ulimit -n) does not suffice for all. */
#pragma once
#include "cli/run_args.h"

struct err;

struct run_descriptors {
    long limit;      /* open files of this process */
    int slots;       /* of the sandbox */
    int connections; /* at most, to each model; 0 = of a backend that makes none */
};

/* Raises the soft limit where it can. ERR_ENV: one connection is too many already. */
int run_descriptors_fit(const struct run_args *args, struct run_descriptors *out, struct err *err);
/* Says on stderr when connections are fewer than the user, or the server, would have; `slots` are
 * the model's. */
void run_descriptors_say(const struct run_args *args, const struct run_descriptors *d, int slots);
