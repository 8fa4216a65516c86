/* The strategies of a controller: a table for each domain; the first one is the default. */
#pragma once
#include <stdbool.h>

#include "control/truncation.h"

struct episode;

struct strategy {
    const char *name;               /* as in experiment.yaml; NULL ends a table */
    int (*play)(struct episode *e); /* 0, EPISODE_CAP or a fault; submits before it returns */
    bool needs_tool;                /* not for arms without the tool */
    bool one_context;               /* keeps one conversation, so that its prompts grow */
    enum truncation_rule at_cap;    /* for math: what it submits when a cap ends it */
};
