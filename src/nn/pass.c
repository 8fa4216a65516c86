/* Forward and backward through the transformer, by hand. Shapes: N tokens in the shard, d width, ff
 * feed-forward width, V vocabulary, A answer positions. dx always holds the gradient of the
 * residual stream at the point reached. */
#include "nn/pass.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "nn/kernels.h"

/* Of one layer's forward pass, for its backward pass. */
struct saved {
    float *x;     /* [N][d] residual stream coming in */
    float *inv1;  /* [N] */
    float *xn1;   /* [N][d] */
    float *qkv;   /* [N][3d] rotated */
    float *p;     /* per sequence and head [t][round_up(t)] */
    float *att;   /* [N][d] */
    float *x_mid; /* [N][d] after attention */
    float *inv2;  /* [N] */
    float *xn2;   /* [N][d] */
    float *gu;    /* [N][2 ff] */
    float *h;     /* [N][ff] */
};

struct nn_pass {
    struct nn_shape s;
    const struct nn_kernels *k;
    float *cs, *sn; /* rope tables [context][hd] */
    float *grad;    /* [n_params] */
    size_t n_params;
    struct saved *layer; /* [layers] */
    float *x_out;        /* [N][d] after the last layer */
    float *xa, *inva;    /* [A][d] gathered at answer positions, [A] */
    float *xna, *dxa;    /* [A][d] */
    float *logits;       /* [A][round_up(V)] */
    float *dx;           /* [N][d] */
    float *dxn;          /* [N][d] */
    float *dqkv;         /* [N][3d] */
    float *dgu;          /* [N][2 ff] */
    float *dh;           /* [N][ff] */
    float *panels;       /* the largest weight, packed */
    float *scratch;      /* attention */
    float *memory;       /* all of the above but grad and rope tables */
};

/* Counts while base is NULL, then hands out. */
struct carver {
    float *base;
    size_t used;
};

static float *carve(struct carver *c, size_t n)
{
    float *at = c->base ? c->base + c->used : NULL;
    c->used += nn_round_up(n);
    return at;
}

static void lay_out(struct nn_pass *p, size_t n, struct carver *c)
{
    size_t d = (size_t)p->s.d, ff = (size_t)p->s.ff, v = nn_round_up((size_t)p->s.vocab);
    size_t t = nn_round_up((size_t)p->s.context), heads = (size_t)p->s.heads;
    size_t widest = v > 3 * d ? v : 3 * d;

    for (int i = 0; i < p->s.layers; i++) {
        struct saved *l = &p->layer[i];
        l->x = carve(c, n * d);
        l->inv1 = carve(c, n);
        l->xn1 = carve(c, n * d);
        l->qkv = carve(c, n * 3 * d);
        l->p = carve(c, heads * n * t);
        l->att = carve(c, n * d);
        l->x_mid = carve(c, n * d);
        l->inv2 = carve(c, n);
        l->xn2 = carve(c, n * d);
        l->gu = carve(c, n * 2 * ff);
        l->h = carve(c, n * ff);
    }
    p->x_out = carve(c, n * d);
    p->xa = carve(c, n * d);
    p->inva = carve(c, n);
    p->xna = carve(c, n * d);
    p->dxa = carve(c, n * d);
    p->logits = carve(c, n * v);
    p->dx = carve(c, n * d);
    p->dxn = carve(c, n * d);
    p->dqkv = carve(c, n * 3 * d);
    p->dgu = carve(c, n * 2 * ff);
    p->dh = carve(c, n * ff);
    p->panels = carve(c, (widest > 2 * ff ? widest : 2 * ff) * (d > ff ? d : ff));
    p->scratch = carve(c, nn_attn_scratch(t, d / heads));
}

struct nn_pass *nn_pass_new(const struct nn_shape *s, int max_tokens, const struct nn_kernels *k)
{
    struct nn_pass *p = xcalloc(1, sizeof *p);
    struct carver c = {0};

    p->s = *s;
    p->k = k;
    p->n_params = nn_params_count(s);
    p->grad = xcalloc(p->n_params, sizeof *p->grad);
    p->layer = xcalloc((size_t)s->layers, sizeof *p->layer);
    nn_rope_tables(s, &p->cs, &p->sn);
    lay_out(p, (size_t)max_tokens, &c);
    p->memory = xcalloc(c.used, sizeof *p->memory);
    c = (struct carver){.base = p->memory};
    lay_out(p, (size_t)max_tokens, &c);
    return p;
}

void nn_pass_free(struct nn_pass *p)
{
    if (!p)
        return;
    free(p->memory);
    free(p->layer);
    free(p->grad);
    free(p->cs);
    free(p->sn);
    free(p);
}

float *nn_pass_gradient(struct nn_pass *p)
{
    return p->grad;
}

