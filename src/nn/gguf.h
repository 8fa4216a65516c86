/* GGUF v3, the container of model weights (github.com/ggerganov/ggml/blob/master/docs/gguf.md):
 * typed key-value metadata, then tensors. The reader checks every length and offset against the
 * size of the file. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/str.h"

struct err;
struct arena;

enum nn_gguf_type {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64,
    GGUF_TYPES
};

struct nn_gguf_kv {
    const char *key;
    enum nn_gguf_type type, item; /* item: of an array */
    uint64_t n;                   /* items of an array, else 1 */
    const uint8_t *data;          /* the value's bytes as in the file */
};

struct nn_gguf_tensor {
    const char *name;
    uint32_t n_dims, type; /* type 0 = F32 */
    uint64_t dims[4];      /* fastest first; 1 beyond n_dims */
    const uint8_t *data;   /* F32 tensors: all their bytes are there; NULL for other types */
};

/* Borrows the bytes; names live in the arena. */
struct nn_gguf {
    const char *what;
    struct nn_gguf_kv *kv;
    size_t n_kv;
    struct nn_gguf_tensor *tensors;
    size_t n_tensors;
    struct arena *arena;
};

/* bytes[n] must outlive *out. ERR_INPUT, one sentence that starts with what. Free with
 * nn_gguf_close. */
int nn_gguf_open(const char *what, const void *bytes, size_t n, struct nn_gguf *out,
                 struct err *err);
void nn_gguf_close(struct nn_gguf *g);
/* Each is ERR_INPUT when the key is missing or of another type. Integers of any width are accepted
 * if they fit. */
int nn_gguf_int(const struct nn_gguf *g, const char *key, int *out, struct err *err);
int nn_gguf_float(const struct nn_gguf *g, const char *key, float *out, struct err *err);
int nn_gguf_string(const struct nn_gguf *g, const char *key, const char **out, struct err *err);
/* Arrays; *out lives in the arena. */
int nn_gguf_strings(const struct nn_gguf *g, const char *key, const char *const **out, size_t *n,
                    struct err *err);
int nn_gguf_ints(const struct nn_gguf *g, const char *key, const int32_t **out, size_t *n,
                 struct err *err);
/* An F32 tensor of exactly this shape (rows 0: a vector of cols), copied to out[rows][cols]. */
int nn_gguf_tensor(const struct nn_gguf *g, const char *name, int rows, int cols, float *out,
                   struct err *err);

/* Start from {0} */
struct nn_gguf_writer {
    struct str kv, tensors, data;
    uint64_t n_kv, n_tensors;
};

void nn_gguf_put_u32(struct nn_gguf_writer *w, const char *key, uint32_t v);
void nn_gguf_put_f32(struct nn_gguf_writer *w, const char *key, float v);
void nn_gguf_put_bool(struct nn_gguf_writer *w, const char *key, int v);
void nn_gguf_put_string(struct nn_gguf_writer *w, const char *key, const char *v);
void nn_gguf_put_strings(struct nn_gguf_writer *w, const char *key, const char *const *v, size_t n);
void nn_gguf_put_i32s(struct nn_gguf_writer *w, const char *key, const int32_t *v, size_t n);
void nn_gguf_put_tensor(struct nn_gguf_writer *w, const char *name, int rows, int cols,
                        const float *v);
/* The file's bytes, appended to out; frees the writer's memory. */
void nn_gguf_finish(struct nn_gguf_writer *w, struct str *out);
