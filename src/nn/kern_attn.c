/* Causal attention, forward and backward, as tiles that skip what lies above the diagonal; compiled
 * once per instruction set. Shapes: t positions, tp = t rounded up to panels, hd = head size. */
#include <math.h>
#include <string.h>
#include "nn/kern_isa.h"
#include "nn/kern_tile.h"

/* out[hd][tp] = x[t][row] transposed, columns from t on zero */
static void transpose(const float *x, size_t row, int t, int hd, float *out)
{
    size_t tp = nn_round_up((size_t)t);
    for (int i = 0; i < hd; i++) {
        float *to = out + (size_t)i * tp;
        for (int j = 0; j < t; j++)
            to[j] = x[(size_t)j * row + i];
        memset(to + t, 0, (tp - (size_t)t) * sizeof *to);
    }
}

/* s[0 .. n) -> softmax of scale * s, then zeros up to round_up(width) */
static void softmax_row(float *s, int n, int width, float scale)
{
    int full = (int)nn_round_up((size_t)width);
    float max;
    vf sum = {0}, vm, inv;

    for (int j = n; j < full; j++)
        s[j] = -INFINITY;
    vm = vload(s);
    for (int j = VW; j < full; j += VW)
        vm = vmax(vm, vload(s + j));
    max = vmax_of(vm);
    for (int j = 0; j < full; j += VW) {
        vf e = vexp((vload(s + j) - max) * scale);
        vstore(s + j, e);
        sum += e; /* what lies beyond n adds e^-87 to a sum of at least 1: nothing */
    }
    inv = vset(1.0f / vsum(sum));
    for (int j = 0; j < full; j += VW)
        vstore(s + j, vload(s + j) * inv);
    for (int j = n; j < full; j++)
        s[j] = 0;
}

/* c[m0 .. m0+rows)[..hd] = weights[rows][k] x[k][hd] */
static void weigh(struct tile t, const float *x, float *c, int hd, int rows)
{
    for (int i = 0; i < hd; i += PANEL) {
        t.b = x + i;
        t.c = c + i;
        tile_run(&t, rows);
    }
}

static int block_rows(int t, int first)
{
    return t - first < TILE_ROWS ? t - first : TILE_ROWS;
}

void KERN(attn)(const struct nn_attn *a)
{
    size_t tp = nn_round_up((size_t)a->t);
    float scale = 1.0f / sqrtf((float)a->hd);
    float *kt = a->scratch; /* [hd][tp] */

    transpose(a->k, a->row, a->t, a->hd, kt);
    for (int m = 0; m < a->t; m += TILE_ROWS) {
        int rows = block_rows(a->t, m), width = m + rows;
        float *p = a->p + (size_t)m * tp;
        struct tile qk = {.k = a->hd,
                          .a = a->q + (size_t)m * a->row,
                          .a_row = a->row,
                          .a_col = 1,
                          .b_row = tp,
                          .c_row = tp};
        for (int n = 0; n < width; n += PANEL) {
            qk.b = kt + n;
            qk.c = p + n;
            tile_run(&qk, rows);
        }
        for (int r = 0; r < rows; r++)
            softmax_row(p + (size_t)r * tp, m + r + 1, width, scale);
        weigh(
            (struct tile){
                .k = width, .a = p, .a_row = tp, .a_col = 1, .b_row = a->row, .c_row = a->o_row},
            a->v, a->o + (size_t)m * a->o_row, a->hd, rows);
    }
}

/* ds[rows][width]: dL/dP on entry, dL/dS on return; S are the scores before scale and softmax */
static void softmax_backward(const struct nn_attn *a, int m, int rows, int width, float *ds)
{
    size_t tp = nn_round_up((size_t)a->t);
    float scale = 1.0f / sqrtf((float)a->hd);

    for (int r = 0; r < rows; r++) {
        const float *o = a->o + (size_t)(m + r) * a->o_row;
        const float *d_o = a->d_o + (size_t)(m + r) * a->o_row;
        const float *p = a->p + (size_t)(m + r) * tp;
        float *d = ds + (size_t)r * tp;
        vf dot = {0};
        for (int i = 0; i < a->hd; i += VW)
            dot += vload(o + i) * vload(d_o + i);
        float mean = vsum(dot); /* sum of p dL/dp, by way of the output */
        for (int j = 0; j < width; j += VW)
            vstore(d + j, vload(p + j) * (vload(d + j) - mean) * scale);
    }
}

void KERN(attn_backward)(const struct nn_attn *a)
{
    size_t tp = nn_round_up((size_t)a->t);
    float *vt = a->scratch;              /* [hd][tp] */
    float *ds = vt + (size_t)a->hd * tp; /* [t][tp] */

    transpose(a->v, a->row, a->t, a->hd, vt);
    for (int m = 0; m < a->t; m += TILE_ROWS) {
        int rows = block_rows(a->t, m), width = m + rows;
        float *d = ds + (size_t)m * tp;
        struct tile dp = {.k = a->hd,
                          .a = a->d_o + (size_t)m * a->o_row,
                          .a_row = a->o_row,
                          .a_col = 1,
                          .b_row = tp,
                          .c_row = tp};
        for (int n = 0; n < width; n += PANEL) {
            dp.b = vt + n;
            dp.c = d + n;
            tile_run(&dp, rows);
        }
        softmax_backward(a, m, rows, width, d);
        weigh(
            (struct tile){
                .k = width, .a = d, .a_row = tp, .a_col = 1, .b_row = a->row, .c_row = a->row},
            a->k, a->dq + (size_t)m * a->row, a->hd, rows);
    }
    for (int j = 0; j < a->t; j += TILE_ROWS) { /* keys j.. are seen by queries from j on */
        size_t diagonal = (size_t)j * tp + (size_t)j;
        int rows = block_rows(a->t, j);
        struct tile t = {.k = a->t - j, .a_row = 1, .a_col = tp, .c_row = a->row};
        t.a = a->p + diagonal;
        t.b_row = a->o_row;
        weigh(t, a->d_o + (size_t)j * a->o_row, a->dv + (size_t)j * a->row, a->hd, rows);
        t.a = ds + diagonal;
        t.b_row = a->row;
        weigh(t, a->q + (size_t)j * a->row, a->dk + (size_t)j * a->row, a->hd, rows);
    }
}

void KERN(attn_row)(const struct nn_attn_row *a)
{
    struct tile qk = {.k = a->hd, .a = a->q, .a_col = 1, .b_row = a->kt_row};

    for (int n = 0; n < a->t; n += PANEL) {
        qk.b = a->kt + n;
        qk.c = a->scores + n;
        tile_run(&qk, 1);
    }
    softmax_row(a->scores, a->t, a->t, 1.0f / sqrtf((float)a->hd));
    weigh((struct tile){.k = a->t, .a = a->scores, .a_col = 1, .b_row = (size_t)a->hd}, a->v, a->o,
          a->hd, 1);
}
