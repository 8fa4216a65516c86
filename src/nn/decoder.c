/* Batched decoding. Shapes: R rows in the batch, d width, hd head size, ff feed-forward width, T
 * context rounded up. */
#include "nn/decoder.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "nn/kernels.h"

/* One layer's matrices, transposed into panels. */
struct packed {
    float *wqkv, *wo, *wgu, *wdown;
};

struct nn_decoder {
    struct nn_shape s;
    const struct nn_kernels *k;
    float *params; /* embedding and norms are read from here */
    struct packed *layer;
    float *output;  /* the embedding, packed */
    float *cs, *sn; /* rope tables [context][hd] */
    float *cache;   /* [slots][layers][heads] of keys [hd][T] and values [T][hd] */
    size_t head_floats;
    float *x, *xn, *qkv, *att, *gu, *h; /* [R][d] [R][d] [R][3d] [R][d] [R][2 ff] [R][ff] */
    float *inv, *scores, *logits;       /* [R] [T] [R][round_up(vocab)] */
};

static float *pack(const struct nn_kernels *k, const float *w, int rows, int cols)
{
    float *panels = xmalloc(nn_round_up((size_t)rows) * (size_t)cols * sizeof *panels);
    k->pack(w, rows, cols, panels);
    return panels;
}

static void pack_all(struct nn_decoder *d)
{
    int w = d->s.d, ff = d->s.ff;

    d->layer = xcalloc((size_t)d->s.layers, sizeof *d->layer);
    for (int i = 0; i < d->s.layers; i++) {
        struct nn_layer l = nn_params_layer(&d->s, d->params, i);
        d->layer[i] = (struct packed){.wqkv = pack(d->k, l.wqkv, 3 * w, w),
                                      .wo = pack(d->k, l.wo, w, w),
                                      .wgu = pack(d->k, l.wgu, 2 * ff, w),
                                      .wdown = pack(d->k, l.wdown, w, ff)};
    }
    d->output = pack(d->k, nn_params_embedding(d->params), d->s.vocab, w);
}

struct nn_decoder *nn_decoder_new(const struct nn_shape *s, const float *params, int slots,
                                  int max_rows, const struct nn_kernels *k)
{
    struct nn_decoder *d = xcalloc(1, sizeof *d);
    size_t r = (size_t)max_rows, w = (size_t)s->d, ff = (size_t)s->ff;
    size_t t = nn_round_up((size_t)s->context), n = nn_params_count(s);

    d->s = *s;
    d->k = k;
    d->params = xmalloc(n * sizeof *d->params);
    memcpy(d->params, params, n * sizeof *d->params);
    pack_all(d);
    nn_rope_tables(s, &d->cs, &d->sn);
    d->head_floats = 2 * t * (w / (size_t)s->heads);
    d->cache = xcalloc((size_t)slots * (size_t)s->layers * (size_t)s->heads,
                       d->head_floats * sizeof *d->cache);
    d->x = xmalloc(r * w * sizeof *d->x);
    d->xn = xmalloc(r * w * sizeof *d->xn);
    d->qkv = xmalloc(r * 3 * w * sizeof *d->qkv);
    d->att = xmalloc(r * w * sizeof *d->att);
    d->gu = xmalloc(r * 2 * ff * sizeof *d->gu);
    d->h = xmalloc(r * ff * sizeof *d->h);
    d->inv = xmalloc(r * sizeof *d->inv);
    d->scores = xmalloc(t * sizeof *d->scores);
    d->logits = xmalloc(r * nn_decoder_logits_row(d) * sizeof *d->logits);
    return d;
}

void nn_decoder_free(struct nn_decoder *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->s.layers; i++) {
        free(d->layer[i].wqkv);
        free(d->layer[i].wo);
        free(d->layer[i].wgu);
        free(d->layer[i].wdown);
    }
    float *owned[] = {d->params, d->output, d->cs, d->sn, d->cache, d->x,      d->xn,
                      d->qkv,    d->att,    d->gu, d->h,  d->inv,   d->scores, d->logits};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(d->layer);
    free(d);
}

size_t nn_decoder_logits_row(const struct nn_decoder *d)
{
    return nn_round_up((size_t)d->s.vocab);
}

