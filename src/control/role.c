/* See role.h. */
#include "control/role.h"
#include "base/str.h"

const char *const role_names[] = {"planner", "coder",    "tester", "supervisor",
                                  "solver",  "verifier", "flat",   NULL};

bool role_exists(const char *name)
{
    for (const char *const *r = role_names; *r; r++)
        if (str_eq(*r, name))
            return true;
    return false;
}

void role_list(struct str *out)
{
    for (const char *const *r = role_names; *r; r++)
        str_addf(out, "%s%s", r == role_names ? "" : r[1] ? ", " : " or ", *r);
}

struct model_sampling role_sampling(const struct role_sampling *own, size_t n, const char *role,
                                    struct model_sampling base)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(own[i].role, role))
            return own[i].sampling;
    return base;
}
