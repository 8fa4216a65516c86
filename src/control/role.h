/* The roles that call a model. A role may have its own sampling and its own model (--role_model).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"
#include "model/model.h"

struct role_sampling {
    const char *role;
    struct model_sampling sampling;
};

/* Another role is its row in role.c and the controller that asks it; episode_ask refuses one that
 * has no row. */
bool role_exists(const char *name);
/* "planner, coder, ...", for messages. */
void role_list(struct str *out);
/* The role's own sampling, else `base`. */
struct model_sampling role_sampling(const struct role_sampling *own, size_t n, const char *role,
                                    struct model_sampling base);
