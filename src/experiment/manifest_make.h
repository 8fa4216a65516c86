/* What stands in the manifest of a run (store/manifest.h). */
#pragma once
#include "control/prompt.h"
#include "experiment/plan.h"
#include "experiment/rundir.h"
#include "store/manifest.h"
#include "store/store.h"
#include "suite/suite.h"

struct manifest_facts {
    const struct experiment *experiment;
    const struct suite *suite;
    const struct prompt_set *prompts;
    const struct plan_selection *selection;
    const struct plan *plan;
    const json_t *model; /* as model_probe gave it */
    const char *tool;    /* tool_describe */
    const char *version; /* of hrm */
    const char *command; /* as typed, for a shell; without secrets */
    int workers;         /* episodes at once */
    bool strict;         /* one request at a time, the server's caches off */
};

/* The manifest of a run about to start; `created` is taken from an earlier one in the store. Caller
 * decrefs. */
json_t *manifest_make(const struct manifest_facts *f, const struct rundir *dir,
                      struct store *store);
