/* Reading GGUF from bytes that may be cut short, corrupt or hostile. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "nn/gguf.h"

enum { ALIGNMENT = 32, MAX_KEY = 65535, MAX_DIMS = 4, TYPE_F32 = 0, MAX_DEPTH = 4 };

static const size_t type_size[GGUF_TYPES] = {
    [GGUF_U8] = 1,  [GGUF_I8] = 1,   [GGUF_U16] = 2, [GGUF_I16] = 2, [GGUF_U32] = 4, [GGUF_I32] = 4,
    [GGUF_F32] = 4, [GGUF_BOOL] = 1, [GGUF_U64] = 8, [GGUF_I64] = 8, [GGUF_F64] = 8,
};

struct cursor {
    const uint8_t *p, *end;
    const uint8_t *start;
};

static size_t left(const struct cursor *c)
{
    return (size_t)(c->end - c->p);
}

static bool take(struct cursor *c, void *out, size_t n)
{
    if (left(c) < n)
        return false;
    if (out)
        memcpy(out, c->p, n); /* GGUF is little-endian; so is every host this program builds on */
    c->p += n;
    return true;
}

/* A length-prefixed string; *s is borrowed from the file and not NUL-terminated. */
static bool take_string(struct cursor *c, const uint8_t **s, uint64_t *n)
{
    if (!take(c, n, 8) || *n > left(c))
        return false;
    *s = c->p;
    c->p += *n;
    return true;
}

/* Names are ASCII by the format's rules, so that they can be shown in messages. */
static bool take_name(struct cursor *c, struct arena *arena, const char **name)
{
    const uint8_t *s;
    uint64_t n;

    if (!take_string(c, &s, &n) || n == 0 || n > MAX_KEY)
        return false;
    for (uint64_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7E)
            return false;
    *name = arena_strndup(arena, (const char *)s, (size_t)n);
    return true;
}

static bool skip_items(struct cursor *c, uint32_t type, uint64_t n, int depth);

static bool skip_array(struct cursor *c, uint32_t *item, uint64_t *n, int depth)
{
    return take(c, item, 4) && take(c, n, 8) && skip_items(c, *item, *n, depth + 1);
}

static bool skip_items(struct cursor *c, uint32_t type, uint64_t n, int depth)
{
    if (type >= GGUF_TYPES || depth > MAX_DEPTH)
        return false;
    if (type_size[type])
        return n <= left(c) / type_size[type] && take(c, NULL, (size_t)n * type_size[type]);
    for (uint64_t i = 0; i < n;
         i++) { /* each item takes 8 bytes at least, so this ends with the file */
        const uint8_t *s;
        uint32_t item;
        uint64_t len;
        if (type == GGUF_STRING ? !take_string(c, &s, &len) : !skip_array(c, &item, &len, depth))
            return false;
    }
    return true;
}

static bool take_kv(struct cursor *c, struct arena *arena, struct nn_gguf_kv *kv)
{
    uint32_t type, item = 0;

    if (!take_name(c, arena, &kv->key) || !take(c, &type, 4) || type >= GGUF_TYPES)
        return false;
    kv->type = (enum nn_gguf_type)type;
    kv->data = c->p;
    kv->n = 1;
    if (type != GGUF_ARRAY)
        return skip_items(c, type, 1, 0);
    if (!skip_array(c, &item, &kv->n, 0))
        return false;
    kv->item = (enum nn_gguf_type)item;
    kv->data += 12; /* behind item type and count */
    return true;
}

static bool take_tensor(struct cursor *c, struct arena *arena, struct nn_gguf_tensor *t,
                        uint64_t *offset)
{
    if (!take_name(c, arena, &t->name) || !take(c, &t->n_dims, 4) || t->n_dims == 0 ||
        t->n_dims > MAX_DIMS)
        return false;
    for (uint32_t i = 0; i < MAX_DIMS; i++) {
        t->dims[i] = 1;
        if (i < t->n_dims && !take(c, &t->dims[i], 8))
            return false;
    }
    return take(c, &t->type, 4) && take(c, offset, 8);
}

static uint64_t data_start(const struct nn_gguf *g, const struct cursor *c)
{
    uint64_t at = (uint64_t)(c->p - c->start);
    int alignment = ALIGNMENT;

    if (nn_gguf_int(g, "general.alignment", &alignment, NULL) < 0 || alignment <= 0)
        alignment = ALIGNMENT;
    return (at + (uint64_t)alignment - 1) / (uint64_t)alignment * (uint64_t)alignment;
}

