/* Kernels of every instruction set against plain double-precision loops, and that a row's result
 * does not depend on its batch. */
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

static float *noise(size_t n, uint64_t seed)
{
    struct rng r = rng_make(seed);
    float *x = xmalloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rng_normal(&r);
    return x;
}

static void assert_near(const float *got, const double *want, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - want[i]) <= tolerance * (1 + fabs(want[i]))))
            fail_msg("[%zu]: got %.9g, want %.9g", i, (double)got[i], want[i]);
}

/* y[m][n] = x[m][k] w[n][k]^T by packed panels, for an n that is not a multiple of the panel */
static void test_gemm_packed(void **state)
{
    enum { M = 23, N = 37, K = 33, NP = 48 };
    float *x CLEANUP_FREE = noise(M * K, 1), *w CLEANUP_FREE = noise(N * K, 2),
             *panels CLEANUP_FREE = xcalloc(NP * K, 4), *y CLEANUP_FREE = xcalloc(M * NP, 4);
    double want[M * NP] = {0};
    (void)state;
    for (int m = 0; m < M; m++)
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                want[m * NP + n] += (double)x[m * K + k] * (double)w[n * K + k];
    for (int i = 0; nn_kernels_at(i); i++) {
        const struct nn_kernels *kn = nn_kernels_at(i);
        kn->pack(w, N, K, panels);
        kn->gemm(&(struct nn_gemm){.m = M,
                                   .n = NP,
                                   .k = K,
                                   .a = x,
                                   .a_row = K,
                                   .a_col = 1,
                                   .b = panels,
                                   .b_row = NN_PANEL,
                                   .b_panel = K * NN_PANEL,
                                   .c = y,
                                   .c_row = NP});
        assert_near(y, want, M * NP, 1e-5);
    }
}

/* dw[n][k] += dy[m][n]^T x[m][k] */
static void test_gemm_transposed_add(void **state)
{
    enum { M = 19, N = 21, K = 32 };
    float *x CLEANUP_FREE = noise(M * K, 3), *dy CLEANUP_FREE = noise(M * N, 4),
             *dw CLEANUP_FREE = NULL;
    double want[N * K];
    (void)state;
    for (int i = 0; nn_kernels_at(i); i++) {
        free(dw);
        dw = noise(N * K, 5);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++) {
                want[n * K + k] = (double)dw[n * K + k];
                for (int m = 0; m < M; m++)
                    want[n * K + k] += (double)dy[m * N + n] * (double)x[m * K + k];
            }
        nn_kernels_at(i)->gemm(&(struct nn_gemm){.m = N,
                                                 .n = K,
                                                 .k = M,
                                                 .a = dy,
                                                 .a_row = 1,
                                                 .a_col = N,
                                                 .b = x,
                                                 .b_row = K,
                                                 .b_panel = NN_PANEL,
                                                 .c = dw,
                                                 .c_row = K,
                                                 .add = true});
        assert_near(dw, want, N * K, 1e-5);
    }
}

/* A row's bits do not depend on how many rows it is multiplied with. */
static void test_gemm_rows_independent(void **state)
{
    enum { M = 64, N = 64, K = 192 };
    float *x CLEANUP_FREE = noise(M * K, 6), *w CLEANUP_FREE = noise(N * K, 7),
             *panels CLEANUP_FREE = xcalloc(N * K, 4), *all CLEANUP_FREE = xcalloc(M * N, 4),
             *some CLEANUP_FREE = xcalloc(M * N, 4);
    (void)state;
    for (int i = 0; nn_kernels_at(i); i++) {
        const struct nn_kernels *kn = nn_kernels_at(i);
        struct nn_gemm g = {.m = M,
                            .n = N,
                            .k = K,
                            .a = x,
                            .a_row = K,
                            .a_col = 1,
                            .b = panels,
                            .b_row = NN_PANEL,
                            .b_panel = K * NN_PANEL,
                            .c = all,
                            .c_row = N};
        kn->pack(w, N, K, panels);
        kn->gemm(&g);
        for (int rows = 1; rows <= 13; rows++)
            for (int from = 0; from + rows <= M; from += 5) {
                g.m = rows;
                g.a = x + from * K;
                g.c = some;
                kn->gemm(&g);
                assert_memory_equal(some, all + from * N, (size_t)(rows * N) * sizeof(float));
            }
    }
}

static void naive_attention(int t, int hd, const float *q, const float *k, const float *v,
                            double *o)
{
    double p[64];
    for (int m = 0; m < t; m++) {
        double sum = 0;
        for (int j = 0; j <= m; j++) {
            double s = 0;
            for (int i = 0; i < hd; i++)
                s += (double)q[m * hd + i] * (double)k[j * hd + i];
            sum += p[j] = exp(s / sqrt(hd));
        }
        for (int i = 0; i < hd; i++) {
            o[m * hd + i] = 0;
            for (int j = 0; j <= m; j++)
                o[m * hd + i] += p[j] / sum * (double)v[j * hd + i];
        }
    }
}

static void test_attention(void **state)
{
    enum { T = 41, HD = 16, TP = 48 };
    float *q CLEANUP_FREE = noise(T * HD, 8), *k CLEANUP_FREE = noise(T * HD, 9),
             *v CLEANUP_FREE = noise(T * HD, 10), *o CLEANUP_FREE = xcalloc(T * HD, 4),
             *p CLEANUP_FREE = xcalloc(T * TP, 4), *kt CLEANUP_FREE = xcalloc(HD * TP, 4),
             *scratch CLEANUP_FREE = xcalloc(nn_attn_scratch(T, HD), 4),
             *row CLEANUP_FREE = xcalloc(TP, 4);
    double want[T * HD];
    (void)state;
    naive_attention(T, HD, q, k, v, want);
    for (int j = 0; j < T; j++)
        for (int i = 0; i < HD; i++)
            kt[i * TP + j] = k[j * HD + i];
    for (int i = 0; nn_kernels_at(i); i++) {
        const struct nn_kernels *kn = nn_kernels_at(i);
        kn->attn(&(struct nn_attn){.t = T,
                                   .hd = HD,
                                   .row = HD,
                                   .q = q,
                                   .k = k,
                                   .v = v,
                                   .o = o,
                                   .o_row = HD,
                                   .p = p,
                                   .scratch = scratch});
        assert_near(o, want, T * HD, 1e-5);
        for (int m = 0; m < T; m++) {
            float one[HD];
            kn->attn_row(&(struct nn_attn_row){.t = m + 1,
                                               .hd = HD,
                                               .q = q + m * HD,
                                               .kt = kt,
                                               .kt_row = TP,
                                               .v = v,
                                               .o = one,
                                               .scores = row});
            assert_near(one, want + m * HD, HD, 1e-5);
        }
    }
}

static void test_swiglu_extremes(void **state)
{
    (void)state;
    for (int i = 0; nn_kernels_at(i); i++) {
        float gu[32], h[16];
        double want[16];
        for (int j = 0; j < 16; j++) {
            gu[j] = (float)((j - 8) * 20);
            gu[16 + j] = 1.5f;
            want[j] = (double)gu[j] / (1 + exp(-(double)gu[j])) * 1.5;
        }
        nn_kernels_at(i)->swiglu(gu, 1, 16, h);
        assert_near(h, want, 16, 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm_packed),           cmocka_unit_test(test_gemm_transposed_add),
        cmocka_unit_test(test_gemm_rows_independent), cmocka_unit_test(test_attention),
        cmocka_unit_test(test_swiglu_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
