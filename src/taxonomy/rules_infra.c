/* I: faults of server or harness. B: a cap ended the episode before there was anything to submit.
 */
#include <string.h>
#include "base/str.h"
#include "taxonomy/rules.h"

enum flag_state rule_i1(const struct evidence *e, const char **why)
{
    *why = e->error;
    return flag_if(!e->done);
}

enum flag_state rule_i2(const struct evidence *e, const char **why)
{
    if (!e->task->reference)
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++) {
        if (e->runs[i].kind != RUN_REFERENCE)
            continue;
        *why = arena_printf(e->arena, "the reference gets '%s'", e->runs[i].row.verdict);
        return flag_if(strcmp(e->runs[i].row.verdict, "pass") != 0);
    }
    return FLAG_NO;
}

/* A cap that ends an episode in which something stands to be submitted costs it a further try, no
 * more: the failure is then of what was submitted. Nor is it to blame where the model wrote prose
 * alone: that is F1. */
static enum flag_state hit(const struct evidence *e, enum store_cap cap, enum store_cap other,
                           const char **why)
{
    enum store_cap ended = store_cap_of_stop(e->stop);
    *why = arena_printf(e->arena, "ended by %s, nothing submitted", e->stop);
    return flag_if(!*e->submission && (ended == cap || ended == other) && !evidence_only_prose(e));
}

enum flag_state rule_b1(const struct evidence *e, const char **why)
{
    return hit(e, CAP_GENERATED_TOKENS, CAP_TOTAL_TOKENS, why);
}

enum flag_state rule_b2(const struct evidence *e, const char **why)
{
    return hit(e, CAP_CALLS, CAP_CALLS, why);
}

enum flag_state rule_b3(const struct evidence *e, const char **why)
{
    return hit(e, CAP_TOOL_RUNS, CAP_ITERATIONS, why);
}

enum flag_state rule_b4(const struct evidence *e, const char **why)
{
    return hit(e, CAP_SECONDS, CAP_SECONDS, why);
}