/* y[n][out] (+)= x[n][in] w[out][in]^T */
static void linear(struct nn_pass *p, const float *x, const float *w, int n, int in, int out,
                   float *y, bool add)
{
    int padded = (int)nn_round_up((size_t)out);

    p->k->pack(w, out, in, p->panels);
    p->k->gemm(&(struct nn_gemm){.m = n,
                                 .n = padded,
                                 .k = in,
                                 .a = x,
                                 .a_row = (size_t)in,
                                 .a_col = 1,
                                 .b = p->panels,
                                 .b_row = NN_PANEL,
                                 .b_panel = (size_t)in * NN_PANEL,
                                 .c = y,
                                 .c_row = (size_t)padded,
                                 .add = add});
}

/* dx[n][in] = dy[n][out] w[out][in] and dw[out][in] += dy^T x; dy_row: floats in a row of dy */
static void linear_backward(struct nn_pass *p, const float *x, const float *w, const float *dy,
                            size_t dy_row, int n, int in, int out, float *dx, float *dw)
{
    size_t w_row = (size_t)in;

    p->k->gemm(&(struct nn_gemm){.m = n,
                                 .n = in,
                                 .k = out,
                                 .a = dy,
                                 .a_row = dy_row,
                                 .a_col = 1,
                                 .b = w,
                                 .b_row = w_row,
                                 .b_panel = NN_PANEL,
                                 .c = dx,
                                 .c_row = w_row});
    p->k->gemm(&(struct nn_gemm){.m = out,
                                 .n = in,
                                 .k = n,
                                 .a = dy,
                                 .a_row = 1,
                                 .a_col = dy_row,
                                 .b = x,
                                 .b_row = w_row,
                                 .b_panel = NN_PANEL,
                                 .c = dw,
                                 .c_row = w_row,
                                 .add = true});
}

/* Rotates q and k of every position; sign -1 undoes it for gradients. */
static void rotate(struct nn_pass *p, const struct nn_shard *b, float *qkv, float sign)
{
    int d = p->s.d, hd = d / p->s.heads;

    for (int i = 0; i < b->n_seqs; i++)
        for (int at = b->starts[i]; at < b->starts[i + 1]; at++) {
            size_t pos = (size_t)(at - b->starts[i]) * (size_t)hd;
            p->k->rope(qkv + (size_t)at * 3 * (size_t)d, p->cs + pos, p->sn + pos, hd,
                       2 * p->s.heads, sign);
        }
}

typedef void attend_fn(const struct nn_attn *a);

/* Runs fn on every sequence and head of a layer. d_att and dqkv: backward only. */
static void attend(struct nn_pass *p, const struct nn_shard *b, struct saved *l, attend_fn *fn,
                   const float *d_att, float *dqkv)
{
    size_t d = (size_t)p->s.d, heads = (size_t)p->s.heads, hd = d / heads;
    size_t widest = nn_round_up((size_t)p->s.context);

    for (int i = 0; i < b->n_seqs; i++) {
        size_t first = (size_t)b->starts[i], t = (size_t)b->starts[i + 1] - first;
        for (size_t h = 0; h < heads; h++) {
            size_t at = first * 3 * d + h * hd, out = first * d + h * hd;
            struct nn_attn a = {.t = (int)t,
                                .hd = (int)hd,
                                .row = 3 * d,
                                .q = l->qkv + at,
                                .k = l->qkv + at + d,
                                .v = l->qkv + at + 2 * d,
                                .o = l->att + out,
                                .o_row = d,
                                .p = l->p + heads * first * widest + h * t * nn_round_up(t),
                                .scratch = p->scratch};
            if (dqkv) {
                a.d_o = d_att + out;
                a.dq = dqkv + at;
                a.dk = a.dq + d;
                a.dv = a.dk + d;
            }
            fn(&a);
        }
    }
}

static void layer_forward(struct nn_pass *p, const struct nn_shard *b, const struct nn_layer *w,
                          struct saved *l, float *out)
{
    const struct nn_kernels *k = p->k;
    int n = b->n_tokens, d = p->s.d, ff = p->s.ff;
    size_t stream = (size_t)n * (size_t)d * sizeof(float);

    k->rmsnorm(l->x, w->attn_norm, n, d, p->s.eps, l->xn1, l->inv1);
    linear(p, l->xn1, w->wqkv, n, d, 3 * d, l->qkv, false);
    rotate(p, b, l->qkv, 1);
    attend(p, b, l, k->attn, NULL, NULL);
    memcpy(l->x_mid, l->x, stream);
    linear(p, l->att, w->wo, n, d, d, l->x_mid, true);

    k->rmsnorm(l->x_mid, w->ffn_norm, n, d, p->s.eps, l->xn2, l->inv2);
    linear(p, l->xn2, w->wgu, n, d, 2 * ff, l->gu, false);
    k->swiglu(l->gu, n, ff, l->h);
    memcpy(out, l->x_mid, stream);
    linear(p, l->h, w->wdown, n, ff, d, out, true);
}

