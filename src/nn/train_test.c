/* Training on a toy task: it learns, it is reproducible to the byte, with interruptions or without.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/engine.h"
#include "nn/train.h"
#include "nn/trainer.h"

/* "say 3 fox" -> "fox fox fox" */
struct toy {
    char prompt[64], answer[64];
    uint64_t last;    /* index of the last call */
    int until_stop;   /* calls of the training itself after which to ask for a stop; 0 = never */
    bool in_training; /* the tokenizer's pass over the examples is done */
};

static void toy_next(void *ctx, uint64_t index, double done, struct nn_example *ex)
{
    static const char *const words[] = {"fox", "hen", "owl", "cat"};
    struct toy *t = ctx;
    struct rng r = rng_make(seed_derive(9, "toy/%llu", (unsigned long long)index));
    int times = 1 + (int)rng_below(&r, done < 0.2 ? 2 : 4);
    const char *word = words[rng_below(&r, 4)];

    t->in_training |= index < t->last; /* it begins again with a lower index */
    t->last = index;
    if (t->in_training && t->until_stop && --t->until_stop == 0)
        stop_request();
    snprintf(t->prompt, sizeof t->prompt, "say %d %s", times, word);
    t->answer[0] = 0;
    for (int i = 0; i < times; i++)
        snprintf(t->answer + strlen(t->answer), 16, "%s%s", i ? " " : "", word);
    *ex = (struct nn_example){.prompt = t->prompt, .answer = t->answer};
}

static struct nn_train_config toy_config(void)
{
    struct nn_train_config c = nn_train_defaults();
    c.d_model = 32;
    c.n_layers = 2;
    c.n_heads = 2;
    c.d_ff = 64;
    c.context = 48;
    c.vocab = 300;
    c.tokens_per_step = 128;
    c.steps = 150;
    c.warmup = 10;
    c.lr = 4e-3;
    c.threads = 1;
    return c;
}

static char *out_path(const char *name)
{
    return xasprintf("/tmp/hrm-train-test-%ld-%s.gguf", (long)getpid(), name);
}

static void count_progress(void *ctx, const struct nn_train_progress *p)
{
    (void)p;
    ++*(int *)ctx;
}

/* The bytes of a finished training; caller frees. */
static char *train(const struct nn_train_config *c, const char *name, size_t *n)
{
    char *path CLEANUP_FREE = out_path(name);
    struct toy toy = {0};
    struct err err = {0};
    char *bytes;
    int reports = 0;

    if (nn_train(c, toy_next, &toy, count_progress, &reports, path, &err) != 0)
        fail_msg("%s", err.msg);
    assert_true(reports > 0); /* the last step always reports */
    assert_int_equal(file_read(path, 0, &bytes, n, NULL), 0);
    unlink(path);
    return bytes;
}

static void test_same_bytes(void **state)
{
    struct nn_train_config c = toy_config();
    size_t n1, n2;
    char *first CLEANUP_FREE = train(&c, "a", &n1), *second CLEANUP_FREE = NULL;
    (void)state;

    second = train(&c, "b", &n2);
    assert_int_equal(n1, n2);
    assert_memory_equal(first, second, n1);
    free(second);
    c.threads = 2;
    second = train(&c, "c", &n2);
    assert_memory_equal(first, second, n1);
    free(second);
    c.seed = 2;
    second = train(&c, "d", &n2);
    assert_true(n1 != n2 || memcmp(first, second, n1) != 0);
}

static void *train_three_threads(void *arg)
{
    struct nn_train_config c = toy_config();
    size_t n;
    c.threads = 3;
    return train(&c, arg, &n);
}

/* Several trainings in one process do not affect each other; three threads are reproducible too. */
static void test_concurrent_trainings(void **state)
{
    static char names[3][4] = {"e", "f", "g"};
    pthread_t threads[3];
    void *bytes[3];
    (void)state;

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, train_three_threads, names[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], &bytes[i]);
    for (int i = 1; i < 3; i++)
        assert_memory_equal(bytes[0], bytes[i], 30000);
    for (int i = 0; i < 3; i++)
        free(bytes[i]);
}

/* A training that is stopped repeatedly ends in the same bytes. */
static void test_resume(void **state)
{
    struct nn_train_config c = toy_config();
    size_t n1, n2;
    char *path CLEANUP_FREE = out_path("h"), *ckpt CLEANUP_FREE = xasprintf("%s.ckpt", path),
               *straight CLEANUP_FREE = NULL, *resumed CLEANUP_FREE = NULL;
    int r, stops = 0;
    (void)state;

    straight = train(&c, "i", &n1);
    do {
        struct toy toy = {.until_stop = 600};
        r = nn_train(&c, toy_next, &toy, NULL, NULL, path, NULL);
        stop_reset();
        if (r == 1) {
            stops++;
            assert_true(file_exists(ckpt));
            assert_false(file_exists(path));
        }
    } while (r == 1);
    assert_int_equal(r, 0);
    assert_true(stops > 1);
    assert_false(file_exists(ckpt));
    assert_int_equal(file_read(path, 0, &resumed, &n2, NULL), 0);
    assert_int_equal(n1, n2);
    assert_memory_equal(straight, resumed, n1);
    unlink(path);
}

