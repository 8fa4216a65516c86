/* The backward pass against central differences of an independent double-precision forward pass. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "base/rng.h"
#include "nn/kernels.h"
#include "nn/pass.h"

static const struct nn_shape shape = {.d = 32,
                                      .layers = 2,
                                      .heads = 2,
                                      .ff = 48,
                                      .context = 32,
                                      .vocab = 23,
                                      .eps = 1e-5f,
                                      .theta = 1e4f};

enum { T_MAX = 32, D_MAX = 32, FF_MAX = 48, V_MAX = 23 };

/* --- the reference: one sequence, one position at a time, nothing shared with the code under test
 * but the layout --- */

static void ref_norm(const double *x, const double *w, double *y)
{
    double sq = 0;
    for (int i = 0; i < shape.d; i++)
        sq += x[i] * x[i];
    for (int i = 0; i < shape.d; i++)
        y[i] = x[i] / sqrt(sq / shape.d + (double)shape.eps) * w[i];
}

static void ref_linear(const double *x, const double *w, int in, int out, double *y)
{
    for (int o = 0; o < out; o++) {
        y[o] = 0;
        for (int i = 0; i < in; i++)
            y[o] += w[o * in + i] * x[i];
    }
}

static void ref_rotate(double *x, int pos)
{
    int hd = shape.d / shape.heads;
    for (int i = 0; i < shape.d; i += 2) {
        double a = pos * pow((double)shape.theta, -(double)(i % hd) / hd), x0 = x[i], x1 = x[i + 1];
        x[i] = x0 * cos(a) - x1 * sin(a);
        x[i + 1] = x0 * sin(a) + x1 * cos(a);
    }
}

static void ref_attend(double q[], double k[][D_MAX], double v[][D_MAX], int pos, double *o)
{
    int hd = shape.d / shape.heads;
    for (int h = 0; h < shape.d; h += hd) {
        double p[T_MAX], sum = 0;
        for (int j = 0; j <= pos; j++) {
            double s = 0;
            for (int i = h; i < h + hd; i++)
                s += q[i] * k[j][i];
            sum += p[j] = exp(s / sqrt(hd));
        }
        for (int i = h; i < h + hd; i++) {
            o[i] = 0;
            for (int j = 0; j <= pos; j++)
                o[i] += p[j] / sum * v[j][i];
        }
    }
}

struct ref_layer {
    const double *attn_norm, *wqkv, *wo, *ffn_norm, *wgu, *wdown;
};

static const double *ref_take(const double **cursor, int n)
{
    const double *at = *cursor;
    *cursor += n;
    return at;
}

static struct ref_layer ref_layer_at(const double **w)
{
    int d = shape.d, ff = shape.ff;
    struct ref_layer l;
    l.attn_norm = ref_take(w, d);
    l.wqkv = ref_take(w, 3 * d * d);
    l.wo = ref_take(w, d * d);
    l.ffn_norm = ref_take(w, d);
    l.wgu = ref_take(w, 2 * ff * d);
    l.wdown = ref_take(w, ff * d);
    return l;
}

static void ref_layer_forward(const struct ref_layer *l, double x[][D_MAX], int t)
{
    static double k[T_MAX][D_MAX], v[T_MAX][D_MAX];
    int d = shape.d, ff = shape.ff;
    for (int pos = 0; pos < t; pos++) {
        double n[D_MAX], qkv[3 * D_MAX], o[D_MAX], y[D_MAX], gu[2 * FF_MAX];
        ref_norm(x[pos], l->attn_norm, n);
        ref_linear(n, l->wqkv, d, 3 * d, qkv);
        ref_rotate(qkv, pos);
        ref_rotate(qkv + d, pos);
        memcpy(k[pos], qkv + d, sizeof k[pos]);
        memcpy(v[pos], qkv + 2 * d, sizeof v[pos]);
        ref_attend(qkv, k, v, pos, o);
        ref_linear(o, l->wo, d, d, y);
        for (int i = 0; i < d; i++)
            x[pos][i] += y[i];
        ref_norm(x[pos], l->ffn_norm, n);
        ref_linear(n, l->wgu, d, 2 * ff, gu);
        for (int i = 0; i < ff; i++)
            gu[i] = gu[i] / (1 + exp(-gu[i])) * gu[ff + i];
        ref_linear(gu, l->wdown, ff, d, y);
        for (int i = 0; i < d; i++)
            x[pos][i] += y[i];
    }
}

static double ref_xent(const double *embedding, const double *last_norm, const double *x,
                       int target)
{
    double n[D_MAX], logits[V_MAX], sum = 0;
    ref_norm(x, last_norm, n);
    ref_linear(n, embedding, shape.d, shape.vocab, logits);
    for (int i = 0; i < shape.vocab; i++)
        sum += exp(logits[i]);
    return log(sum) - logits[target];
}

static int targets_between(const struct nn_shard *b, int from, int to)
{
    int n = 0;
    for (int i = 0; i < b->n_targets; i++)
        n += b->target_at[i] >= from && b->target_at[i] < to;
    return n;
}