/* p->dx: gradient after the layer on entry, before it on return. */
static void layer_backward(struct nn_pass *p, const struct nn_shard *b, const struct nn_layer *w,
                           const struct nn_layer *g, struct saved *l)
{
    const struct nn_kernels *k = p->k;
    int n = b->n_tokens, d = p->s.d, ff = p->s.ff;

    linear_backward(p, l->h, w->wdown, p->dx, (size_t)d, n, ff, d, p->dh, g->wdown);
    k->swiglu_backward(l->gu, p->dh, n, ff, p->dgu);
    linear_backward(p, l->xn2, w->wgu, p->dgu, 2 * (size_t)ff, n, d, 2 * ff, p->dxn, g->wgu);
    k->rmsnorm_backward(l->x_mid, w->ffn_norm, l->inv2, p->dxn, n, d, p->dx, g->ffn_norm);

    linear_backward(p, l->att, w->wo, p->dx, (size_t)d, n, d, d, p->dxn, g->wo);
    attend(p, b, l, k->attn_backward, p->dxn, p->dqkv);
    rotate(p, b, p->dqkv, -1);
    linear_backward(p, l->xn1, w->wqkv, p->dqkv, 3 * (size_t)d, n, d, 3 * d, p->dxn, g->wqkv);
    k->rmsnorm_backward(l->x, w->attn_norm, l->inv1, p->dxn, n, d, p->dx, g->attn_norm);
}

/* Cross-entropy of p->logits, which become its gradient. Targets of a sequence lie together. */
static double loss_of(struct nn_pass *p, const struct nn_shard *b, float scale)
{
    int v = p->s.vocab, n = b->n_targets;
    size_t v_row = nn_round_up((size_t)v);
    double loss = 0;

    if (!b->by_seq)
        return p->k->xent(p->logits, b->target, n, v, v_row, scale);
    for (int s = 0, from = 0, to; s < b->n_seqs; s++, from = to) {
        for (to = from; to < n && b->target_at[to] < b->starts[s + 1];)
            to++;
        if (to > from)
            loss += p->k->xent(p->logits + (size_t)from * v_row, b->target + from, to - from, v,
                               v_row, scale / (float)(to - from));
    }
    return loss;
}

/* Loss at the answer positions and its way back to the residual stream: sets p->dx. */
static double head(struct nn_pass *p, float *w, const struct nn_shard *b, float scale)
{
    const struct nn_kernels *k = p->k;
    int d = p->s.d, v = p->s.vocab, n = b->n_targets;
    size_t width = (size_t)d, v_row = nn_round_up((size_t)v);
    double loss;

    for (int i = 0; i < n; i++)
        memcpy(p->xa + (size_t)i * width, p->x_out + (size_t)b->target_at[i] * width,
               width * sizeof(float));
    k->rmsnorm(p->xa, nn_params_last_norm(&p->s, w), n, d, p->s.eps, p->xna, p->inva);
    linear(p, p->xna, nn_params_embedding(w), n, d, v, p->logits, false);
    loss = loss_of(p, b, scale);

    linear_backward(p, p->xna, nn_params_embedding(w), p->logits, v_row, n, d, v, p->dxn,
                    nn_params_embedding(p->grad));
    memset(p->dxa, 0, (size_t)n * width * sizeof(float));
    k->rmsnorm_backward(p->xa, nn_params_last_norm(&p->s, w), p->inva, p->dxn, n, d, p->dxa,
                        nn_params_last_norm(&p->s, p->grad));
    memset(p->dx, 0, (size_t)b->n_tokens * width * sizeof(float));
    for (int i = 0; i < n; i++)
        memcpy(p->dx + (size_t)b->target_at[i] * width, p->dxa + (size_t)i * width,
               width * sizeof(float));
    return loss;
}

double nn_pass_run(struct nn_pass *p, const float *weights, const struct nn_shard *b, float scale)
{
    float *w = (float *)weights; /* only read: nn_params_* serve gradients too */
    size_t width = (size_t)p->s.d;
    double loss;

    memset(p->grad, 0, p->n_params * sizeof *p->grad);
    if (!b->n_targets)
        return 0;
    for (int i = 0; i < b->n_tokens; i++)
        memcpy(p->layer[0].x + (size_t)i * width,
               nn_params_embedding(w) + (size_t)b->tokens[i] * width, width * sizeof(float));
    for (int i = 0; i < p->s.layers; i++) {
        struct nn_layer l = nn_params_layer(&p->s, w, i);
        layer_forward(p, b, &l, &p->layer[i], i + 1 < p->s.layers ? p->layer[i + 1].x : p->x_out);
    }
    loss = head(p, w, b, scale);
    for (int i = p->s.layers - 1; i >= 0; i--) {
        struct nn_layer l = nn_params_layer(&p->s, w, i), g = nn_params_layer(&p->s, p->grad, i);
        layer_backward(p, b, &l, &g, &p->layer[i]);
    }
    for (int i = 0; i < b->n_tokens; i++) {
        float *g = nn_params_embedding(p->grad) + (size_t)b->tokens[i] * width;
        for (size_t j = 0; j < width; j++)
            g[j] += p->dx[(size_t)i * width + j];
    }
    return loss;
}
