/* See role.h. */
#include "control/role.h"
#include "base/str.h"

static const char *const roles[] = {
    "planner",    "coder",  "tester",   "reviewer", /* hrm, code */
    "supervisor", "solver", "verifier",             /* hrm, math */
    "flat",                                         /* flat */
};
enum { N_ROLES = sizeof roles / sizeof *roles };

bool role_exists(const char *name)
{
    for (size_t i = 0; i < N_ROLES; i++)
        if (str_eq(roles[i], name))
            return true;
    return false;
}

void role_list(struct str *out)
{
    str_add_choice(out, roles, N_ROLES);
}

struct model_sampling role_sampling(const struct role_sampling *own, size_t n, const char *role,
                                    struct model_sampling base)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(own[i].role, role))
            return own[i].sampling;
    return base;
}
