/* How a controller may play. Each controller has a table of these for its domain; an arm that names
 * none plays the first. */
#pragma once
#include <stdbool.h>

struct episode;
struct prompt_vars;

struct strategy {
    const char *name;               /* as in experiment.yaml; NULL ends a table */
    int (*play)(struct episode *e); /* 0, EPISODE_CAP or a fault; submits before it returns */
    /* The template of the first question; its variables start as episode_vars has them. */
    const char *(*first_prompt)(const struct episode *e, struct prompt_vars *vars);
    bool needs_tool;  /* means nothing for an arm without the tool */
    bool one_context; /* keeps one conversation, so that its prompts grow */
};