static void test_foreign_checkpoint(void **state)
{
    struct nn_train_config c = toy_config();
    char *path CLEANUP_FREE = out_path("j"), *ckpt CLEANUP_FREE = xasprintf("%s.ckpt", path);
    struct toy toy = {0};
    struct err err = {0};
    (void)state;

    stop_request(); /* at once: a checkpoint of step 0 */
    assert_int_equal(nn_train(&c, toy_next, &toy, NULL, NULL, path, NULL), 1);
    stop_reset();
    c.by_example = true;
    assert_true(nn_train(&c, toy_next, &toy, NULL, NULL, path, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    c.by_example = false;
    c.lr *= 2;
    assert_true(nn_train(&c, toy_next, &toy, NULL, NULL, path, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(file_write(ckpt, "garbage", 7, NULL), 0);
    assert_true(nn_train(&c, toy_next, &toy, NULL, NULL, path, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_exists(path));
    unlink(ckpt);
}

static void test_it_learns(void **state)
{
    struct nn_train_config c = toy_config();
    char *path CLEANUP_FREE = out_path("k");
    struct toy toy = {0};
    struct nn_engine *e;
    struct nn_reply reply;
    (void)state;

    c.steps = 600;
    assert_int_equal(nn_train(&c, toy_next, &toy, NULL, NULL, path, NULL), 0);
    assert_int_equal(nn_engine_open(path, 1, &e, NULL), 0);
    unlink(path);
    for (uint64_t i = 1000; i < 1020; i++) {
        struct nn_example ex;
        toy_next(&toy, i, 1, &ex);
        struct nn_message m = {.role = "user", .content = ex.prompt};
        struct nn_request q = {.messages = &m, .n_messages = 1};
        assert_int_equal(nn_generate(e, &q, &reply, NULL), 0);
        assert_string_equal(reply.text, ex.answer);
        assert_int_equal(reply.finish, NN_STOP);
        free(reply.text);
    }
    nn_engine_close(e);
}

static void assert_refused(struct nn_train_config c, const char *path)
{
    struct toy toy = {0};
    struct err err = {0};

    assert_true(nn_train(&c, toy_next, &toy, NULL, NULL, path, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_exists(path) && !file_is_dir(path));
}

static void test_bad_settings(void **state)
{
    char *path CLEANUP_FREE = out_path("l");
    struct nn_train_config c = toy_config();
    (void)state;

    assert_refused(c, "/nonexistent/dir/x.gguf");
    assert_refused(c, "/tmp");
    c.d_ff = 50;
    assert_refused(c, path);
    c = toy_config();
    c.n_heads = 3;
    assert_refused(c, path);
    c = toy_config();
    c.steps = 0;
    assert_refused(c, path);
    c = toy_config();
    c.lr = __builtin_nan("");
    assert_refused(c, path);
    c = toy_config();
    c.context = 6; /* no example fits */
    assert_refused(c, path);
}

static void test_schedule(void **state)
{
    struct nn_train_config c = {.lr = 1, .steps = 1000, .warmup = 100};
    (void)state;
    assert_true(nn_train_lr(&c, 0) == 0.01);
    assert_true(nn_train_lr(&c, 99) == 1);
    assert_true(nn_train_lr(&c, 349) == 1);
    assert_true(nn_train_lr(&c, 675) < 0.53 && nn_train_lr(&c, 675) > 0.52);
    assert_true(nn_train_lr(&c, 999) < 0.052 && nn_train_lr(&c, 999) > 0.05);
}

/* Each example exactly once and in order, spread evenly, whatever their lengths. */
static void seen_once(void *ctx, uint64_t index, double done, struct nn_example *ex)
{
    int *seen = ctx;

    assert_in_range(index, 0, 100);
    assert_int_equal(seen[index], 0);
    seen[index]++;
    assert_int_equal((int)(done * 30 + 0.5),
                     (int)((30 * index + 29) / 101)); /* 30 steps of 3 or 4 */
    ex->prompt = "say";
    ex->answer = index % 7 ? "fox" : "fox fox fox fox fox fox";
}

static void test_each_example_once(void **state)
{
    struct nn_train_config c = toy_config();
    struct toy toy = {0};
    struct err err = {0};
    struct nn_trainer *t;
    int seen[101] = {0};
    double loss;
    (void)state;

    c.steps = 30;
    c.examples = 101;
    assert_int_equal(
        nn_trainer_new(&c, nn_train_tokenizer(&c, toy_next, &toy), seen_once, seen, &t, &err), 0);
    for (int i = 0; i < c.steps; i++)
        assert_int_equal(nn_trainer_step(t, &loss, &err), 0);
    for (int i = 0; i < 101; i++)
        assert_int_equal(seen[i], 1);
    nn_trainer_free(t);
    c.examples = 59;
    char *path CLEANUP_FREE = out_path("few");
    assert_true(nn_train(&c, toy_next, &toy, NULL, NULL, path, &err) < 0);
    assert_non_null(strstr(err.msg, "59 examples are too few for 30 steps"));
}

static void test_constant_rate(void **state)
{
    struct nn_train_config c = toy_config();
    (void)state;

    assert_true(nn_train_lr(&c, c.steps - 1) < c.lr / 10);
    c.constant_lr = true;
    assert_true(nn_train_lr(&c, c.steps - 1) == c.lr);
    assert_true(nn_train_lr(&c, 0) < c.lr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),    cmocka_unit_test(test_each_example_once),
        cmocka_unit_test(test_constant_rate), cmocka_unit_test(test_concurrent_trainings),
        cmocka_unit_test(test_resume),        cmocka_unit_test(test_foreign_checkpoint),
        cmocka_unit_test(test_it_learns),     cmocka_unit_test(test_bad_settings),
        cmocka_unit_test(test_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
