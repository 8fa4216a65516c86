/* Batched decoding gives the same bytes as single decoding; sampling; the limits of the context. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "nn/engine.h"
#include "nn/kernels.h"
#include "nn/pass.h"
#include "nn/decoder.h"
#include "nn/sample.h"
#include "nn/tokenizer.h"
#include "nn/weights.h"

enum { CONTEXT = 96, CONCURRENT = 32 };

static struct nn_shape shape = {
    .d = 32, .layers = 2, .heads = 2, .ff = 64, .context = CONTEXT, .eps = 1e-5f, .theta = 1e4f};

/* Random weights, large enough for the logits to be far from uniform. */
static float *random_params(void)
{
    size_t n = nn_params_count(&shape);
    float *p = xcalloc(n, sizeof *p);
    nn_params_init(&shape, 11, p);
    for (size_t i = 0; i < n; i++)
        p[i] *= 3;
    return p;
}

static struct nn_engine *open_engine(int max_batch)
{
    char *path CLEANUP_FREE = xasprintf("/tmp/hrm-engine-test-%ld.gguf", (long)getpid());
    static const char corpus[] = "flat: sort the list and then take the first of the sorted list";
    struct nn_bpe_corpus *c = nn_bpe_corpus_new();
    struct nn_tokenizer *t;
    struct nn_engine *e = NULL;
    struct err err = {0};

    nn_bpe_corpus_add(c, corpus, strlen(corpus));
    t = nn_bpe_learn(c, 300);
    shape.vocab = nn_tokenizer_size(t);
    float *params CLEANUP_FREE = random_params();
    assert_int_equal(nn_weights_write(path, &shape, params, t, "random", &err), 0);
    if (nn_engine_open(path, max_batch, &e, &err) < 0)
        fail_msg("%s", err.msg);
    unlink(path);
    nn_tokenizer_free(t);
    nn_bpe_corpus_free(c);
    return e;
}

struct call {
    struct nn_engine *e;
    char prompt[48];
    struct nn_message message;
    struct nn_request req;
    struct nn_reply reply;
    int rc;
};

static void make_call(struct call *c, struct nn_engine *e, int i, double temperature)
{
    *c = (struct call){.e = e};
    snprintf(c->prompt, sizeof c->prompt, "flat: %.*s %d", i % 30, "sort the list and then take it",
             i);
    c->message = (struct nn_message){.role = "user", .content = c->prompt};
    c->req = (struct nn_request){.messages = &c->message,
                                 .n_messages = 1,
                                 .sampling = {temperature, 0.95},
                                 .max_tokens = 5 + i,
                                 .seed = (uint64_t)i};
}

static void *run_call(void *arg)
{
    struct call *c = arg;
    c->rc = nn_generate(c->e, &c->req, &c->reply, NULL);
    return NULL;
}

/* Alone, one after another, and 32 at once through batches of other sizes: the same bytes. */
static void batch_invariance(double temperature)
{
    static struct call alone[CONCURRENT], together[CONCURRENT];
    static const int batches[] = {32, 5, 1};
    struct nn_engine *single = open_engine(1);

    for (int i = 0; i < CONCURRENT; i++) {
        make_call(&alone[i], single, i, temperature);
        run_call(&alone[i]);
        assert_int_equal(alone[i].rc, 0);
    }
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        struct nn_engine *e = open_engine(batches[b]);
        pthread_t threads[CONCURRENT];
        for (int i = 0; i < CONCURRENT; i++) {
            make_call(&together[i], e, i, temperature);
            pthread_create(&threads[i], NULL, run_call, &together[i]);
        }
        for (int i = 0; i < CONCURRENT; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(together[i].rc, 0);
            assert_string_equal(together[i].reply.text, alone[i].reply.text);
            assert_int_equal(together[i].reply.generated_tokens, alone[i].reply.generated_tokens);
            assert_int_equal(together[i].reply.finish, alone[i].reply.finish);
            free(together[i].reply.text);
        }
        nn_engine_close(e);
    }
    for (int i = 0; i < CONCURRENT; i++)
        free(alone[i].reply.text);
    nn_engine_close(single);
}

