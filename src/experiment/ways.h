/* Which way the tasks of a plan are graded (control/way.h), found out before the first call. The
 * tool remembers, so the episodes do not grade the references again. */
#pragma once
#include "base/json.h"
#include "control/control.h"
#include "experiment/plan.h"

struct ways {
    size_t n_tasks;                             /* of the plan whose programs are graded by tests */
    size_t n_unknown;                           /* of them: without reference */
    const struct task **one_process, **failing; /* [n_...] whose reference passes only in one
                                                   process; in neither way. In plan order */
    size_t n_one_process, n_failing;
};

/* Grades on all of the tool's slots. -EINTR after a request to stop. */
int ways_find(const struct plan *p, const struct control_env *env, struct ways *out,
              struct err *err);
void ways_free(struct ways *w);
/* ERR_INPUT naming the tasks graded in one process; 0 if there is none. */
int ways_check_isolated(const struct ways *w, struct err *err);
/* What a person should know: a line each about tasks graded in one process and tasks without a
 * reference; NULL = nothing. Caller frees. */
char *ways_text(const struct ways *w);
/* For the manifest; NULL for a plan without such tasks. */
json_t *ways_json(const struct ways *w);
