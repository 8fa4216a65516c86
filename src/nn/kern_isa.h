/* Names of the kernels of one instruction set: NN_ISA comes from the build (base, avx2, avx512). */
#pragma once
#include "nn/kernels.h"

#define KERN_JOIN2(f, isa) nn_kern_##f##_##isa
#define KERN_JOIN(f, isa) KERN_JOIN2(f, isa)
#define KERN(f) KERN_JOIN(f, NN_ISA)

void KERN(gemm)(const struct nn_gemm *g);
void KERN(pack)(const float *w, int rows, int cols, float *panels);
void KERN(attn)(const struct nn_attn *a);
void KERN(attn_backward)(const struct nn_attn *a);
void KERN(attn_row)(const struct nn_attn_row *a);
void KERN(rmsnorm)(const float *x, const float *w, int n, int d, float eps, float *y, float *inv);
void KERN(rmsnorm_backward)(const float *x, const float *w, const float *inv, const float *dy,
                            int n, int d, float *dx, float *dw);
void KERN(rope)(float *x, const float *cs, const float *sn, int hd, int heads, float sign);
void KERN(swiglu)(const float *gu, int n, int ff, float *h);
void KERN(swiglu_backward)(const float *gu, const float *dh, int n, int ff, float *dgu);
double KERN(xent)(float *logits, const int *target, int n, int v, size_t row, float scale);
double KERN(reduce)(float *const *grads, int n_grads, size_t from, size_t n);
void KERN(adamw)(const struct nn_adamw *o, float *w, const float *g, float *m, float *v, size_t n);
extern const struct nn_kernels KERN(table);
