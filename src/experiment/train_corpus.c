/* Examples for training, drawn by index: the same index, the same example. */
#include "experiment/train_corpus.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "control/prompt.h"
#include "suite/gen_code.h"

struct train_corpus {
    uint64_t seed;
    struct prompt_set *prompts;
    struct arena *arena; /* of the current example */
};

/* Roles in per cent of the examples. The flat arms and the hierarchy get equal shares, so that
 * neither is better trained. */
enum role { FLAT, SELF_PLAN, PLANNER, CODER, CODER_STEP, N_ROLES };
static const struct {
    const char *prompt;
    int percent;
} roles[N_ROLES] = {
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
    CLEANUP_STR struct str s = {0};
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

static const char *without_last_newline(const char *text, struct arena *arena)
{
    size_t n = strlen(text);
    return arena_strndup(arena, text, n && text[n - 1] == '\n' ? n - 1 : n);
}

static void make_example(struct train_corpus *c, enum role role, const struct gen_code_item *item,
                         struct rng *r, struct nn_example *ex)
{
    struct arena *a = c->arena;
    struct prompt_vars vars = {
        .v = {[PROMPT_TASK] = item->prompt, [PROMPT_ENTRY_POINT] = item->entry_point}};
    const char *plan = plan_lines(item, a), *program = without_last_newline(item->program, a);
    int step = (int)rng_below(r, (uint64_t)item->steps);
    struct prompt_text text;

    if (role == CODER)
        vars.v[PROMPT_PLAN] = plan;
    if (role == CODER_STEP)
        vars.v[PROMPT_STEP] = item->plan[step];
    if (prompt_render(c->prompts, roles[role].prompt, &vars, &text, a, NULL) < 0)
        abort(); /* train_corpus_open_code has seen these files */
    ex->prompt = text.user;
    ex->answer = role == PLANNER      ? plan
                 : role == CODER_STEP ? program_line(item, step, a)
                 : role == SELF_PLAN  ? arena_printf(a, "%s\n```python\n%s\n```", plan, program)
                                      : program;
}

void train_corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex)
{
    struct train_corpus *c = ctx;
    struct gen_code_options opt = options_at(done);
    struct rng r = rng_make(seed_derive(c->seed, "train/role/%llu", (unsigned long long)index));
    int draw = (int)rng_below(&r, 100);
    enum role role = FLAT;
    struct gen_code_item item;

    arena_free(c->arena);
    c->arena = arena_new();
    while (role < N_ROLES - 1 && draw >= roles[role].percent)
        draw -= roles[role++].percent;
    if (gen_code_item(c->seed, index, &opt, &item, c->arena, NULL) < 0)
        abort(); /* the options are constant and possible */
    make_example(c, role, &item, &r, ex);
}

int train_corpus_open_code(uint64_t seed, struct train_corpus **out, struct err *err)
{
    struct prompt_set *prompts;
    int rc = prompt_set_load("tiny", &prompts, err);
    struct train_corpus *c;

    if (rc < 0)
        return rc;
    for (int i = 0; i < N_ROLES; i++) {
        if (prompt_has(prompts, roles[i].prompt))
            continue;
        prompt_set_free(prompts);
        return err_input(err, "prompt profile 'tiny' has no %s.txt", roles[i].prompt);
    }
    c = xcalloc(1, sizeof *c);
    *c = (struct train_corpus){.seed = seed, .prompts = prompts, .arena = arena_new()};
    *out = c;
    return 0;
}

void train_corpus_free(struct train_corpus *c)
{
    if (!c)
        return;
    prompt_set_free(c->prompts);
    arena_free(c->arena);
    free(c);
}
