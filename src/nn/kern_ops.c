/* Everything that is not a matrix product: norms, rotation, SwiGLU, loss, optimiser; compiled once
 * per instruction set. */
#include <math.h>
#include "nn/kern_isa.h"
#include "nn/kern_vec.h"

void KERN(rmsnorm)(const float *x, const float *w, int n, int d, float eps, float *y, float *inv)
{
    for (int r = 0; r < n; r++, x += d, y += d) {
        vf sq = {0};
        for (int i = 0; i < d; i += VW)
            sq += vload(x + i) * vload(x + i);
        inv[r] = 1.0f / sqrtf(vsum(sq) / (float)d + eps);
        for (int i = 0; i < d; i += VW)
            vstore(y + i, vload(x + i) * inv[r] * vload(w + i));
    }
}

/* y = w x inv, inv = (mean x^2 + eps)^-1/2:  dx = inv (w dy - x inv^2 mean(x w dy)) */
void KERN(rmsnorm_backward)(const float *x, const float *w, const float *inv, const float *dy,
                            int n, int d, float *dx, float *dw)
{
    for (int r = 0; r < n; r++, x += d, dy += d, dx += d) {
        vf dot = {0};
        float c;
        for (int i = 0; i < d; i += VW) {
            vf xdy = vload(x + i) * vload(dy + i);
            dot += xdy * vload(w + i);
            vstore(dw + i, vload(dw + i) + xdy * inv[r]);
        }
        c = vsum(dot) / (float)d * inv[r] * inv[r];
        for (int i = 0; i < d; i += VW)
            vstore(dx + i,
                   vload(dx + i) + inv[r] * (vload(w + i) * vload(dy + i) - vload(x + i) * c));
    }
}

static inline vf swap_pairs(vf x)
{
#if VW == 16
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
#elif VW == 8
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
#else
    return __builtin_shufflevector(x, x, 1, 0, 3, 2);
#endif
}

void KERN(rope)(float *x, const float *cs, const float *sn, int hd, int heads, float sign)
{
    for (int h = 0; h < heads; h++, x += hd)
        for (int i = 0; i < hd; i += VW) {
            vf v = vload(x + i);
            vstore(x + i, v * vload(cs + i) + swap_pairs(v) * (vload(sn + i) * sign));
        }
}

static inline vf sigmoid(vf x)
{
    return 1.0f / (1.0f + vexp(-x));
}

void KERN(swiglu)(const float *gu, int n, int ff, float *h)
{
    for (int r = 0; r < n; r++, gu += 2 * ff, h += ff)
        for (int i = 0; i < ff; i += VW) {
            vf g = vload(gu + i);
            vstore(h + i, g * sigmoid(g) * vload(gu + ff + i));
        }
}

void KERN(swiglu_backward)(const float *gu, const float *dh, int n, int ff, float *dgu)
{
    for (int r = 0; r < n; r++, gu += 2 * ff, dgu += 2 * ff, dh += ff)
        for (int i = 0; i < ff; i += VW) {
            vf g = vload(gu + i), up = vload(gu + ff + i), d = vload(dh + i), s = sigmoid(g);
            vstore(dgu + i, d * up * s * (1.0f + g * (1.0f - s)));
            vstore(dgu + ff + i, d * g * s);
        }
}

/* One row: logits -> (softmax - onehot) * scale; returns its cross-entropy. From v on: padding. */
static double xent_row(float *l, int target, int v, int row, float scale)
{
    float at_target = l[target], max;
    vf vm, sum = {0};
    double loss;

    for (int j = v; j < row; j++)
        l[j] = -INFINITY;
    vm = vload(l);
    for (int j = VW; j < row; j += VW)
        vm = vmax(vm, vload(l + j));
    max = vmax_of(vm);
    for (int j = 0; j < row; j += VW) {
        vf e = vexp(vload(l + j) - max);
        vstore(l + j, e);
        sum += e;
    }
    float total = vsum(sum);
    loss = log((double)total) + (double)max - (double)at_target;
    for (int j = 0; j < row; j += VW)
        vstore(l + j, vload(l + j) * (scale / total));
    l[target] -= scale;
    for (int j = v; j < row; j++)
        l[j] = 0;
    return loss;
}

double KERN(xent)(float *logits, const int *target, int n, int v, size_t row, float scale)
{
    double loss = 0;
    for (int r = 0; r < n; r++)
        loss += xent_row(logits + (size_t)r * row, target[r], v, (int)row, scale);
    return loss;
}

double KERN(reduce)(float *const *grads, int n_grads, size_t from, size_t n)
{
    float *sum = grads[0] + from;
    vf squares = {0};
    double rest = 0;
    size_t i = 0;

    for (int g = 1; g < n_grads; g++) {
        const float *other = grads[g] + from;
        for (size_t j = 0; j < n; j++)
            sum[j] += other[j];
    }
    for (; i + VW <= n; i += VW)
        squares += vload(sum + i) * vload(sum + i);
    for (; i < n; i++)
        rest += (double)sum[i] * (double)sum[i];
    return (double)vsum(squares) + rest;
}

/* Loshchilov & Hutter 2019: decoupled decay, bias-corrected moments. */
void KERN(adamw)(const struct nn_adamw *o, float *restrict w, const float *restrict g,
                 float *restrict m, float *restrict v, size_t n)
{
    const struct nn_adamw c = *o;
    for (size_t i = 0; i < n; i++) {
        float x = g[i] * c.scale;
        float m1 = c.beta1 * m[i] + (1.0f - c.beta1) * x;
        float v1 = c.beta2 * v[i] + (1.0f - c.beta2) * x * x;
        m[i] = m1;
        v[i] = v1;
        w[i] -= c.lr * (m1 * c.fix1 / (sqrtf(v1 * c.fix2) + c.eps) + c.decay * w[i]);
    }
}

const struct nn_kernels KERN(table) = {
#define NN_STRING2(x) #x
#define NN_STRING(x) NN_STRING2(x)
    .isa = NN_STRING(NN_ISA),
    .gemm = KERN(gemm),
    .pack = KERN(pack),
    .attn = KERN(attn),
    .attn_backward = KERN(attn_backward),
    .attn_row = KERN(attn_row),
    .rmsnorm = KERN(rmsnorm),
    .rmsnorm_backward = KERN(rmsnorm_backward),
    .rope = KERN(rope),
    .swiglu = KERN(swiglu),
    .swiglu_backward = KERN(swiglu_backward),
    .xent = KERN(xent),
    .reduce = KERN(reduce),
    .adamw = KERN(adamw),
};
