/* The arithmetic of the embedded model: an ops table per instruction set (plain, AVX2+FMA,
 * AVX-512), chosen once for the CPU. The same sources are compiled for each; results
 * differ between tables in the last bits, never within one. All functions are pure on their
 * arguments, so any number of threads may call them.
 *
 * Widths (d, d_ff, head size) must be multiples of NN_PANEL; matrices are row-major
 * [rows][columns]. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define NN_PANEL 16

static inline size_t nn_round_up(size_t n)
{
    return (n + NN_PANEL - 1) / NN_PANEL * NN_PANEL;
}

/* C[m][n] (+)= A[m][k] B[k][n] with n a multiple of NN_PANEL. B is walked in panels of NN_PANEL
 * columns: a plain row-major B has b_row = its width and b_panel = NN_PANEL; a packed one (pack)
 * has b_row = NN_PANEL and b_panel = k * NN_PANEL. */
struct nn_gemm {
    int m, n, k;
    const float *a; /* A(i,j) = a[i*a_row + j*a_col] */
    size_t a_row, a_col;
    const float *b;
    size_t b_row, b_panel;
    float *c; /* C(i,j) = c[i*c_row + j] */
    size_t c_row;
    bool add; /* += instead of = */
};

/* Causal attention of one head over one sequence of t positions. */
struct nn_attn {
    int t, hd;              /* positions, head size */
    size_t row;             /* floats from one position's q, k, v to the next */
    const float *q, *k, *v; /* [t][row], first hd of each row */
    float *o;               /* [t][o_row] */
    size_t o_row;
    float *p;       /* [t][round_up(t)] probabilities, kept for the backward pass */
    float *scratch; /* nn_attn_scratch(t, hd) floats */
    /* backward only */
    const float *d_o;    /* like o */
    float *dq, *dk, *dv; /* like q, k, v; overwritten */
};

static inline size_t nn_attn_scratch(size_t t, size_t hd)
{
    return nn_round_up(t) * (hd + t);
}

/* One query against a cache of its own sequence (decoding). */
struct nn_attn_row {
    int t, hd;       /* keys: positions 0 .. t-1 */
    const float *q;  /* [hd] */
    const float *kt; /* [hd][kt_row] keys, transposed; readable up to round_up(t) */
    size_t kt_row;
    const float *v; /* [t][hd] */
    float *o;       /* [hd] */
    float *scores;  /* [round_up(t)] scratch */
};

struct nn_adamw {
    float lr, beta1, beta2, eps, decay;
    float fix1, fix2; /* 1 / (1 - beta^step) */
    float scale;      /* of the gradient: clipping */
};

struct nn_kernels {
    const char *isa;
    void (*gemm)(const struct nn_gemm *g);
    /* W[rows][cols] -> panels of W transposed: round_up(rows) * cols floats, zero rows appended */
    void (*pack)(const float *w, int rows, int cols, float *panels);
    void (*attn)(const struct nn_attn *a);
    void (*attn_backward)(const struct nn_attn *a);
    void (*attn_row)(const struct nn_attn_row *a);
    /* y = x / rms(x) * w for n rows; inv[n] = 1 / rms */
    void (*rmsnorm)(const float *x, const float *w, int n, int d, float eps, float *y, float *inv);
    /* dx += dL/dx, dw += dL/dw */
    void (*rmsnorm_backward)(const float *x, const float *w, const float *inv, const float *dy,
                             int n, int d, float *dx, float *dw);
    /* Rotates pairs (2i, 2i+1) of x[heads][hd] by the angles of one position: cs[hd] holds the
     * cosines, sn[hd] the sines with the sign of the partner's term. sign -1 rotates back (the
     * backward pass). */
    void (*rope)(float *x, const float *cs, const float *sn, int hd, int heads, float sign);
    /* h[n][ff] = silu(gate) * up, gu[n][2 ff] = gate | up */
    void (*swiglu)(const float *gu, int n, int ff, float *h);
    void (*swiglu_backward)(const float *gu, const float *dh, int n, int ff, float *dgu);
    /* Turns logits[n][row] (v of them real) into (softmax - onehot) * scale in place, padding
     * zeroed. Returns the summed cross-entropy. */
    double (*xent)(float *logits, const int *target, int n, int v, size_t row, float scale);
    /* grads[0][i] = sum over grads[.][i] for from <= i < from + n; returns the sum of squares */
    double (*reduce)(float *const *grads, int n_grads, size_t from, size_t n);
    void (*adamw)(const struct nn_adamw *o, float *w, const float *g, float *m, float *v, size_t n);
};

/* The best table this CPU can run (never NULL). */
const struct nn_kernels *nn_kernels_best(void);
/* For tests: the i-th table this CPU can run, or NULL. */
const struct nn_kernels *nn_kernels_at(int i);
