/* See run_descriptors.h. tests/descriptors.sh holds the numbers against what is open. */
#include "cli/run_descriptors.h"
#include <stdio.h>
#include "base/cores.h"
#include "base/descriptors.h"
#include "base/err.h"
#include "model/model.h"

enum {
    OTHERS = 20, /* the record, its log and lock; files while they are written; a server of ours */
    PER_SLOT = 20,      /* of the sandbox: four boxes of two, and two runs that begin */
    PER_CONNECTION = 3, /* libcurl's wake-up pair and the socket */
    MOST = 4096,        /* connections, where the server says how many */
};

/* Models of roles and adapters have connections of their own, and each has one that asks who is
 * there. */
static long per_connection(const struct run_args *args)
{
    long models = 1 + (long)args->n_roles + (long)args->n_adapters;
    return model_can(args->backend, MODEL_SERVER) ? PER_CONNECTION * models : 0;
}

int run_descriptors_fit(const struct run_args *args, struct run_descriptors *out, struct err *err)
{
    long cores = cores_allowed(), each = per_connection(args);
    long wanted = args->strict ? 1 : args->max_connections > 0 ? args->max_connections : MOST;
    long others = descriptors_used() + OTHERS + each;
    long limit = descriptors_allow(others + PER_SLOT * cores + each * wanted);
    long slots = (limit - others - each) / PER_SLOT;
    if (slots < 1)
        return err_env(err,
                       "a run needs %ld open files, and no more than %ld are allowed; raise the "
                       "limit (ulimit -n)",
                       others + each + PER_SLOT, limit);
    slots = slots < cores ? slots : cores;
    long room = each ? (limit - others - PER_SLOT * slots) / each : 0;
    *out = (struct run_descriptors){limit, (int)slots, (int)(room < wanted ? room : wanted)};
    return 0;
}

void run_descriptors_say(const struct run_args *args, const struct run_descriptors *d, int slots)
{
    bool fewer = args->max_connections > d->connections;
    if (!d->connections || args->strict ||
        (!fewer && (args->max_connections || slots < d->connections)))
        return;
    fprintf(stderr, "hrm: %d connections", d->connections);
    if (fewer)
        fprintf(stderr, " instead of %d", args->max_connections);
    fprintf(stderr, ": no more than %ld files may be open (ulimit -n)\n", d->limit);
}