static void test_greedy_does_not_depend_on_batch(void **state)
{
    (void)state;
    batch_invariance(0);
}

static void test_sampling_does_not_depend_on_batch(void **state)
{
    (void)state;
    batch_invariance(0.8);
}

/* The decoder's logits, token by token against its cache, are those of the training pass. */
static void test_decoder_agrees_with_training(void **state)
{
    enum { N = 40 };
    int tokens[N], starts[2] = {0, N}, at, target;
    struct nn_row rows[N];
    struct rng r = rng_make(3);
    (void)state;
    shape.vocab = 260;
    float *params CLEANUP_FREE = random_params();
    struct nn_decoder *d = nn_decoder_new(&shape, params, 2, N, nn_kernels_best());
    struct nn_pass *p = nn_pass_new(&shape, N, nn_kernels_best());
    for (int i = 0; i < N; i++) {
        tokens[i] = (int)rng_below(&r, 260);
        rows[i] = (struct nn_row){.slot = 1, .pos = i, .token = tokens[i], .last = i >= 20};
    }
    nn_decoder_run(d, rows, 20); /* a prompt in one batch, then one by one */
    for (at = 20; at < N; at++) {
        const float *logits = nn_decoder_run(d, &rows[at], 1);
        double sum = 0, want;
        target = at % 260;
        for (int i = 0; i < 260; i++)
            sum += __builtin_exp((double)logits[i]);
        want = nn_pass_run(p, params,
                           &(struct nn_shard){.n_tokens = N,
                                              .n_seqs = 1,
                                              .n_targets = 1,
                                              .tokens = tokens,
                                              .starts = starts,
                                              .target_at = &at,
                                              .target = &target},
                           1);
        double got = __builtin_log(sum) - (double)logits[target];
        if (__builtin_fabs(got - want) > 1e-4 * (1 + want))
            fail_msg("position %d: %.7g, training pass %.7g", at, got, want);
    }
    nn_pass_free(p);
    nn_decoder_free(d);
}

static void test_context(void **state)
{
    struct nn_engine *e = open_engine(4);
    char text[600];
    (void)state;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    struct nn_message m = {.role = "user", .content = text};
    struct nn_request q = {.messages = &m, .n_messages = 1, .seed = 1};
    struct nn_reply r;
    assert_int_equal(nn_generate(e, &q, &r, NULL), 0);
    assert_int_equal(r.finish, NN_CONTEXT);
    assert_string_equal(r.text, "");
    assert_true(r.prompt_tokens > CONTEXT);
    assert_int_equal(r.generated_tokens, 0);
    free(r.text);

    text[20] = 0; /* fits; without a cap it ends at <|end|> or at the context's end */
    q.sampling = (struct nn_sampling){1, 1};
    for (q.seed = 0; q.seed < 40; q.seed++) {
        assert_int_equal(nn_generate(e, &q, &r, NULL), 0);
        assert_true(r.prompt_tokens + r.generated_tokens <= CONTEXT);
        assert_true(utf8_valid(r.text, strlen(r.text)));
        if (r.finish == NN_CONTEXT)
            assert_int_equal(r.prompt_tokens + r.generated_tokens, CONTEXT);
        free(r.text);
    }
    q.max_tokens = 1;
    assert_int_equal(nn_generate(e, &q, &r, NULL), 0);
    assert_int_equal(r.generated_tokens, 1);
    free(r.text);
    nn_engine_close(e);
}

