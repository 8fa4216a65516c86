/* From generated problems to tasks, and to whole suites. */
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_builder.h"
#include "gen/gen_math.h"

enum {
    ATTEMPTS_PER_TASK = 100,
    MIN_STEPS = 2,
    SEEN_PER_CELL = 16,   /* story, shop: problems in trained words for each number of steps */
    HELDOUT_PER_CELL = 4, /* the same with a part in words of their own */
    COMPARE_PER_CELL = 8,
};

static const char *const suite_header =
    "# Generated: word problems with trees of operations that training never shows. Made by\n"
    "#   hrm gen math --suite -o eval/suites/compositional_math.yaml\n"
    "# byte for byte; edit the generator (src/gen/gen_math*.c), not this file.\n";

static const struct {
    enum gen_math_family family;
    enum gen_math_split split;
    int n;
} cells[] = {
    {GEN_MATH_STORY, GEN_MATH_TEST, SEEN_PER_CELL},
    {GEN_MATH_STORY, GEN_MATH_HELDOUT, HELDOUT_PER_CELL},
    {GEN_MATH_SHOP, GEN_MATH_TEST, SEEN_PER_CELL},
    {GEN_MATH_SHOP, GEN_MATH_HELDOUT, HELDOUT_PER_CELL},
    {GEN_MATH_COMPARE, GEN_MATH_TEST, COMPARE_PER_CELL},
};
enum { N_CELLS = sizeof cells / sizeof cells[0] };

void gen_math_task(const struct gen_math_item *item, struct task *out, struct arena *arena)
{
    char id_hash[HASH_HEX];
    hash_sha256_hex(item->prompt, strlen(item->prompt), id_hash);
    *out = (struct task){
        .id = arena_printf(arena, "%s/k%d/%.10s", item->group, item->steps, id_hash),
        .prompt = item->prompt,
        .has_answer = true,
        .answer = item->answer,
        .tolerance = SUITE_TOLERANCE,
        .unit = item->unit,
        .graph = item->graph,
        .n_graph = (size_t)item->steps,
        .reference = item->program,
        .steps = item->steps,
        .group = item->group,
    };
}

/* Adds the first n items of the stream that are new. */
static int builder_add(struct gen_builder *b, uint64_t seed, size_t n,
                       const struct gen_math_options *opt, struct err *err)
{
    size_t added = 0;
    for (uint64_t index = 0; added < n; index++) {
        struct gen_math_item item;
        if (index >= ATTEMPTS_PER_TASK * (uint64_t)n)
            return err_input(err, "%s, %d-%d steps: only %zu different problems, %zu wanted",
                             gen_math_split_name(opt->split), opt->steps_min, opt->steps_max, added,
                             n);
        int rc = gen_math_item(seed, index, opt, &item, b->suite.arena, err);
        if (rc < 0)
            return rc;
        if (!gen_builder_note(b, seed_derive(0, "%s", item.prompt)))
            continue;
        gen_math_task(&item, &b->suite.tasks[b->suite.n_tasks++], b->suite.arena);
        added++;
    }
    return 0;
}

int gen_math_tasks(uint64_t seed, size_t n, const struct gen_math_options *opt, struct suite *out,
                   struct err *err)
{
    struct gen_builder b = gen_builder_start(gen_math_split_name(opt->split), SUITE_MATH, n);
    return gen_builder_finish(&b, builder_add(&b, seed, n, opt, err), out);
}

/* Story and shop first, compare behind them, so that `--limit` can leave it out. */
int gen_math_suite(uint64_t seed, struct suite *out, struct err *err)
{
    size_t n = 0;
    for (int i = 0; i < N_CELLS; i++)
        n += (size_t)cells[i].n * (GEN_MATH_MAX_STEPS - MIN_STEPS + 1);
    struct gen_builder b = gen_builder_start("compositional_math", SUITE_MATH, n);
    int rc = 0;
    for (int i = 0; i < N_CELLS; i++) {
        for (int steps = MIN_STEPS; steps <= GEN_MATH_MAX_STEPS && rc == 0; steps++) {
            struct gen_math_options opt = {steps, steps, 1u << cells[i].family, cells[i].split,
                                           false};
            rc = builder_add(&b, seed, (size_t)cells[i].n, &opt, err);
        }
    }
    return gen_builder_finish(&b, rc, out);
}

int gen_math_suite_text(char **out, struct err *err)
{
    struct suite s;
    int rc = gen_math_suite(GEN_MATH_SUITE_SEED, &s, err);
    if (rc == 0)
        *out = gen_builder_text(suite_header, &s);
    return rc;
}
