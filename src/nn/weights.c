/* The keys a llama file must have, written and read back. */
#include "nn/weights.h"
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "nn/chat.h"
#include "nn/gguf.h"
#include "nn/tokenizer.h"

enum { TYPE_NORMAL = 1, TYPE_CONTROL = 3, MAX_FILE = 1 << 28 };

/* The integers of the architecture, in writing order, and where they live in the shape. */
static const struct {
    const char *key;
    size_t at;
} shape_keys[] = {
    {"llama.context_length", offsetof(struct nn_shape, context)},
    {"llama.embedding_length", offsetof(struct nn_shape, d)},
    {"llama.block_count", offsetof(struct nn_shape, layers)},
    {"llama.feed_forward_length", offsetof(struct nn_shape, ff)},
    {"llama.attention.head_count", offsetof(struct nn_shape, heads)},
    {"llama.vocab_size", offsetof(struct nn_shape, vocab)},
};
enum { N_SHAPE_KEYS = sizeof shape_keys / sizeof *shape_keys };

static void put_shape(struct nn_gguf_writer *w, const struct nn_shape *s)
{
    for (size_t i = 0; i < N_SHAPE_KEYS; i++)
        nn_gguf_put_u32(w, shape_keys[i].key,
                        (uint32_t) * (const int *)((const char *)s + shape_keys[i].at));
    nn_gguf_put_u32(w, "llama.attention.head_count_kv", (uint32_t)s->heads);
    nn_gguf_put_u32(w, "llama.rope.dimension_count", (uint32_t)(s->d / s->heads));
    nn_gguf_put_f32(w, "llama.rope.freq_base", s->theta);
    nn_gguf_put_f32(w, "llama.attention.layer_norm_rms_epsilon", s->eps);
}

static void put_tokenizer(struct nn_gguf_writer *w, const struct nn_tokenizer *t)
{
    const struct nn_merge *m;
    size_t n = (size_t)nn_tokenizer_size(t), n_merges = nn_tokenizer_merges(t, &m);
    struct str *spelt = xcalloc(n + n_merges, sizeof *spelt), *joined = spelt + n;
    const char **text CLEANUP_FREE = xcalloc(n + n_merges, sizeof *text);
    int32_t *types CLEANUP_FREE = xcalloc(n, sizeof *types);

    for (size_t i = 0; i < n; i++) {
        nn_tokenizer_spell(t, (int)i, &spelt[i]);
        types[i] = nn_tokenizer_is_control(t, (int)i) ? TYPE_CONTROL : TYPE_NORMAL;
    }
    for (size_t i = 0; i < n_merges; i++)
        str_addf(&joined[i], "%s %s", spelt[m[i].left].p, spelt[m[i].right].p);
    for (size_t i = 0; i < n + n_merges; i++)
        text[i] = spelt[i].p;
    nn_gguf_put_string(w, "tokenizer.ggml.model", "gpt2");
    nn_gguf_put_string(w, "tokenizer.ggml.pre", "qwen2");
    nn_gguf_put_strings(w, "tokenizer.ggml.tokens", text, n);
    nn_gguf_put_i32s(w, "tokenizer.ggml.token_type", types, n);
    nn_gguf_put_strings(w, "tokenizer.ggml.merges", text + n, n_merges);
    for (size_t i = 0; i < n + n_merges; i++)
        str_free(&spelt[i]);
    free(spelt);
    nn_gguf_put_u32(w, "tokenizer.ggml.eos_token_id", (uint32_t)nn_tokenizer_control(t, NN_END));
    /* Never added to a prompt; programs that load the file expect it. */
    nn_gguf_put_u32(w, "tokenizer.ggml.bos_token_id", (uint32_t)nn_tokenizer_control(t, NN_END));
    nn_gguf_put_u32(w, "tokenizer.ggml.padding_token_id",
                    (uint32_t)nn_tokenizer_control(t, NN_END));
    nn_gguf_put_bool(w, "tokenizer.ggml.add_bos_token", 0);
    nn_gguf_put_bool(w, "tokenizer.ggml.add_eos_token", 0);
    nn_gguf_put_string(w, "tokenizer.chat_template", nn_chat_template);
}

int nn_weights_write(const char *path, const struct nn_shape *shape, const float *params,
                     const struct nn_tokenizer *tokenizer, const char *name, struct err *err)
{
    struct nn_gguf_writer w = {0};
    struct str bytes = {0};
    int r;

    nn_gguf_put_string(&w, "general.architecture", "llama");
    nn_gguf_put_string(&w, "general.name", name);
    nn_gguf_put_u32(&w, "general.file_type", 0); /* all F32 */
    put_shape(&w, shape);
    put_tokenizer(&w, tokenizer);
    for (size_t i = 0; i < nn_tensor_count(shape); i++) {
        struct nn_tensor t = nn_tensor_at(shape, i);
        nn_gguf_put_tensor(&w, t.name, t.rows, t.cols, params + t.offset);
    }
    nn_gguf_finish(&w, &bytes);
    r = file_write(path, bytes.p, bytes.len, err);
    str_free(&bytes);
    return r;
}

static int expect_string(const struct nn_gguf *g, const char *key, const char *want,
                         struct err *err)
{
    const char *got;
    int r = nn_gguf_string(g, key, &got, err);

