/* A sequence is <|user|> prompt <|end|> <|assistant|> answer <|end|>; the loss is on the tokens of
 * the answer and its end. */
#include "nn/batch.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "nn/chat.h"
#include "nn/engine.h"
#include "nn/tokenizer.h"

enum { MOST_SKIPPED = 1000 }; /* in a row: the context is too small for this source */

static int encode(const struct nn_tokenizer *t, const struct nn_example *ex, struct nn_batch *b,
                  size_t *len, size_t *n_prompt, struct err *err)
{
    struct nn_message user = {.role = "user", .content = ex->prompt};
    int r = nn_chat_encode(t, &user, 1, &b->tokens, len, &b->tokens_cap, err);

    if (r < 0)
        return r;
    *n_prompt = *len;
    nn_tokenizer_encode(t, ex->answer, strlen(ex->answer), &b->tokens, len, &b->tokens_cap);
    b->tokens = xgrow(b->tokens, &b->tokens_cap, *len + 1, sizeof *b->tokens);
    b->tokens[(*len)++] = nn_tokenizer_control(t, NN_END);
    return 0;
}

/* The sequence in tokens[first..len) becomes len - first - 1 inputs; the last is only a target. */
static void append(struct nn_batch *b, size_t first, size_t n_prompt, size_t len)
{
    struct nn_shard *s = &b->shard;
    size_t n = (size_t)s->n_targets;

    b->target_at = xgrow(b->target_at, &b->target_at_cap, n + len - n_prompt, sizeof *b->target_at);
    b->target = xgrow(b->target, &b->target_cap, n + len - n_prompt, sizeof *b->target);
    for (size_t i = n_prompt; i < len; i++, n++) {
        b->target_at[n] = (int)i - 1;
        b->target[n] = b->tokens[i];
    }
    b->starts = xgrow(b->starts, &b->starts_cap, (size_t)s->n_seqs + 2, sizeof *b->starts);
    b->starts[s->n_seqs++] = (int)first;
    b->starts[s->n_seqs] = s->n_tokens = (int)len - 1;
    s->n_targets = (int)n;
}

static bool is_full(const struct nn_shard *s, struct nn_batch_size size)
{
    if (size.examples > 0)
        return s->n_seqs == size.examples;
    return s->n_seqs && s->n_tokens + s->n_tokens / s->n_seqs / 2 >= size.tokens;
}

int nn_batch_fill(struct nn_batch *b, struct nn_source *src, double done,
                  const struct nn_tokenizer *t, struct nn_batch_size size, int context,
                  struct err *err)
{
    struct nn_shard *s = &b->shard;
    int skipped = 0;

    *s = (struct nn_shard){0};
    while (!is_full(s, size)) {
        struct nn_example ex = {0};
        size_t first = (size_t)s->n_tokens, len = first, n_prompt;
        int r;

        src->next(src->ctx, src->index++, done, &ex);
        r = encode(t, &ex, b, &len, &n_prompt, err);
        if (r < 0)
            return r;
        if (len - first <= (size_t)context) {
            append(b, first, n_prompt, len);
            skipped = 0;
            continue;
        }
        src->skipped++;
        if (++skipped == MOST_SKIPPED || size.examples > 0)
            return err_input(err, "example %llu has %zu tokens%s; the context is %d",
                             (unsigned long long)src->index - 1, len - first,
                             size.examples > 0 ? "" : ", like many before it", context);
    }
    s->tokens = b->tokens;
    s->starts = b->starts;
    s->target_at = b->target_at;
    s->target = b->target;
    return 0;
}

void nn_batch_free(struct nn_batch *b)
{
    free(b->tokens);
    free(b->starts);
    free(b->target_at);
    free(b->target);
    *b = (struct nn_batch){0};
}
