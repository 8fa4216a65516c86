/* Shards: together they are the plan, no episode is in two, and what belongs together stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

enum { N_SHARDS = 7 };

struct fixture {
    struct experiment x;
    struct suite suite;
    struct plan whole;
};

static void open_plan(struct fixture *f, const char *experiment, const char *suite)
{
    struct err err = {0};
    struct plan_selection all = {0};
    *f = (struct fixture){0};
    if (experiment_load(experiment, "embedded", &f->x, &err) < 0 ||
        suite_load(suite, &f->suite, &err) < 0)
        fail_msg("%s", err.msg);
    if (f->x.curriculum)
        curriculum_expand(&f->x);
    if (plan_make(&f->x, &f->suite, &all, &f->whole, &err) < 0)
        fail_msg("%s", err.msg);
}

static void close_plan(struct fixture *f)
{
    plan_free(&f->whole);
    suite_free(&f->suite);
    experiment_free(&f->x);
}

/* plan_shard_of says of every episode in which shard plan_make puts it. */
static void check_shards(const struct fixture *f)
{
    size_t expected[N_SHARDS + 1] = {0}, sum = 0;
    struct err err = {0};
    for (size_t i = 0; i < f->whole.n; i++)
        expected[plan_shard_of(&f->whole, i, &f->x, N_SHARDS)]++;
    for (unsigned k = 1; k <= N_SHARDS; k++) {
        struct plan p = {0};
        struct plan_selection sel = {.shard = k, .n_shards = N_SHARDS};
        assert_int_equal(plan_make(&f->x, &f->suite, &sel, &p, &err), 0);
        assert_int_equal(p.n, expected[k]);
        for (size_t i = 0; i < p.n; i++)
            assert_int_equal(plan_shard_of(&p, i, &f->x, N_SHARDS), k);
        sum += p.n;
        plan_free(&p);
    }
    assert_int_equal(sum, f->whole.n);
}

static void tasks_stay_together(void **state)
{
    struct fixture f;
    (void)state;
    open_plan(&f, "experiments/exp1_decomp_vs_flat/experiment.yaml",
              "eval/suites/compositional_code.yaml");
    check_shards(&f);
    for (size_t i = 1; i < f.whole.n; i++) /* all arms and samples of a task */
        if (f.whole.tasks[i] == f.whole.tasks[i - 1])
            assert_int_equal(plan_shard_of(&f.whole, i, &f.x, N_SHARDS),
                             plan_shard_of(&f.whole, i - 1, &f.x, N_SHARDS));
    close_plan(&f);
}

/* Every cell in one shard, so that its model is trained once; and the cells dealt out evenly. */
static void cells_are_dealt_out(void **state)
{
    struct fixture f;
    unsigned *shard_of CLEANUP_FREE = NULL;
    size_t cells[N_SHARDS + 1] = {0}, n = 0;
    (void)state;
    open_plan(&f, "experiments/exp3_curriculum/experiment.yaml", "eval/suites/curriculum.yaml");
    check_shards(&f);
    const struct curriculum *c = f.x.curriculum;
    size_t n_cells = c->n_orders * c->n_sizes * (size_t)f.x.samples;
    shard_of = xcalloc(n_cells, sizeof *shard_of);
    for (size_t i = 0; i < f.whole.n; i++) {
        struct curriculum_cell cell;
        assert_true(curriculum_cell_of(c, f.whole.items[i].arm, f.whole.items[i].sample, &cell));
        size_t number = curriculum_cell_number(c, &cell);
        unsigned shard = plan_shard_of(&f.whole, i, &f.x, N_SHARDS);
        assert_true(number < n_cells);
        assert_true(shard_of[number] == 0 || shard_of[number] == shard);
        cells[shard] += shard_of[number] == 0;
        n += shard_of[number] == 0;
        shard_of[number] = shard;
    }
    assert_int_equal(n, n_cells);
    for (size_t k = 1; k <= N_SHARDS; k++)
        assert_in_range(cells[k], n_cells / N_SHARDS, n_cells / N_SHARDS + 1);
    close_plan(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tasks_stay_together),
                                       cmocka_unit_test(cells_are_dealt_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