/* by_seq: the sequences' means added up, else the sum. */
static double ref_loss(const double *w, const struct nn_shard *b)
{
    double loss = 0;
    for (int s = 0; s < b->n_seqs; s++) {
        static double x[T_MAX][D_MAX];
        int first = b->starts[s], t = b->starts[s + 1] - first;
        const double *cursor = w + shape.vocab * shape.d;
        for (int i = 0; i < t; i++)
            memcpy(x[i], w + b->tokens[first + i] * shape.d, sizeof x[i]);
        for (int i = 0; i < shape.layers; i++) {
            struct ref_layer l = ref_layer_at(&cursor);
            ref_layer_forward(&l, x, t);
        }
        for (int i = 0; i < b->n_targets; i++)
            if (b->target_at[i] >= first && b->target_at[i] < first + t)
                loss += ref_xent(w, cursor, x[b->target_at[i] - first], b->target[i]) /
                        (b->by_seq ? targets_between(b, first, first + t) : 1);
    }
    return loss;
}

/* --- the tests --- */

struct fixture {
    int tokens[51], starts[5], target_at[22], target[22];
    struct nn_shard shard;
    float *w;
    double *wd;
    size_t n;
};

static int set_up(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    struct rng r = rng_make(7);
    static const int starts[] = {0, 1, 20, 27, 51};

    memcpy(f->starts, starts, sizeof starts);
    for (int i = 0; i < 51; i++)
        f->tokens[i] = (int)rng_below(&r, (uint64_t)shape.vocab);
    for (int i = 0; i < 22; i++) {
        f->target_at[i] = 2 * i + (i > 10);
        f->target[i] = (int)rng_below(&r, (uint64_t)shape.vocab);
    }
    f->shard = (struct nn_shard){.n_tokens = 51,
                                 .n_seqs = 4,
                                 .n_targets = 22,
                                 .tokens = f->tokens,
                                 .starts = f->starts,
                                 .target_at = f->target_at,
                                 .target = f->target};
    f->n = nn_params_count(&shape);
    f->w = xcalloc(f->n, sizeof *f->w);
    f->wd = xcalloc(f->n, sizeof *f->wd);
    nn_params_init(&shape, 3, f->w);
    for (size_t i = 0; i < f->n;
         i++) { /* larger than at the start, so that no part is nearly linear */
        f->w[i] *= 2.5f;
        f->w[i] += 0.05f * (float)rng_normal(&r);
        f->wd[i] = (double)f->w[i];
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    free(f->w);
    free(f->wd);
    free(f);
    return 0;
}

static void test_loss_matches_reference(void **state)
{
    struct fixture *f = *state;
    double want = ref_loss(f->wd, &f->shard);

    for (int i = 0; nn_kernels_at(i); i++) {
        struct nn_pass *p = nn_pass_new(&shape, 51, nn_kernels_at(i));
        double got = nn_pass_run(p, f->w, &f->shard, 1.0f);
        nn_pass_free(p);
        if (fabs(got - want) > 1e-5 * want)
            fail_msg("%s: loss %.9g, reference %.9g", nn_kernels_at(i)->isa, got, want);
    }
}

/* Every tensor, a few entries of each, in every instruction set. */
static void check_gradient(struct fixture *f)
{
    const double step = 1e-5;

    for (size_t i = 0; i < nn_tensor_count(&shape); i++) {
        struct nn_tensor t = nn_tensor_at(&shape, i);
        size_t size = (size_t)(t.rows ? t.rows : 1) * (size_t)t.cols;
        for (size_t j = 3; j < size; j += size / 5) {
            double *w = &f->wd[t.offset + j], keep = *w, up, down, want;
            *w = keep + step;
            up = ref_loss(f->wd, &f->shard);
            *w = keep - step;
            down = ref_loss(f->wd, &f->shard);
            *w = keep;
            want = (up - down) / (2 * step) * 0.125;
            for (int k = 0; nn_kernels_at(k); k++) {
                struct nn_pass *p = nn_pass_new(&shape, 51, nn_kernels_at(k));
                nn_pass_run(p, f->w, &f->shard, 0.125f);
                double got = (double)nn_pass_gradient(p)[t.offset + j];
                nn_pass_free(p);
                if (fabs(got - want) > 2e-5 + 5e-4 * fabs(want))
                    fail_msg("%s %s[%zu]: gradient %.8g, difference %.8g", nn_kernels_at(k)->isa,
                             t.name, j, got, want);
            }
        }
    }
}

static void test_gradient_matches_differences(void **state)
{
    check_gradient(*state);
}

/* Four sequences with 1, 9, 3 and 9 targets: every one weighs the same. */
static void test_gradient_by_sequence(void **state)
{
    struct fixture *f = *state;
    f->shard.by_seq = true;
    check_gradient(f);
}

/* Neighbours in the shard must not leak into a sequence. */
static void test_sequences_are_independent(void **state)
{
    struct fixture *f = *state;
    struct nn_pass *p = nn_pass_new(&shape, 51, nn_kernels_best());
    int target_at = 25, target = 4;
    struct nn_shard b = f->shard;
    double alone, before;

    b.n_targets = 1;
    b.target_at = &target_at;
    b.target = &target;
    before = nn_pass_run(p, f->w, &b, 1);
    f->tokens[19] = (f->tokens[19] + 1) % shape.vocab; /* last of the sequence before */
    f->tokens[26] = (f->tokens[26] + 1) % shape.vocab; /* after the target */
    f->tokens[27] = (f->tokens[27] + 1) % shape.vocab; /* first of the sequence behind */
    alone = nn_pass_run(p, f->w, &b, 1);
    assert_true(alone == before);
    f->tokens[20] = (f->tokens[20] + 1) % shape.vocab; /* its own */
    assert_false(nn_pass_run(p, f->w, &b, 1) == before);
    nn_pass_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_loss_matches_reference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gradient_matches_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gradient_by_sequence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sequences_are_independent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
