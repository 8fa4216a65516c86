/* Writing GGUF: metadata, tensor entries, then the tensors, each aligned. */
#include <stdlib.h>
#include <string.h>
#include "nn/gguf.h"

enum { ALIGNMENT = 32 };

static void put(struct str *s, const void *v, size_t n)
{
    str_addn(s, v, n);
}

static void put_u32(struct str *s, uint32_t v)
{
    put(s, &v, sizeof v);
}

static void put_u64(struct str *s, uint64_t v)
{
    put(s, &v, sizeof v);
}

static void put_string(struct str *s, const char *v)
{
    put_u64(s, strlen(v));
    str_add(s, v);
}

static void pad(struct str *s)
{
    while (s->len % ALIGNMENT)
        str_addc(s, 0);
}

static struct str *entry(struct nn_gguf_writer *w, const char *key, enum nn_gguf_type type)
{
    put_string(&w->kv, key);
    put_u32(&w->kv, type);
    w->n_kv++;
    return &w->kv;
}

void nn_gguf_put_u32(struct nn_gguf_writer *w, const char *key, uint32_t v)
{
    put_u32(entry(w, key, GGUF_U32), v);
}

void nn_gguf_put_f32(struct nn_gguf_writer *w, const char *key, float v)
{
    put(entry(w, key, GGUF_F32), &v, sizeof v);
}

void nn_gguf_put_bool(struct nn_gguf_writer *w, const char *key, int v)
{
    str_addc(entry(w, key, GGUF_BOOL), v != 0);
}

void nn_gguf_put_string(struct nn_gguf_writer *w, const char *key, const char *v)
{
    put_string(entry(w, key, GGUF_STRING), v);
}

static struct str *array(struct nn_gguf_writer *w, const char *key, enum nn_gguf_type item,
                         size_t n)
{
    struct str *s = entry(w, key, GGUF_ARRAY);
    put_u32(s, item);
    put_u64(s, n);
    return s;
}

void nn_gguf_put_strings(struct nn_gguf_writer *w, const char *key, const char *const *v, size_t n)
{
    struct str *s = array(w, key, GGUF_STRING, n);
    for (size_t i = 0; i < n; i++)
        put_string(s, v[i]);
}

void nn_gguf_put_i32s(struct nn_gguf_writer *w, const char *key, const int32_t *v, size_t n)
{
    put(array(w, key, GGUF_I32, n), v, n * sizeof *v);
}

void nn_gguf_put_tensor(struct nn_gguf_writer *w, const char *name, int rows, int cols,
                        const float *v)
{
    put_string(&w->tensors, name);
    put_u32(&w->tensors, rows ? 2 : 1);
    put_u64(&w->tensors, (uint64_t)cols);
    if (rows)
        put_u64(&w->tensors, (uint64_t)rows);
    put_u32(&w->tensors, 0); /* F32 */
    put_u64(&w->tensors, w->data.len);
    put(&w->data, v, (size_t)(rows ? rows : 1) * (size_t)cols * sizeof *v);
    pad(&w->data);
    w->n_tensors++;
}

void nn_gguf_finish(struct nn_gguf_writer *w, struct str *out)
{
    str_add(out, "GGUF");
    put_u32(out, 3);
    put_u64(out, w->n_tensors);
    put_u64(out, w->n_kv);
    put(out, str_text(&w->kv), w->kv.len);
    put(out, str_text(&w->tensors), w->tensors.len);
    pad(out);
    put(out, str_text(&w->data), w->data.len);
    str_free(&w->kv);
    str_free(&w->tensors);
    str_free(&w->data);
}