/* Points an F32 tensor at its bytes, if they are all there. */
static bool place_tensor(const struct cursor *c, uint64_t start, uint64_t offset,
                         struct nn_gguf_tensor *t)
{
    uint64_t size = (uint64_t)(c->end - c->start), room, items = 1;

    if (start > size || offset > size - start)
        return false;
    room = (size - start - offset) / sizeof(float);
    for (int i = 0; i < MAX_DIMS; i++) {
        if (t->dims[i] == 0 || t->dims[i] > room / items)
            return false;
        items *= t->dims[i];
    }
    t->data = c->start + start + offset;
    return true;
}

static int read_all(struct nn_gguf *g, struct cursor *c, struct err *err)
{
    uint32_t version;
    uint64_t n_tensors, n_kv, *offsets;

    if (left(c) < 4 || memcmp(c->p, "GGUF", 4) != 0)
        return err_input(err, "%s: not a GGUF file", g->what);
    c->p += 4;
    if (!take(c, &version, 4) || !take(c, &n_tensors, 8) || !take(c, &n_kv, 8))
        return err_input(err, "%s: GGUF file is cut short in its header", g->what);
    if (version != 3)
        return err_input(err, "%s: GGUF version %u, expected 3", g->what, version);
    if (n_kv > left(c) / 13 || n_tensors > left(c) / 33) /* the least bytes one of them can take */
        return err_input(err, "%s: GGUF file is cut short or corrupt in its header", g->what);
    g->kv = arena_alloc(g->arena, (size_t)n_kv * sizeof *g->kv);
    for (; g->n_kv < n_kv; g->n_kv++)
        if (!take_kv(c, g->arena, &g->kv[g->n_kv]))
            return err_input(err, "%s: GGUF file is cut short or corrupt in metadata entry %zu",
                             g->what, g->n_kv + 1);
    g->tensors = arena_alloc(g->arena, (size_t)n_tensors * sizeof *g->tensors);
    offsets = arena_alloc(g->arena, (size_t)n_tensors * sizeof *offsets);
    for (; g->n_tensors < n_tensors; g->n_tensors++)
        if (!take_tensor(c, g->arena, &g->tensors[g->n_tensors], &offsets[g->n_tensors]))
            return err_input(err, "%s: GGUF file is cut short or corrupt in tensor entry %zu",
                             g->what, g->n_tensors + 1);
    for (size_t i = 0; i < g->n_tensors; i++)
        if (g->tensors[i].type == TYPE_F32 &&
            !place_tensor(c, data_start(g, c), offsets[i], &g->tensors[i]))
            return err_input(err, "%s: GGUF file is cut short: tensor %s lies beyond its end",
                             g->what, g->tensors[i].name);
    return 0;
}

int nn_gguf_open(const char *what, const void *bytes, size_t n, struct nn_gguf *out,
                 struct err *err)
{
    struct nn_gguf g = {.arena = arena_new()};
    struct cursor c = {.p = bytes, .start = bytes, .end = (const uint8_t *)bytes + n};
    int r;

    g.what = arena_strdup(g.arena, what);
    r = read_all(&g, &c, err);
    if (r < 0)
        nn_gguf_close(&g);
    else
        *out = g;
    return r;
}

void nn_gguf_close(struct nn_gguf *g)
{
    arena_free(g->arena);
    g->arena = NULL;
}

/* The entry, or NULL with the error filled in. */
static const struct nn_gguf_kv *find(const struct nn_gguf *g, const char *key, struct err *err)
{
    for (size_t i = 0; i < g->n_kv; i++)
        if (strcmp(g->kv[i].key, key) == 0)
            return &g->kv[i];
    err_input(err, "%s: the file has no %s", g->what, key);
    return NULL;
}

static int wrong_type(const struct nn_gguf *g, const char *key, struct err *err)
{
    return err_input(err, "%s: %s is not of the expected type", g->what, key);
}

