/* Roles with models of their own (--role_model planner=NAME): a model that passes each request to
 * the model of its role. */
#pragma once
#include "model/model.h"

struct router_role {
    const char *role;
    struct model *model; /* may serve several roles */
};

/* The new model owns all of them, and closes each once. Roles not named ask `base`. */
struct model *router_make(struct model *base, const struct router_role *roles, size_t n);