    if (r == 0 && strcmp(got, want) != 0) /* not echoed: it may hold anything */
        r = err_input(err, "%s: %s is not '%.60s', the only one this program reads", g->what, key,
                      want);
    return r;
}

static int expect_int(const struct nn_gguf *g, const char *key, int want, struct err *err)
{
    int got, r = nn_gguf_int(g, key, &got, err);

    if (r == 0 && got != want)
        r = err_input(err, "%s: %s is %d, expected %d", g->what, key, got, want);
    return r;
}

static int read_shape(const struct nn_gguf *g, struct nn_shape *s, struct err *err)
{
    int r = expect_string(g, "general.architecture", "llama", err);

    for (size_t i = 0; i < N_SHAPE_KEYS && r == 0; i++)
        r = nn_gguf_int(g, shape_keys[i].key, (int *)((char *)s + shape_keys[i].at), err);
    if (r == 0)
        r = nn_gguf_float(g, "llama.rope.freq_base", &s->theta, err);
    if (r == 0)
        r = nn_gguf_float(g, "llama.attention.layer_norm_rms_epsilon", &s->eps, err);
    if (r == 0)
        r = nn_shape_check(s, g->what, err);
    if (r == 0)
        r = expect_int(g, "llama.attention.head_count_kv", s->heads, err);
    if (r == 0)
        r = expect_int(g, "llama.rope.dimension_count", s->d / s->heads, err);
    return r;
}

static int read_tokenizer(const struct nn_gguf *g, int vocab, struct nn_tokenizer **out,
                          struct err *err)
{
    const char *const *tokens = NULL, *const *merges = NULL;
    const int32_t *types = NULL;
    size_t n_tokens = 0, n_types = 0, n_merges = 0;
    int r = expect_string(g, "tokenizer.ggml.model", "gpt2", err);

    if (r == 0)
        r = expect_string(g, "tokenizer.ggml.pre", "qwen2", err);
    if (r == 0)
        r = expect_string(g, "tokenizer.chat_template", nn_chat_template, err);
    if (r == 0)
        r = nn_gguf_strings(g, "tokenizer.ggml.tokens", &tokens, &n_tokens, err);
    if (r == 0)
        r = nn_gguf_ints(g, "tokenizer.ggml.token_type", &types, &n_types, err);
    if (r == 0)
        r = nn_gguf_strings(g, "tokenizer.ggml.merges", &merges, &n_merges, err);
    if (r == 0 && (n_tokens != (size_t)vocab || n_types != n_tokens))
        r = err_input(err, "%s: %zu tokens and %zu token types for a vocabulary of %d", g->what,
                      n_tokens, n_types, vocab);
    if (r == 0)
        r = nn_tokenizer_from_lists(tokens, types, n_tokens, merges, n_merges, g->what, out, err);
    return r;
}

static int read_params(const struct nn_gguf *g, const struct nn_shape *s, float **out,
                       struct err *err)
{
    float *params;
    size_t stored = 0;
    int r = 0;

    for (size_t i = 0; i < g->n_tensors;
         i++) /* bounded by the file's size, not by the count it claims */
        stored += g->tensors[i].data ? (size_t)(g->tensors[i].dims[0] * g->tensors[i].dims[1]) : 0;
    if (g->n_tensors != nn_tensor_count(s) || stored != nn_params_count(s))
        return err_input(err, "%s: %zu tensors with %zu numbers, expected %zu with %zu", g->what,
                         g->n_tensors, stored, nn_tensor_count(s), nn_params_count(s));
    params = xcalloc(nn_params_count(s), sizeof *params);
    for (size_t i = 0; i < nn_tensor_count(s) && r == 0; i++) {
        struct nn_tensor t = nn_tensor_at(s, i);
        r = nn_gguf_tensor(g, t.name, t.rows, t.cols, params + t.offset, err);
    }
    if (r < 0)
        free(params);
    else
        *out = params;
    return r;
}

int nn_weights_parse(const char *what, const void *bytes, size_t n, struct nn_weights *out,
                     struct err *err)
{
    struct nn_weights w = {0};
    struct nn_gguf g;
    const char *name = "unnamed";
    int r = nn_gguf_open(what, bytes, n, &g, err);

    if (r < 0)
        return r;
    r = read_shape(&g, &w.shape, err);
    if (r == 0)
        r = read_tokenizer(&g, w.shape.vocab, &w.tokenizer, err);
    if (r == 0)
        r = read_params(&g, &w.shape, &w.params, err);
    if (r == 0) {
        nn_gguf_string(&g, "general.name", &name, NULL);
        w.name = xstrdup(name);
        hash_sha256_hex(bytes, n, w.sha256);
        *out = w;
    } else {
        nn_weights_free(&w);
    }
    nn_gguf_close(&g);
    return r;
}

int nn_weights_read(const char *path, struct nn_weights *out, struct err *err)
{
    char *bytes CLEANUP_FREE = NULL;
    size_t n;
    int r = file_read(path, MAX_FILE, &bytes, &n, err);

    return r < 0 ? r : nn_weights_parse(path, bytes, n, out, err);
}

void nn_weights_free(struct nn_weights *w)
{
    nn_tokenizer_free(w->tokenizer);
    free(w->params);
    free(w->name);
    *w = (struct nn_weights){0};
}
