/* Controllers: what an arm does with a task. control_run plays one episode from the first call to
 * the hidden grading, writes everything into the store as it happens, and fills its transcript.
 *
 * The environment is shared by all episode threads and outlives them; the arena is the episode's
 * own. */
#pragma once
#include <stdint.h>
#include "control/arm.h"
#include "control/prompt.h"
#include "control/role.h"
#include "model/model.h"
#include "store/transcript.h"
#include "suite/suite.h"
#include "tool/tool.h"

struct control_env {
    struct model *model;
    struct tool *tool;
    const struct prompt_set *prompts;
    struct store *store;    /* NULL: nothing is recorded (control_first_prompt) */
    struct store *recorded; /* a run of the same suite to take tool results from; NULL = none */
    struct budget budget;   /* the same for every arm */
    struct model_sampling sampling;    /* base values; controllers may only raise the temperature */
    const struct role_sampling *roles; /* [n_roles] instead of these, for some roles */
    size_t n_roles;
    /* Turns shown before a role's first question, [*n] and borrowed; NULL = none. */
    const struct model_message *(*shots)(void *ctx, const char *arm, int sample, const char *role,
                                         size_t *n);
    void *shots_ctx;
    uint64_t seed; /* of the run; all others are derived from it */
};

/* An episode that was begun before has been restarted (store.h) by the caller.
 *
 * 0 and *out (its row too; text in the arena), or negative: -EINTR when a stop was requested (the
 * episode stays unfinished and continues later from its recorded calls), anything else is a fault
 * of server or harness. */
int control_run(const struct control_env *env, const struct arm *arm, const struct task *task,
                int sample, long long id, struct transcript *out, struct arena *arena,
                struct err *err);

/* Checks that there is a controller for this arm and domain and that it uses everything that the
 * arm sets; ERR_INPUT listing what exists. Fills in the default strategy. */
int control_check(struct arm *arm, enum suite_domain domain, struct err *err);
/* A strategy of any domain, and all of them as "retry, oneshot, ... or vote". */
bool control_strategy_exists(const char *name);
void control_strategy_list(struct str *out);
/* Does the arm keep one conversation throughout, so that its prompts grow? */
bool control_one_context(const struct arm *arm, const struct task *task);
/* The first prompt an arm would send for a task: it runs against a model that only records its
 * first request. Without the turns of `shots`. Text in the arena; NULL = there is none, and err
 * says why. */
const char *control_first_prompt(const struct control_env *env, const struct arm *arm,
                                 const struct task *task, struct arena *arena, struct err *err);
