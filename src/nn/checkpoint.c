/* An interrupted training on disk: a header that identifies it, the three arrays, a digest. */
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "nn/kernels.h"
#include "nn/tokenizer.h"
#include "nn/trainer.h"

static const char magic[8] = "HRMCKPT1";

struct header {
    char magic[8];
    uint8_t whose[32]; /* digest of everything that decides the final bytes */
    int64_t step;
    uint64_t index, skipped; /* of the source */
};

static void identify(const struct nn_trainer *t, uint8_t whose[32])
{
    const struct nn_train_config *c = &t->cfg;
    const struct nn_merge *merges;
    size_t n = nn_tokenizer_merges(t->tokenizer, &merges);
    struct str s = {0};

    str_addf(&s, "%d %d %d %d %d %d %d %d %d %d %s ", t->shape.d, t->shape.layers, t->shape.heads,
             t->shape.ff, t->shape.context, t->shape.vocab, c->tokens_per_step, c->steps, c->warmup,
             t->n_shards, t->k->isa);
    str_addf(&s, "%.17g %.17g %.17g %.17g %llu %s", c->lr, c->beta2, c->weight_decay, c->clip,
             (unsigned long long)c->seed, c->name);
    if (c->examples || c->constant_lr)
        str_addf(&s, " %llu %d", (unsigned long long)c->examples, c->constant_lr);
    if (c->by_example)
        str_add(&s, " by example");
    for (size_t i = 0; i < n; i++) /* represents the examples it was learnt from */
        str_addf(&s, " %d+%d", merges[i].left, merges[i].right);
    hash_sha256(s.p, s.len, whose);
    str_free(&s);
}

int nn_checkpoint_save(const struct nn_trainer *t, const char *path, struct err *err)
{
    struct header h = {.step = t->step, .index = t->source.index, .skipped = t->source.skipped};
    size_t bytes = t->n_params * sizeof(float);
    uint8_t digest[32];
    struct str s = {0};
    int r;

    memcpy(h.magic, magic, sizeof magic);
    identify(t, h.whose);
    str_addn(&s, (const char *)&h, sizeof h);
    str_addn(&s, (const char *)t->params, bytes);
    str_addn(&s, (const char *)t->m, bytes);
    str_addn(&s, (const char *)t->v, bytes);
    hash_sha256(s.p, s.len, digest);
    str_addn(&s, (const char *)digest, sizeof digest);
    r = file_write(path, s.p, s.len, err);
    str_free(&s);
    return r;
}

int nn_checkpoint_load(struct nn_trainer *t, const char *path, struct err *err)
{
    char *p CLEANUP_FREE = NULL;
    size_t n, bytes = t->n_params * sizeof(float);
    uint8_t whose[32], digest[32] = {0};
    struct header h;
    int r = file_read(path, 0, &p, &n, err);

    if (r < 0)
        return r;
    identify(t, whose);
    if (n > sizeof h)
        memcpy(&h, p, sizeof h);
    if (n <= sizeof h || memcmp(h.magic, magic, sizeof magic) != 0)
        return err_input(err, "%s: not a training checkpoint; delete it to start over", path);
    if (memcmp(h.whose, whose, sizeof whose) != 0)
        return err_input(
            err,
            "%s: checkpoint of a training with other settings, examples or CPU; delete it to "
            "start over",
            path);
    if (n == sizeof h + 3 * bytes + sizeof digest)
        hash_sha256(p, n - sizeof digest, digest);
    if (n != sizeof h + 3 * bytes + sizeof digest ||
        memcmp(p + n - sizeof digest, digest, sizeof digest) != 0)
        return err_input(err, "%s: checkpoint is damaged; delete it to start over", path);
    t->step = (int)h.step;
    t->source.index = h.index;
    t->source.skipped = h.skipped;
    memcpy(t->params, p + sizeof h, bytes);
    memcpy(t->m, p + sizeof h + bytes, bytes);
    memcpy(t->v, p + sizeof h + 2 * bytes, bytes);
    return 0;
}
