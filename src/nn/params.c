/* Layout and initial values of the weights. */
#include "nn/params.h"
#include <math.h>
#include <stdio.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/kernels.h"

enum { MAX_WIDTH = 4096, MAX_LAYERS = 64, MAX_CONTEXT = 1 << 16, MAX_VOCAB = 1 << 18 };

static bool in_range(int x, int max)
{
    return x > 0 && x <= max;
}

int nn_shape_check(const struct nn_shape *s, const char *what, struct err *err)
{
    if (!in_range(s->d, MAX_WIDTH) || !in_range(s->layers, MAX_LAYERS) ||
        !in_range(s->heads, s->d) || !in_range(s->ff, 4 * MAX_WIDTH) ||
        !in_range(s->context, MAX_CONTEXT) || !in_range(s->vocab, MAX_VOCAB))
        return err_input(
            err,
            "%s: no model has width %d, %d layers, %d heads, feed-forward width %d, context %d "
            "and %d tokens",
            what, s->d, s->layers, s->heads, s->ff, s->context, s->vocab);
    if (s->d % s->heads || s->d / s->heads % NN_PANEL || s->ff % NN_PANEL)
        return err_input(err,
                         "%s: head size (width %d / heads %d) and feed-forward width %d must be "
                         "multiples of %d",
                         what, s->d, s->heads, s->ff, NN_PANEL);
    if (!(s->eps > 0) || !(s->theta > 0) || !isfinite(s->eps) || !isfinite(s->theta))
        return err_input(err, "%s: norm epsilon %g and rope base %g must be positive", what,
                         (double)s->eps, (double)s->theta);
    return 0;
}

static size_t layer_size(const struct nn_shape *s)
{
    size_t d = (size_t)s->d, ff = (size_t)s->ff;
    return d + 3 * d * d + d * d + d + 2 * ff * d + d * ff;
}

size_t nn_params_count(const struct nn_shape *s)
{
    return (size_t)s->vocab * (size_t)s->d + (size_t)s->layers * layer_size(s) + (size_t)s->d;
}

struct nn_layer nn_params_layer(const struct nn_shape *s, float *base, int layer)
{
    size_t d = (size_t)s->d, ff = (size_t)s->ff;
    float *p = base + (size_t)s->vocab * d + (size_t)layer * layer_size(s);
    struct nn_layer l;

    l.attn_norm = p;
    l.wqkv = l.attn_norm + d;
    l.wo = l.wqkv + 3 * d * d;
    l.ffn_norm = l.wo + d * d;
    l.wgu = l.ffn_norm + d;
    l.wdown = l.wgu + 2 * ff * d;
    return l;
}

float *nn_params_embedding(float *base)
{
    return base;
}

float *nn_params_last_norm(const struct nn_shape *s, float *base)
{
    return base + nn_params_count(s) - s->d;
}

enum { TENSORS_PER_LAYER = 9 };

size_t nn_tensor_count(const struct nn_shape *s)
{
    return 2 + (size_t)s->layers * TENSORS_PER_LAYER;
}

static struct nn_tensor layer_tensor(const struct nn_shape *s, int layer, int i)
{
    int d = s->d, ff = s->ff;
    const struct {
        const char *name;
        int rows, cols;
    } order[TENSORS_PER_LAYER] = {
        {"attn_norm", 0, d}, {"attn_q", d, d},      {"attn_k", d, d},
        {"attn_v", d, d},    {"attn_output", d, d}, {"ffn_norm", 0, d},
        {"ffn_gate", ff, d}, {"ffn_up", ff, d},     {"ffn_down", d, ff},
    };
    struct nn_tensor t = {.rows = order[i].rows, .cols = order[i].cols};

    snprintf(t.name, sizeof t.name, "blk.%d.%s.weight", layer, order[i].name);
    t.offset = (size_t)s->vocab * (size_t)d + (size_t)layer * layer_size(s);
    for (int j = 0; j < i; j++)
        t.offset += (size_t)(order[j].rows ? order[j].rows : 1) * (size_t)order[j].cols;
    return t;
}

struct nn_tensor nn_tensor_at(const struct nn_shape *s, size_t i)
{
    if (i == 0)
        return (struct nn_tensor){.name = "token_embd.weight", .rows = s->vocab, .cols = s->d};
    if (i == nn_tensor_count(s) - 1)
        return (struct nn_tensor){.name = "output_norm.weight",
                                  .offset = nn_params_count(s) - (size_t)s->d,
                                  .cols = s->d};
    i--;
    return layer_tensor(s, (int)(i / TENSORS_PER_LAYER), (int)(i % TENSORS_PER_LAYER));
}

static void fill(struct rng *r, float *w, size_t n, double deviation)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (float)(deviation * rng_normal(r));
}

void nn_params_init(const struct nn_shape *s, uint64_t seed, float *base)
{
    struct rng r = rng_make(seed);
    size_t d = (size_t)s->d, ff = (size_t)s->ff;
    double in_d = 0.5 / sqrt(s->d), in_ff = 0.5 / sqrt(s->ff), out = 1 / sqrt(2.0 * s->layers);
    float *last = nn_params_last_norm(s, base);

    fill(&r, nn_params_embedding(base), (size_t)s->vocab * d, 0.5);
    for (int i = 0; i < s->layers; i++) {
        struct nn_layer l = nn_params_layer(s, base, i);
        fill(&r, l.wqkv, 3 * d * d, in_d);
        fill(&r, l.wo, d * d, in_d * out);
        fill(&r, l.wgu, 2 * ff * d, in_d);
        fill(&r, l.wdown, d * ff, in_ff * out);
        for (size_t j = 0; j < d; j++)
            l.attn_norm[j] = l.ffn_norm[j] = 1;
    }
    for (size_t j = 0; j < d; j++)
        last[j] = 1;
}

void nn_rope_tables(const struct nn_shape *s, float **cs, float **sn)
{
    int hd = s->d / s->heads;
    size_t n = (size_t)s->context * (size_t)hd;

    *cs = xmalloc(n * sizeof **cs);
    *sn = xmalloc(n * sizeof **sn);
    for (int pos = 0; pos < s->context; pos++)
        for (int i = 0; i < hd; i += 2) {
            double angle = pos * pow((double)s->theta, -(double)i / hd);
            size_t at = (size_t)pos * (size_t)hd + (size_t)i;
            (*cs)[at] = (*cs)[at + 1] = (float)cos(angle);
            (*sn)[at] = -(float)sin(angle);
            (*sn)[at + 1] = (float)sin(angle);
        }
}
