/* See num_ctx.h. */
#include "experiment/num_ctx.h"
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "control/control.h"

enum {
    BYTES_PER_TOKEN = 3, /* English and code take 3.5 to 4.5; few texts take fewer than 3 */
    MARGIN = 512,        /* chat template, feedback, the words around plan and candidate */
    ROUNDS = 8,          /* of an arm that keeps one context, where no cap says how many */
};

static long least(long a, long b)
{
    return a < b ? a : b;
}

static int longest_first_prompt(const struct experiment *x, const struct suite *suite,
                                const struct prompt_set *prompts, const struct arm *arm,
                                size_t *bytes, struct err *err)
{
    const struct control_env env = {.prompts = prompts, .sampling = x->sampling};
    for (size_t i = 0; i < suite->n_tasks; i++) {
        struct arena *arena = arena_new();
        const char *text = control_first_prompt(&env, arm, &suite->tasks[i], arena, err);
        size_t n = text ? strlen(text) : 0;
        arena_free(arena);
        if (!text)
            return err ? err->code : -1;
        *bytes = n > *bytes ? n : *bytes;
    }
    return 0;
}

static long longest_reply(const struct experiment *x)
{
    int most = x->sampling.max_tokens;
    for (size_t i = 0; i < x->n_roles; i++)
        if (x->roles[i].sampling.max_tokens > most)
            most = x->roles[i].sampling.max_tokens;
    return most;
}

/* A repair prompt holds the task, the plan and a candidate, and then comes the reply. An arm with
 * one context repeats the task and a candidate in every round, beside all replies; for math it
 * reads the program's output. */
static long arm_needs(const struct experiment *x, const struct arm *arm, const struct task *task,
                      long first, long reply)
{
    const struct budget *b = &x->budget;
    long cap = b->max_generated_tokens ? b->max_generated_tokens : 1L << 40;
    if (!control_one_context(arm, task))
        return first + least(3 * reply, cap) + MARGIN;
    int most = task->has_answer ? b->max_tool_runs : b->max_iters;
    long rounds = most ? most : ROUNDS;
    if (task->has_answer)
        return first + rounds * MARGIN + least((rounds + 1) * reply, cap);
    return rounds * (first + MARGIN) + 2 * least(rounds * reply, cap);
}

int num_ctx_needed(const struct experiment *x, const struct suite *suite,
                   const struct prompt_set *prompts, int *out, struct err *err)
{
    long most = 0;
    for (size_t i = 0; i < x->n_arms; i++) {
        size_t bytes = 0;
        int rc = longest_first_prompt(x, suite, prompts, &x->arms[i], &bytes, err);
        if (rc)
            return rc;
        for (size_t t = 0; t < suite->n_tasks; t++) {
            long need = arm_needs(x, &x->arms[i], &suite->tasks[t], (long)bytes / BYTES_PER_TOKEN,
                                  longest_reply(x));
            if (x->budget.max_total_tokens) /* of which a conversation reads all it holds */
                need = least(need, x->budget.max_total_tokens + MARGIN);
            most = need > most ? need : most;
        }
    }
    most = least(most, 1L << 30);
    *out = (int)((most + NUM_CTX_STEP - 1) / NUM_CTX_STEP * NUM_CTX_STEP);
    return 0;
}
