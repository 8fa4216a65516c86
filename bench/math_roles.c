/* math_roles WEIGHTS [N [FIRST]]: what each role of the embedded math model gets right on problems
 * that training never shows, N for each family and number of steps, greedy, replies executed in the
 * jail.
 *
 * flat, check: the program prints the answer. plan: word for word the gold plan. solve, calc: one
 * gold step each. chain: the model's own plan, solved step by step with its own solver. think: the
 * answer without a tool. What it got wrong goes to the file that MISSES names in the environment.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/prompt.h"
#include "nn/engine.h"
#include "gen/gen_math.h"
#include "tool/extract.h"
#include "tool/tool.h"

enum { FLAT, CHECK, PLAN, SOLVE, CHAIN, THINK, CALC, N_MEASURES, THREADS = 24, MAX_STEPS = 12 };
static const char *const measures[] = {"flat", "check", "plan", "solve", "chain", "think", "calc"};
static const char *const prompts_of[] = {"flat_math", "verifier",         "supervisor",   "solver",
                                         NULL,        "flat_math_notool", "solver_notool"};
static const struct {
    const char *name;
    unsigned family;
    enum gen_math_split split;
} groups[] = {{"story_train", GEN_MATH_STORY, GEN_MATH_TRAIN}, /* trees of training, new problems */
              {"shop_train", GEN_MATH_SHOP, GEN_MATH_TRAIN},
              {"story", GEN_MATH_STORY, GEN_MATH_TEST},
              {"shop", GEN_MATH_SHOP, GEN_MATH_TEST},
              {"story_heldout", GEN_MATH_STORY, GEN_MATH_HELDOUT},
              {"shop_heldout", GEN_MATH_SHOP, GEN_MATH_HELDOUT},
              {"compare", GEN_MATH_COMPARE, GEN_MATH_TEST}};
enum { N_GROUPS = sizeof groups / sizeof groups[0] };

struct bench {
    struct nn_engine *engine;
    struct tool *tool;
    struct prompt_set *prompts;
    int n; /* items for each group and number of steps */
    uint64_t first;
    atomic_int next;
    atomic_int right[N_GROUPS][GEN_MATH_MAX_STEPS + 1][N_MEASURES];
    atomic_long tokens;
    FILE *misses;
};

static const char *ask(struct bench *b, const char *role, const char *task, const char *subgoal,
                       struct arena *arena)
{
    struct prompt_vars vars = {.v = {[PROMPT_TASK] = task, [PROMPT_SUBGOAL] = subgoal}};
    struct prompt_text text;
    struct nn_reply reply;
    struct err err = {0};
    if (prompt_render(b->prompts, role, &vars, &text, arena, &err) < 0) {
        fprintf(stderr, "math_roles: %s\n", err.msg);
        exit(1);
    }
    struct nn_message message = {"user", text.user};
    struct nn_request req = {
        .messages = &message, .n_messages = 1, .sampling = {.top_p = 1}, .max_tokens = 160};
    if (nn_generate(b->engine, &req, &reply, &err) < 0) {
        fprintf(stderr, "math_roles: %s\n", err.msg);
        exit(1);
    }
    b->tokens += reply.generated_tokens;
    const char *kept = arena_strdup(arena, reply.text);
    free(reply.text);
    return kept;
}

/* What the program prints, as text without its newline. */
static const char *run(struct bench *b, const char *code, struct arena *arena)
{
    struct tool_run_request req = {.code = code, .code_len = strlen(code)};
    struct tool_run_result res;
    struct err err = {0};
    if (tool_run(b->tool, &req, &res, arena, &err) < 0 || res.status != TOOL_OK)
        return "";
    return arena_strndup(arena, res.out, strcspn(res.out, "\n"));
}

/* The step's words with every #K replaced by what step K gave. */
static const char *fill_step(const char *words, const char *const *value, int n,
                             struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (const char *c = words; *c && *c != '\n';) {
        char *end = NULL;
        long k = *c == '#' ? strtol(c + 1, &end, 10) : 0;
        if (k >= 1 && k <= n) {
            str_add(&s, value[k - 1]);
            c = end;
        } else {
            str_addc(&s, *c++);
        }
    }
    return arena_strdup(arena, str_text(&s));
}

