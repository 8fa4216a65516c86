/* Tagging: every rule on one transcript. */
#include "taxonomy/taxonomy.h"
#include <string.h>
#include "base/str.h"
#include "control/arm.h"
#include "taxonomy/rules.h"

struct taxonomy_arm taxonomy_arm_of(const struct arm *arm)
{
    bool hierarchy = str_eq(arm->controller, "hrm");
    return (struct taxonomy_arm){.hierarchy = hierarchy,
                                 .planner = hierarchy && arm->planner,
                                 .tool = arm->tool,
                                 .per_step = hierarchy && arm->coder == ARM_CODER_PER_STEP};
}

/* An episode ended by a fault of server or harness is no evidence about its arm. */
static bool says_something(const struct evidence *e, int flag)
{
    return e->done || flag == TAXONOMY_I1;
}

void taxonomy_tag(const struct transcript *t, const struct task *task,
                  const struct taxonomy_arm *arm, struct taxonomy_tags *out, struct arena *arena)
{
    const struct evidence e = evidence_of(t, task, arm, arena);
    *out = (struct taxonomy_tags){0};
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        const char *why = NULL;
        enum flag_state state = says_something(&e, i) ? taxonomy_flags[i].holds(&e, &why) : FLAG_NA;
        out->flags |= (taxonomy_set)(state == FLAG_YES) << i;
        out->inapplicable |= (taxonomy_set)(state == FLAG_NA) << i;
        out->why[i] = state == FLAG_YES ? evidence_text(why) : NULL;
    }
    int primary = e.passed ? -1 : taxonomy_primary(out->flags);
    out->label = primary < 0 ? "" : taxonomy_flags[primary].code;
    out->flags_text = taxonomy_text(out->flags, arena);
    out->inapplicable_text = taxonomy_text(out->inapplicable, arena);
}
