/* See curriculum_corpus.h. */
#include "experiment/curriculum_corpus.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/math_example.h"

const char *const corpus_role_names[] = {"flat", "supervisor", "solver"};
/* The first that the profile has, as control/flat_math.c chooses. */
static const char *const templates[CORPUS_ROLES][2] = {
    {"flat_pot", "flat_math"}, {"supervisor", NULL}, {"solver", NULL}};

static const char *template_of(const struct prompt_set *prompts, int role)
{
    const char *first = templates[role][0];
    return prompt_has(prompts, first) || !templates[role][1] ? first : templates[role][1];
}

/* One example. */
struct slot {
    uint32_t problem;
    uint8_t role, step;
};

struct corpus {
    struct curriculum_set set;
    const struct prompt_set *prompts;
    size_t *sequence;   /* [set.n] */
    struct slot *slots; /* [n] */
    size_t n;
    struct arena *arena; /* of the current problem and its examples */
    struct gen_math_item item;
    size_t current; /* problem that item is; SIZE_MAX = none */
};

static void add_slot(struct corpus *c, size_t *cap, size_t problem, enum corpus_role role, int step)
{
    c->slots = xgrow(c->slots, cap, c->n + 1, sizeof *c->slots);
    c->slots[c->n++] = (struct slot){(uint32_t)problem, (uint8_t)role, (uint8_t)step};
}

static void list_examples(struct corpus *c, unsigned roles)
{
    size_t cap = 0;
    for (size_t i = 0; i < c->set.n; i++) {
        size_t problem = c->sequence[i];
        int steps = curriculum_steps(&c->set, problem);
        if (roles & 1u << CORPUS_FLAT)
            add_slot(c, &cap, problem, CORPUS_FLAT, 0);
        if (roles & 1u << CORPUS_SUPERVISOR)
            add_slot(c, &cap, problem, CORPUS_SUPERVISOR, 0);
        for (int step = 0; step < steps && roles & 1u << CORPUS_SOLVER; step++)
            add_slot(c, &cap, problem, CORPUS_SOLVER, step);
    }
}

int corpus_open(const struct curriculum_set *set, enum curriculum_order order, unsigned roles,
                const struct prompt_set *prompts, struct corpus **out, struct err *err)
{
    for (int r = 0; r < CORPUS_ROLES; r++)
        if (roles & 1u << r && !prompt_has(prompts, template_of(prompts, r)))
            return err_input(err, "prompt profile '%s' has no %s.txt", prompt_set_name(prompts),
                             template_of(prompts, r));
    struct corpus *c = xcalloc(1, sizeof *c);
    *c = (struct corpus){.set = *set, .prompts = prompts, .current = SIZE_MAX};
    c->arena = arena_new();
    c->sequence = curriculum_sequence(set, order);
    list_examples(c, roles);
    *out = c;
    return 0;
}

void corpus_free(struct corpus *c)
{
    if (!c)
        return;
    free(c->sequence);
    free(c->slots);
    arena_free(c->arena);
    free(c);
}

size_t corpus_size(const struct corpus *c)
{
    return c->n;
}

const size_t *corpus_sequence(const struct corpus *c)
{
    return c->sequence;
}

static int load_problem(struct corpus *c, size_t problem, struct err *err)
{
    if (c->current == problem)
        return 0;
    arena_free(c->arena);
    c->arena = arena_new();
    int rc = curriculum_item(&c->set, problem, &c->item, c->arena, err);
    c->current = rc == 0 ? problem : SIZE_MAX;
    return rc;
}

static enum math_example_form form_of(const struct corpus *c)
{
    return prompt_set_plan_json(c->prompts)  ? MATH_EXAMPLE_JSON
           : prompt_set_dialogue(c->prompts) ? MATH_EXAMPLE_WORDS
                                             : MATH_EXAMPLE_LINES;
}

/* Does the profile talk to an instruct model: programs between fences, values beside subgoals? */
static bool is_chat(const struct corpus *c)
{
    return form_of(c) != MATH_EXAMPLE_LINES;
}

static const char *fenced(const struct corpus *c, const char *program)
{
    return is_chat(c) ? arena_printf(c->arena, "```python\n%s\n```", program) : program;
}

static const char *answer_of(const struct corpus *c, const struct slot *s)
{
    switch ((enum corpus_role)s->role) {
    case CORPUS_SUPERVISOR:
        return math_example_plan(&c->item, form_of(c), c->arena);
    case CORPUS_SOLVER:
        return fenced(c, math_example_step(&c->item, s->step, is_chat(c), c->arena));
    default:
        return fenced(c, math_example_program(&c->item, is_chat(c), c->arena));
    }
}

/* The tiny profile gets the values in place; the others also see what they stand for. */
static void set_step(struct corpus *c, int step, struct prompt_vars *vars)
{
    if (!is_chat(c)) {
        vars->v[PROMPT_SUBGOAL] = gen_math_subgoal(&c->item, step, true, c->arena);
        return;
    }
    vars->v[PROMPT_SUBGOAL] = math_example_subgoal(&c->item, step, form_of(c), c->arena);
    vars->v[PROMPT_VALUES] = math_example_values(&c->item, step, form_of(c), c->arena);
}

int corpus_example(struct corpus *c, size_t i, struct corpus_example *out, struct err *err)
{
    const struct slot *s = &c->slots[i];
    struct prompt_vars vars = {0};
    struct prompt_text text;
    int rc = load_problem(c, s->problem, err);
    if (rc < 0)
        return rc;
    vars.v[PROMPT_TASK] = c->item.prompt;
    if (s->role == CORPUS_SOLVER)
        set_step(c, s->step, &vars);
    rc = prompt_render(c->prompts, template_of(c->prompts, s->role), &vars, &text, c->arena, err);
    if (rc < 0)
        return rc;
    *out = (struct corpus_example){.problem = s->problem,
                                   .role = (enum corpus_role)s->role,
                                   .step = s->step,
                                   .steps = c->item.steps,
                                   .system = text.system,
                                   .prompt = text.user,
                                   .answer = answer_of(c, s)};
    return 0;
}

void corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex)
{
    struct corpus *c = ctx;
    struct corpus_example e;
    struct err err;
    (void)done;
    if (corpus_example(c, (size_t)(index % c->n), &e, &err) < 0)
        abort(); /* cannot fail: corpus_open has checked the files and drawn every problem */
    ex->prompt = e.prompt;
    ex->answer = e.answer;
}