static const char *solve_chain(struct bench *b, const char *plan, struct arena *arena)
{
    const char *value[MAX_STEPS] = {0};
    int n = 0;
    if (str_starts(plan, "given: ") && strchr(plan, '\n'))
        plan = strchr(plan, '\n') + 1;
    for (const char *line = plan; line && n < MAX_STEPS; n++) {
        const char *words = strstr(line, ". ");
        if (!words)
            return "";
        const char *subgoal = fill_step(words + 2, value, n, arena);
        value[n] = run(b, ask(b, "solver", NULL, subgoal, arena), arena);
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return n ? value[n - 1] : "";
}

static const char *plan_text(const struct gen_math_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    if (item->start)
        str_addf(&s, "given: %d\n", item->start);
    for (int i = 0; i < item->steps; i++)
        str_addf(&s, "%s%d. %s", i ? "\n" : "", i + 1, item->plan[i]);
    return arena_strdup(arena, str_text(&s));
}

static bool is_right(struct bench *b, int what, const struct gen_math_item *item, int step,
                     const char *reply, struct arena *arena)
{
    const char *answer = arena_printf(arena, "%d", item->answer);
    const char *result = arena_printf(arena, "%d", item->node[step].value);
    switch (what) {
    case PLAN:
        return str_eq(reply, plan_text(item, arena));
    case CHAIN:
        return str_eq(solve_chain(b, reply, arena), answer);
    case SOLVE:
        return str_eq(run(b, reply, arena), result);
    case THINK:
        return str_eq(extract_answer(reply, arena), answer);
    case CALC:
        return str_eq(extract_answer(reply, arena), result);
    default:
        return str_eq(run(b, reply, arena), answer);
    }
}

static bool measure(struct bench *b, int what, const struct gen_math_item *item, int step,
                    struct arena *arena)
{
    const char *subgoal = gen_math_subgoal(item, step, true, arena);
    const char *reply =
        ask(b, prompts_of[what == CHAIN ? PLAN : what], item->prompt, subgoal, arena);
    bool right = is_right(b, what, item, step, reply, arena);
    if (!right && b->misses)
        fprintf(b->misses, "%s k=%d %s: %s\n%s\n-- %s\n%s\n\n", item->group, item->steps,
                measures[what], item->prompt, reply, subgoal, item->program);
    return right;
}

static void *worker(void *arg)
{
    struct bench *b = arg;
    int per_group = b->n * GEN_MATH_MAX_STEPS, all = per_group * N_GROUPS;
    for (int i = b->next++; i < all; i = b->next++) {
        struct arena *arena = arena_new();
        int group = i / per_group, steps = 1 + i % GEN_MATH_MAX_STEPS;
        struct gen_math_options opt = {steps, steps, 1u << groups[group].family,
                                       groups[group].split, false};
        struct gen_math_item item;
        struct err err = {0};
        uint64_t index = b->first + (uint64_t)(i % per_group / GEN_MATH_MAX_STEPS);
        if (steps > 1 && gen_math_item(1, index, &opt, &item, arena, &err) == 0)
            for (int what = 0; what < N_MEASURES; what++)
                b->right[group][steps][what] +=
                    measure(b, what, &item, (int)(index % (uint64_t)steps), arena);
        arena_free(arena);
    }
    return NULL;
}

static void report(struct bench *b)
{
    printf("%-14s %-6s", "group", "role");
    for (int k = 2; k <= GEN_MATH_MAX_STEPS; k++)
        printf("    k=%d", k);
    printf("    (%% of %d each)\n", b->n);
    for (int g = 0; g < N_GROUPS; g++) {
        for (int what = 0; what < N_MEASURES; what++) {
            printf("%-14s %-6s", groups[g].name, measures[what]);
            for (int k = 2; k <= GEN_MATH_MAX_STEPS; k++)
                printf(" %6.1f", 100.0 * b->right[g][k][what] / b->n);
            printf("\n");
        }
    }
}

int main(int argc, char **argv)
{
    struct bench b = {.n = argc > 2 ? atoi(argv[2]) : 40,
                      .first = argc > 3 ? strtoull(argv[3], NULL, 10) : 100000};
    struct err err = {0};
    pthread_t thread[THREADS];
    const char *misses = getenv("MISSES");
    if (argc < 2 || b.n < 1) {
        fputs("math_roles WEIGHTS [N [FIRST]]\n", stderr);
        return 2;
    }
    if (nn_engine_open(argv[1], 0, &b.engine, &err) < 0 ||
        prompt_set_load("tiny", &b.prompts, &err) < 0 ||
        tool_open(&(struct tool_config){0}, &b.tool, &err) < 0) {
        fprintf(stderr, "math_roles: %s\n", err.msg);
        return 3;
    }
    b.misses = misses ? fopen(misses, "w") : NULL;
    double start = clock_seconds();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, worker, &b);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    report(&b);
    printf("%ld tokens generated in %.1f s, %.1f CPU-s here\n", b.tokens, clock_seconds() - start,
           clock_cpu_seconds());
    if (b.misses)
        fclose(b.misses);
    tool_close(b.tool);
    prompt_set_free(b.prompts);
    nn_engine_close(b.engine);
    return 0;
}
