/* How a controller may play. Each controller has a table of these for its domain; an arm that names
 * none plays the first. */
#pragma once
#include <stdbool.h>

struct episode;

struct strategy {
    const char *name;               /* as in experiment.yaml; NULL ends a table */
    int (*play)(struct episode *e); /* 0, EPISODE_CAP or a fault; submits before it returns */
    bool needs_tool;                /* means nothing for an arm without the tool */
    bool one_context;               /* keeps one conversation, so that its prompts grow */
};
