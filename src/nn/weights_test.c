/* The weight file: what is written is read back, and every damaged file is refused. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/gguf.h"
#include "nn/tokenizer.h"
#include "nn/weights.h"

struct fixture {
    char *path, *bytes;
    size_t n, tensors_at; /* bytes before the first tensor's data */
    struct nn_shape shape;
    float *params;
    struct nn_tokenizer *tokenizer;
};

static int set_up(void **state)
{
    static const char corpus[] = "reverse the list, then sort the list, then reverse the list";
    struct fixture *f = xcalloc(1, sizeof *f);
    struct nn_bpe_corpus *c = nn_bpe_corpus_new();

    nn_bpe_corpus_add(c, corpus, strlen(corpus));
    f->tokenizer = nn_bpe_learn(c, 280);
    nn_bpe_corpus_free(c);
    f->shape = (struct nn_shape){.d = 16,
                                 .layers = 2,
                                 .heads = 1,
                                 .ff = 32,
                                 .context = 40,
                                 .vocab = nn_tokenizer_size(f->tokenizer),
                                 .eps = 1e-5f,
                                 .theta = 1e4f};
    f->params = xcalloc(nn_params_count(&f->shape), sizeof *f->params);
    nn_params_init(&f->shape, 1, f->params);
    f->path = xasprintf("/tmp/hrm-weights-test-%ld.gguf", (long)getpid());
    if (nn_weights_write(f->path, &f->shape, f->params, f->tokenizer, "test", NULL) < 0 ||
        file_read(f->path, 0, &f->bytes, &f->n, NULL) < 0)
        return -1;
    f->tensors_at = f->n - nn_params_count(&f->shape) * sizeof(float);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    free(f->path);
    free(f->bytes);
    free(f->params);
    nn_tokenizer_free(f->tokenizer);
    free(f);
    return 0;
}

static void test_round_trip(void **state)
{
    struct fixture *f = *state;
    struct nn_weights w;
    size_t a, b;

    assert_int_equal(nn_weights_read(f->path, &w, NULL), 0);
    assert_memory_equal(&w.shape, &f->shape, sizeof w.shape);
    assert_memory_equal(w.params, f->params, nn_params_count(&f->shape) * sizeof *w.params);
    assert_string_equal(w.name, "test");
    assert_int_equal(strlen(w.sha256), 64);
    for (int i = 0; i < f->shape.vocab; i++) {
        const char *x = nn_tokenizer_bytes(w.tokenizer, i, &a),
                   *y = nn_tokenizer_bytes(f->tokenizer, i, &b);
        assert_int_equal(a, b);
        assert_memory_equal(x, y, a);
    }
    nn_weights_free(&w);
}

/* For any bytes the result is weights, or ERR_INPUT with one sentence that names the file. */
static bool survives(const char *bytes, size_t n)
{
    /* a heap block of exactly n bytes, so that a sanitizer sees a read behind its end */
    char *copy CLEANUP_FREE = xmalloc(n);
    struct nn_weights w;
    struct err err = {0};

    memcpy(copy, bytes, n);
    if (nn_weights_parse("file.gguf", copy, n, &w, &err) == 0) {
        nn_weights_free(&w);
        return true;
    }
    assert_int_equal(err.kind, ERR_INPUT);
    assert_true(strncmp(err.msg, "file.gguf: ", 11) == 0);
    assert_null(strchr(err.msg, '\n'));
    return false;
}

static void test_every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;

    for (size_t n = 0; n < f->n; n += n < f->tensors_at ? 1 : 97)
        if (survives(f->bytes, n))
            fail_msg("cut after %zu of %zu bytes and accepted", n, f->n);
    assert_true(survives(f->bytes, f->n));
}

static void test_corruption_never_crashes(void **state)
{
    struct fixture *f = *state;
    struct rng r = rng_make(5);
    char *bytes CLEANUP_FREE = xmalloc(f->n);

    for (int i = 0; i < 4000; i++) {
        size_t at = rng_below(&r, f->tensors_at), len = 1 + rng_below(&r, 8);
        memcpy(bytes, f->bytes, f->n);
        for (size_t j = at; j < at + len; j++)
            bytes[j] = (char)(i % 3 ? rng_u64(&r) : 0xFF);
        survives(bytes, f->n);
    }
}

static void test_foreign_files(void **state)
{
    struct fixture *f = *state;
    char *bytes CLEANUP_FREE = xmalloc(f->n);
    static const char zip[] = "PK\x03\x04 a zip file, say, of some length";
    float nan = __builtin_nanf("");

    assert_false(survives("", 0));
    assert_false(survives(zip, sizeof zip));
    memcpy(bytes, f->bytes, f->n);
    bytes[4] = 2; /* an older version */
    assert_false(survives(bytes, f->n));
    memcpy(bytes, f->bytes, f->n);
    memcpy(memmem(bytes, f->n, "llama", 5), "gemma", 5);
    assert_false(survives(bytes, f->n));
    memcpy(bytes, f->bytes, f->n);
    memcpy(memmem(bytes, f->n, "for message", 11), "for massage", 11);
    assert_false(
        survives(bytes, f->n)); /* another chat template: another prompt than it was trained on */
    memcpy(bytes, f->bytes, f->n);
    memcpy(bytes + f->n - 64, &nan, sizeof nan);
    assert_false(survives(bytes, f->n));
}

static void test_missing_file(void **state)
{
    struct nn_weights w;
    struct err err = {0};
    (void)state;
    assert_true(nn_weights_read("/nonexistent/x.gguf", &w, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_corruption_never_crashes),
        cmocka_unit_test(test_foreign_files),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