static void test_unknown_role(void **state)
{
    struct nn_engine *e = open_engine(1);
    struct nn_message m = {.role = "wizard", .content = "x"};
    struct nn_request q = {.messages = &m, .n_messages = 1};
    struct nn_reply r;
    struct err err = {0};
    (void)state;
    assert_true(nn_generate(e, &q, &r, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    nn_engine_close(e);
}

static const float logits[] = {0, 2, 1, 2, -50};

static int draw(double temperature, double top_p, struct rng *r)
{
    return nn_sample(logits, 5, &(struct nn_sampling){temperature, top_p}, r);
}

static void test_sample(void **state)
{
    struct rng r = rng_make(1);
    int count[5] = {0};
    (void)state;

    assert_int_equal(draw(0, 1, &r), 1);
    for (int i = 0; i < 20000; i++)
        count[draw(1, 1, &r)]++;
    /* e^2 / (1 + 2 e^2 + e) = 0.399, e / ... = 0.147, 1 / ... = 0.054 */
    assert_in_range(count[1], 7700, 8260);
    assert_in_range(count[3], 7700, 8260);
    assert_in_range(count[2], 2750, 3130);
    assert_in_range(count[0], 960, 1200);
    assert_int_equal(count[4], 0);
    memset(count, 0, sizeof count);
    for (int i = 0; i < 5000; i++)
        count[draw(1, 0.5, &r)]++; /* 1 and 3 together reach it */
    assert_int_equal(count[1] + count[3], 5000);
    assert_true(count[1] > 2000 && count[3] > 2000);
    assert_int_equal(draw(1, 0.0, &r), 1);
    memset(count, 0, sizeof count);
    const struct nn_sampling min_p = {1, 1, 0.3}; /* token 2 has e^-1 = 0.37 of the best, 0 0.14 */
    for (int i = 0; i < 20000; i++)
        count[nn_sample(logits, 5, &min_p, &r)]++;
    assert_int_equal(count[0] + count[4], 0);
    assert_in_range(count[2], 2920, 3290);          /* e / (2 e^2 + e) = 0.155 */
    const struct nn_sampling only_best = {5, 1, 1}; /* of equals, both */
    for (int i = 0; i < 200; i++)
        assert_true(nn_sample(logits, 5, &only_best, &r) % 2 == 1);
}

/* The same by its definition: the most probable token that is left, until top_p is reached. */
static int draw_plainly(const float *x, int vocab, double temperature, double top_p, struct rng *r)
{
    enum { MOST = 300 };
    double p[MOST], mass[MOST], total = 0, kept = 0;
    int token[MOST], n = 0, best = 0, i = 0;
    for (int t = 1; t < vocab; t++)
        best = x[t] > x[best] ? t : best;
    for (int t = 0; t < vocab; t++)
        total += p[t] = exp(((double)x[t] - (double)x[best]) / temperature);
    while (n < vocab && (n == 0 || kept < top_p * total)) {
        int next = -1;
        for (int t = 0; t < vocab; t++)
            if (p[t] >= 0 && (next < 0 || p[t] > p[next]))
                next = t;
        token[n] = next;
        kept += mass[n++] = p[next];
        p[next] = -1; /* taken */
    }
    double draw = rng_double(r) * kept;
    while (i < n - 1 && draw >= mass[i])
        draw -= mass[i++];
    return token[i];
}

static void test_sampling_is_by_its_definition(void **state)
{
    (void)state;
    static const double top_p[] = {0, 0.3, 0.9, 0.95, 0.999, 1};
    struct rng seed = rng_make(7), a = rng_make(8), b = rng_make(8);
    float x[300];
    for (int i = 0; i < 3000; i++) {
        int vocab = 2 + (int)(rng_double(&seed) * 298);
        double spread = 12 * rng_double(&seed), temperature = 0.1 + 1.9 * rng_double(&seed);
        for (int t = 0; t < vocab; t++) /* to a quarter: some are equal */
            x[t] = (float)(floor(4 * spread * rng_double(&seed)) / 4);
        double p = top_p[i % 6];
        assert_int_equal(nn_sample(x, vocab, &(struct nn_sampling){temperature, p}, &a),
                         draw_plainly(x, vocab, temperature, p, &b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sampling_is_by_its_definition),
        cmocka_unit_test(test_greedy_does_not_depend_on_batch),
        cmocka_unit_test(test_sampling_does_not_depend_on_batch),
        cmocka_unit_test(test_decoder_agrees_with_training),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_unknown_role),
        cmocka_unit_test(test_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
