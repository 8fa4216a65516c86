/* Roles with models of their own (--role_model planner=NAME): one model that hands each request to
 * the one of its role. */
#pragma once
#include "model/model.h"

struct router_role {
    const char *role;
    struct model *model; /* may serve several roles */
};

/* The new model owns all of them, and closes each once. Roles not named ask `base`. */
struct model *router_make(struct model *base, const struct router_role *roles, size_t n);
