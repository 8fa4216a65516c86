/* The corpus of exp1's model: chains of list and string operations. */
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"
#include "experiment/train_corpus_kind.h"
#include "gen/gen_code.h"

/* The flat arms and the hierarchy get equal shares, so that neither is better trained. */
enum code_role { FLAT, SELF_PLAN, PLANNER, CODER, CODER_STEP, N_ROLES };
static const struct train_role roles[N_ROLES] = {
    [FLAT] = {"flat", 40},   [SELF_PLAN] = {"self_plan", 10},  [PLANNER] = {"planner", 25},
    [CODER] = {"coder", 20}, [CODER_STEP] = {"coder_step", 5},
};

/* Short tasks first: a model that can do two operations learns four of them sooner. */
static struct gen_code_options options_at(double done)
{
    struct gen_code_options o = {.steps_min = 1, .steps_max = 4, .split = GEN_CODE_TRAIN};
    if (done < 0.10)
        o.steps_max = 2;
    else if (done < 0.25)
        o.steps_max = 3;
    return o;
}

static const char *plan_lines(const struct gen_code_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (int i = 0; i < item->steps; i++)
        str_addf(&s, "%s%d. %s", i ? "\n" : "", i + 1, item->plan[i]);
    return arena_strndup(arena, s.p, s.len);
}

/* Line i of the program's body, without its indent. */
static const char *program_line(const struct gen_code_item *item, int i, struct arena *arena)
{
    const char *p = item->program;
    for (int skip = 0; skip <= i; skip++)
        p = strchr(p, '\n') + 1;
    p += strspn(p, " ");
    return arena_strndup(arena, p, strcspn(p, "\n"));
}

static void make(struct train_corpus *c, int role, uint64_t index, double done, struct rng *r,
                 struct nn_example *ex)
{
    struct arena *a = c->arena;
    struct gen_code_options opt = options_at(done);
    struct gen_code_item item;
    if (gen_code_item(c->seed, index, &opt, &item, a, NULL) < 0)
        abort(); /* the options are constant and possible */
    struct prompt_vars vars = {
        .v = {[PROMPT_TASK] = item.prompt, [PROMPT_ENTRY_POINT] = item.entry_point}};
    const char *plan = plan_lines(&item, a), *program = train_corpus_trim(c, item.program);
    int step = (int)rng_below(r, (uint64_t)item.steps);

    if (role == CODER)
        vars.v[PROMPT_PLAN] = plan;
    if (role == CODER_STEP)
        vars.v[PROMPT_STEP] = item.plan[step];
    ex->prompt = train_corpus_prompt(c, roles[role].prompt, &vars);
    ex->answer = role == PLANNER      ? plan
                 : role == CODER_STEP ? program_line(&item, step, a)
                 : role == SELF_PLAN  ? arena_printf(a, "%s\n```python\n%s\n```", plan, program)
                                      : program;
}

static void settings(struct nn_train_config *cfg)
{
    (void)cfg; /* nn_train_defaults was chosen for it */
}

const struct train_kind train_kind_code = {
    "code", "hrm-tiny-code", roles, N_ROLES, settings, NULL, make,
};