/* y[n][out] (+)= x[n][in] times a packed matrix */
static void linear(const struct nn_decoder *d, const float *x, const float *panels, int n, int in,
                   int out, float *y, bool add)
{
    size_t padded = nn_round_up((size_t)out);

    d->k->gemm(&(struct nn_gemm){.m = n,
                                 .n = (int)padded,
                                 .k = in,
                                 .a = x,
                                 .a_row = (size_t)in,
                                 .a_col = 1,
                                 .b = panels,
                                 .b_row = NN_PANEL,
                                 .b_panel = (size_t)in * NN_PANEL,
                                 .c = y,
                                 .c_row = padded,
                                 .add = add});
}

static float *keys_of(const struct nn_decoder *d, int slot, int layer, int head)
{
    size_t at =
        ((size_t)slot * (size_t)d->s.layers + (size_t)layer) * (size_t)d->s.heads + (size_t)head;
    return d->cache + at * d->head_floats;
}

/* Turns q and k to their position and puts k and v into the cache. */
static void remember(struct nn_decoder *d, const struct nn_row *row, float *qkv, int layer)
{
    int hd = d->s.d / d->s.heads;
    size_t t = nn_round_up((size_t)d->s.context), pos = (size_t)row->pos;

    d->k->rope(qkv, d->cs + pos * (size_t)hd, d->sn + pos * (size_t)hd, hd, 2 * d->s.heads, 1);
    for (int h = 0; h < d->s.heads; h++) {
        float *keys = keys_of(d, row->slot, layer, h), *values = keys + t * (size_t)hd;
        const float *k = qkv + d->s.d + h * hd, *v = k + d->s.d;
        for (int i = 0; i < hd; i++)
            keys[(size_t)i * t + pos] = k[i];
        memcpy(values + pos * (size_t)hd, v, (size_t)hd * sizeof *v);
    }
}

static void attend(struct nn_decoder *d, const struct nn_row *row, const float *q, float *o,
                   int layer)
{
    int hd = d->s.d / d->s.heads;
    size_t t = nn_round_up((size_t)d->s.context);

    for (int h = 0; h < d->s.heads; h++) {
        const float *keys = keys_of(d, row->slot, layer, h);
        d->k->attn_row(&(struct nn_attn_row){.t = row->pos + 1,
                                             .hd = hd,
                                             .q = q + h * hd,
                                             .kt = keys,
                                             .kt_row = t,
                                             .v = keys + t * (size_t)hd,
                                             .o = o + h * hd,
                                             .scores = d->scores});
    }
}

static void run_layer(struct nn_decoder *d, const struct nn_row *rows, int n, int layer)
{
    const struct packed *p = &d->layer[layer];
    struct nn_layer l = nn_params_layer(&d->s, d->params, layer);
    int w = d->s.d, ff = d->s.ff;

    d->k->rmsnorm(d->x, l.attn_norm, n, w, d->s.eps, d->xn, d->inv);
    linear(d, d->xn, p->wqkv, n, w, 3 * w, d->qkv, false);
    for (int i = 0; i < n; i++) /* all keys before any query: a prompt's rows see each other */
        remember(d, &rows[i], d->qkv + (size_t)i * 3 * (size_t)w, layer);
    for (int i = 0; i < n; i++)
        attend(d, &rows[i], d->qkv + (size_t)i * 3 * (size_t)w, d->att + (size_t)i * (size_t)w,
               layer);
    linear(d, d->att, p->wo, n, w, w, d->x, true);

    d->k->rmsnorm(d->x, l.ffn_norm, n, w, d->s.eps, d->xn, d->inv);
    linear(d, d->xn, p->wgu, n, w, 2 * ff, d->gu, false);
    d->k->swiglu(d->gu, n, ff, d->h);
    linear(d, d->h, p->wdown, n, ff, w, d->x, true);
}

const float *nn_decoder_run(struct nn_decoder *d, const struct nn_row *rows, int n)
{
    size_t w = (size_t)d->s.d;
    int wanted = 0;

    for (int i = 0; i < n; i++)
        memcpy(d->x + (size_t)i * w, nn_params_embedding(d->params) + (size_t)rows[i].token * w,
               w * sizeof *d->x);
    for (int i = 0; i < d->s.layers; i++)
        run_layer(d, rows, n, i);
    for (int i = 0; i < n; i++)
        if (rows[i].last)
            memmove(d->x + (size_t)wanted++ * w, d->x + (size_t)i * w, w * sizeof *d->x);
    d->k->rmsnorm(d->x, nn_params_last_norm(&d->s, d->params), wanted, d->s.d, d->s.eps, d->xn,
                  d->inv);
    linear(d, d->xn, d->output, wanted, d->s.d, d->s.vocab, d->logits, false);
    return d->logits;
}
