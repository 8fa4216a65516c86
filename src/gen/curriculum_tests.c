/* The test problems of the curriculum experiment: story problems of 2 to 6 steps on trees that
 * training never shows, in words it knows. */
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "gen/curriculum_data.h"

enum { STEPS_MIN = 2, STEPS_MAX = GEN_MATH_MAX_STEPS, ATTEMPTS_PER_TASK = 200 };

static bool is_new(const struct suite *s, const char *id)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (str_eq(s->tasks[i].id, id))
            return false;
    return true;
}

/* Adds the first n different problems of this step count in the stream. */
static int add_tests(struct suite *s, uint64_t seed, int steps, size_t n, bool plain,
                     struct err *err)
{
    const struct gen_math_options opt = {.steps_min = steps,
                                         .steps_max = steps,
                                         .families = 1u << GEN_MATH_STORY,
                                         .split = GEN_MATH_TEST,
                                         .plain = plain};
    size_t wanted = s->n_tasks + n;
    for (uint64_t i = 0; s->n_tasks < wanted; i++) {
        struct gen_math_item item;
        struct task task = {0};
        if (i >= ATTEMPTS_PER_TASK * (uint64_t)n)
            return err_input(err, "%d steps: only %zu different problems, %zu wanted", steps,
                             n - (wanted - s->n_tasks), n);
        if (gen_math_item(seed, i, &opt, &item, s->arena, NULL) < 0)
            continue; /* no problem at this index */
        gen_math_task(&item, &task, s->arena);
        task.reference = NULL; /* the graph is enough */
        if (is_new(s, task.id))
            s->tasks[s->n_tasks++] = task;
    }
    return 0;
}

int curriculum_tests_text(uint64_t seed, size_t per_step, bool plain, char **out, struct err *err)
{
    struct suite s = {.name = "curriculum",
                      .version = "1",
                      .domain = SUITE_MATH,
                      .path = "curriculum",
                      .arena = arena_new()};
    int rc = 0;
    s.tasks = xcalloc((STEPS_MAX - STEPS_MIN + 1) * per_step, sizeof *s.tasks);
    for (int k = STEPS_MIN; k <= STEPS_MAX && rc == 0; k++)
        rc = add_tests(&s, seed, k, per_step, plain, err);
    char *yaml CLEANUP_FREE = rc == 0 ? suite_yaml(&s) : NULL;
    free(s.tasks);
    arena_free(s.arena);
    if (rc < 0)
        return rc;
    *out = xasprintf("# Generated: story problems of 2 to 6 steps on trees that training never "
                     "shows. Made by\n"
                     "#   hrm gen curriculum --tests --n %zu --seed %llu%s\n"
                     "# byte for byte; edit the generator (src/gen/), not this file.\n%s",
                     per_step, (unsigned long long)seed, plain ? "" : " --text full", yaml);
    return 0;
}
