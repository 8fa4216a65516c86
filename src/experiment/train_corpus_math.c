/* The corpus of exp2's model: word problems, their plans, single steps and programs. */
#include <stdlib.h>
#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"
#include "experiment/train_corpus.h"
#include "experiment/train_corpus_kind.h"
#include "gen/gen_math.h"
#include "gen/grams.h"

/* In tokens, which is what training costs and gives, the flat arm and the hierarchy get about the
 * same: a solver's example is a seventh as long as a whole problem's. Comparisons are left out: a
 * model of this size does not learn them beside the rest, and what it would need for them is
 * missing elsewhere. */
enum math_role { FLAT, SUPERVISOR, SOLVER, VERIFIER, FLAT_NOTOOL, SOLVER_NOTOOL, N_ROLES };
static const struct train_role roles[N_ROLES] = {
    [FLAT] = {"flat_math", 38},
    [SUPERVISOR] = {"supervisor", 31},
    [SOLVER] = {"solver", 11},
    [VERIFIER] = {"verifier", 15},
    [FLAT_NOTOOL] = {"flat_math_notool", 2},
    [SOLVER_NOTOOL] = {"solver_notool", 3},
};

enum {
    WHOLE_PERCENT = 20, /* of the solver's: without a supervisor the whole problem is its subgoal */
};

/* Short problems without irrelevant statements first: a model that can do two steps learns six
 * sooner, and learns what to ignore once it knows what matters. */
static struct gen_math_options options_at(double done, struct rng *r)
{
    static const int in_turn[] = {1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6}; /* the long ones are hard */
    uint64_t n = done < 0.04 ? 3 : done < 0.10 ? 7 : sizeof in_turn / sizeof in_turn[0];
    int steps = in_turn[rng_below(r, n)];
    struct gen_math_options o = {.steps_min = steps, .steps_max = steps, .split = GEN_MATH_TRAIN};
    o.plain = done + 0.20 * rng_double(r) < 0.30; /* all until 0.10, none from 0.30 */
    return o;
}

/* What the problem starts from, then the numbered subgoals. */
static const char *plan_lines(const struct gen_math_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    if (item->start)
        str_addf(&s, "given: %d\n", item->start);
    for (int i = 0; i < item->steps; i++)
        str_addf(&s, "%s%d. %s", i ? "\n" : "", i + 1, item->plan[i]);
    return arena_strdup(arena, str_text(&s));
}

/* "5 * 8 = 40" for each step, then the answer as GSM8K gives it. */
static const char *worked_lines(const struct gen_math_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (int i = 0; i < item->steps; i++) {
        const struct gen_math_node *at = &item->node[i];
        str_addf(&s, "%d %c %d = %d\n", at->left.value, at->op, at->right.value, at->value);
    }
    str_addf(&s, "#### %d", item->answer);
    return arena_strdup(arena, str_text(&s));
}

static const char *step_program(const struct gen_math_node *at, struct arena *arena)
{
    return arena_printf(arena, "result = %d %s%c %d\nprint(result)", at->left.value,
                        at->op == '/' ? "/" : "", at->op, at->right.value);
}

static const char *answer_of(struct train_corpus *c, int role, const struct gen_math_item *item,
                             int step)
{
    switch (role) {
    case SUPERVISOR:
        return plan_lines(item, c->arena);
    case SOLVER:
        return step_program(&item->node[step], c->arena);
    case VERIFIER:
        return train_corpus_trim(c, item->check);
    case FLAT_NOTOOL:
        return worked_lines(item, c->arena);
    case SOLVER_NOTOOL:
        return arena_printf(c->arena, "#### %d", item->node[step].value);
    default:
        return train_corpus_trim(c, item->program);
    }
}

/* Trees and words of the tests are kept from training by the generator; a run of 13 words can still
 * be the same ("Each of 2 people pays the same part of the bill. What does"), so a problem that
 * shares one with the shipped suite is drawn again. */
static void draw_item(struct train_corpus *c, uint64_t index, const struct gen_math_options *opt,
                      struct gen_math_item *item)
{
    uint64_t seed = c->seed;
    for (int draw = 1;; draw++) {
        if (gen_math_item(seed, index, opt, item, c->arena, NULL) < 0)
            abort(); /* the options are possible */
        if (!gram_set_meets(c->seen, item->prompt))
            return;
        seed = seed_derive(c->seed, "train/again/%d", draw);
    }
}

static int open_math(struct train_corpus *c, struct err *err)
{
    struct suite suite;
    int rc = gen_math_suite(GEN_MATH_SUITE_SEED, &suite, err);
    if (rc < 0)
        return rc;
    c->seen = gram_set_new();
    for (size_t i = 0; i < suite.n_tasks; i++)
        gram_set_add(c->seen, suite.tasks[i].prompt);
    suite_free(&suite);
    return 0;
}

static void make_example(struct train_corpus *c, int role, uint64_t index,
                         const struct gen_math_options *opt, struct rng *r, struct nn_example *ex)
{
    struct gen_math_item item;
    draw_item(c, index, opt, &item);
    int step = (int)rng_below(r, (uint64_t)item.steps);
    bool whole = role == SOLVER && (int)rng_below(r, 100) < WHOLE_PERCENT;
    struct prompt_vars vars = {.v = {[PROMPT_TASK] = item.prompt}};
    vars.v[PROMPT_SUBGOAL] = whole ? item.prompt : gen_math_subgoal(&item, step, true, c->arena);
    ex->prompt = train_corpus_prompt(c, roles[role].prompt, &vars);
    ex->answer = answer_of(c, whole ? FLAT : role, &item, step);
}

static void make(struct train_corpus *c, int role, uint64_t index, double done, struct rng *r,
                 struct nn_example *ex)
{
    struct gen_math_options opt = options_at(done, r);
    make_example(c, role, index, &opt, r, ex);
}

void train_corpus_math_flat(struct train_corpus *c, uint64_t index, int steps, unsigned families,
                            struct nn_example *ex)
{
    struct gen_math_options opt = {steps, steps, families, GEN_MATH_TRAIN, false};
    struct rng r = rng_make(seed_derive(c->seed, "train/flat/%llu", (unsigned long long)index));
    arena_free(c->arena);
    c->arena = arena_new();
    make_example(c, FLAT, index, &opt, &r, ex);
}

static void settings(struct nn_train_config *cfg)
{
    cfg->vocab = 768;
    cfg->steps = 24000;
    cfg->lr = 1.5e-3;
}

const struct train_kind train_kind_math = {
    "math", "hrm-tiny-math", roles, N_ROLES, settings, open_math, make,
};