int nn_gguf_int(const struct nn_gguf *g, const char *key, int *out, struct err *err)
{
    const struct nn_gguf_kv *kv = find(g, key, err);
    uint64_t v = 0;

    if (!kv)
        return -EINVAL;
    switch (kv->type) {
    case GGUF_U8:
    case GGUF_U16:
    case GGUF_U32:
    case GGUF_U64:
    case GGUF_I32:
    case GGUF_I64:
        memcpy(&v, kv->data, type_size[kv->type]);
        break;
    default:
        return wrong_type(g, key, err);
    }
    if (v > INT32_MAX) /* a negative number lands here too */
        return err_input(err, "%s: %s is out of range", g->what, key);
    *out = (int)v;
    return 0;
}

int nn_gguf_float(const struct nn_gguf *g, const char *key, float *out, struct err *err)
{
    const struct nn_gguf_kv *kv = find(g, key, err);

    if (!kv)
        return -EINVAL;
    if (kv->type != GGUF_F32)
        return wrong_type(g, key, err);
    memcpy(out, kv->data, sizeof *out);
    return 0;
}

/* One string value at *p; the metadata has been walked before, so the lengths hold. */
static const char *string_at(const struct nn_gguf *g, const uint8_t **p)
{
    uint64_t n;
    const char *s;

    memcpy(&n, *p, 8);
    s = arena_strndup(g->arena, (const char *)*p + 8, (size_t)n);
    *p += 8 + n;
    return strlen(s) == n ? s : NULL;
}

int nn_gguf_string(const struct nn_gguf *g, const char *key, const char **out, struct err *err)
{
    const struct nn_gguf_kv *kv = find(g, key, err);
    const uint8_t *p;
    const char *s;

    if (!kv)
        return -EINVAL;
    p = kv->data;
    if (kv->type != GGUF_STRING || !(s = string_at(g, &p)))
        return wrong_type(g, key, err);
    *out = s;
    return 0;
}

int nn_gguf_strings(const struct nn_gguf *g, const char *key, const char *const **out, size_t *n,
                    struct err *err)
{
    const struct nn_gguf_kv *kv = find(g, key, err);
    const uint8_t *p;
    const char **list;

    if (!kv)
        return -EINVAL;
    if (kv->type != GGUF_ARRAY || kv->item != GGUF_STRING)
        return wrong_type(g, key, err);
    p = kv->data;
    list = arena_alloc(g->arena, (size_t)kv->n * sizeof *list);
    for (uint64_t i = 0; i < kv->n; i++)
        if (!(list[i] = string_at(g, &p)))
            return wrong_type(g, key, err);
    *out = list;
    *n = (size_t)kv->n;
    return 0;
}

int nn_gguf_ints(const struct nn_gguf *g, const char *key, const int32_t **out, size_t *n,
                 struct err *err)
{
    const struct nn_gguf_kv *kv = find(g, key, err);
    int32_t *list;

    if (!kv)
        return -EINVAL;
    if (kv->type != GGUF_ARRAY || kv->item != GGUF_I32)
        return wrong_type(g, key, err);
    list = arena_alloc(g->arena, (size_t)kv->n * sizeof *list);
    memcpy(list, kv->data, (size_t)kv->n * sizeof *list);
    *out = list;
    *n = (size_t)kv->n;
    return 0;
}

static const struct nn_gguf_tensor *find_tensor(const struct nn_gguf *g, const char *name)
{
    for (size_t i = 0; i < g->n_tensors; i++)
        if (strcmp(g->tensors[i].name, name) == 0)
            return &g->tensors[i];
    return NULL;
}

int nn_gguf_tensor(const struct nn_gguf *g, const char *name, int rows, int cols, float *out,
                   struct err *err)
{
    const struct nn_gguf_tensor *t = find_tensor(g, name);
    size_t n = (size_t)(rows ? rows : 1) * (size_t)cols;

    if (!t)
        return err_input(err, "%s: the file has no tensor %s", g->what, name);
    if (t->type != TYPE_F32)
        return err_input(err, "%s: tensor %s is of type %u; this program reads F32 only", g->what,
                         name, t->type);
    if (t->dims[0] != (uint64_t)cols || t->dims[1] != (uint64_t)(rows ? rows : 1) ||
        t->dims[2] != 1 || t->dims[3] != 1)
        return err_input(err, "%s: tensor %s has %llu x %llu numbers, expected %d x %d", g->what,
                         name, (unsigned long long)t->dims[1], (unsigned long long)t->dims[0],
                         rows ? rows : 1, cols);
    memcpy(out, t->data, n * sizeof *out);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(out[i]))
            return err_input(err, "%s: tensor %s holds a number that is not finite", g->what, name);
    return 0;
}
