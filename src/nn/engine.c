/* Continuous batching: requests wait in a queue, a decoder thread moves them into slots and runs
 * one batch after another of everything that can advance: one row per answering request, and as
 * many prompt rows as there is room for. */
#include "nn/engine.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"
#include "nn/decoder.h"
#include "nn/kernels.h"
#include "nn/sample.h"
#include "nn/tokenizer.h"
#include "nn/weights.h"

enum { DEFAULT_BATCH = 64, PROMPT_ROWS = 192 };

/* One request; lives on the stack of the thread that waits for it. */
struct job {
    const struct nn_request *req;
    int *tokens; /* prompt, then answer */
    size_t n_tokens, cap;
    int n_prompt, n_fed; /* tokens that are in the cache */
    struct rng rng;
    enum nn_finish finish;
    bool done;
    double asked, admitted, first_token, finished;
    pthread_cond_t done_cond;
    struct job *next; /* in the queue */
};

struct nn_engine {
    struct nn_weights w;
    struct nn_decoder *decoder;
    int max_batch, max_rows;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the queue, closing and job.done */
    pthread_cond_t work;
    struct job *queue, **queue_end;
    bool closing;
    /* the decoder thread's own */
    struct job **slot;   /* [max_batch] NULL = free */
    struct nn_row *rows; /* [max_rows] */
};

/* --- the decoder thread --- */

/* Moves waiting requests into free slots; sleeps while there is nothing to do. False at closing. */
static bool admit(struct nn_engine *e)
{
    bool busy = false;

    for (int i = 0; i < e->max_batch; i++)
        busy |= e->slot[i] != NULL;
    pthread_mutex_lock(&e->lock);
    while (!busy && !e->queue && !e->closing)
        pthread_cond_wait(&e->work, &e->lock);
    for (int i = 0; i < e->max_batch && e->queue; i++) {
        if (e->slot[i])
            continue;
        e->slot[i] = e->queue;
        e->queue = e->queue->next;
        if (!e->queue)
            e->queue_end = &e->queue;
        e->slot[i]->admitted = clock_seconds();
        busy = true;
    }
    pthread_mutex_unlock(&e->lock);
    return busy;
}

/* Appends rows for what of a job is not yet in the cache, at most room of them. */
static int add_rows(struct nn_engine *e, int slot, int n, int room)
{
    struct job *j = e->slot[slot];

    for (; room > 0 && j->n_fed < (int)j->n_tokens; room--, j->n_fed++)
        e->rows[n++] = (struct nn_row){.slot = slot,
                                       .pos = j->n_fed,
                                       .token = j->tokens[j->n_fed],
                                       .last = j->n_fed + 1 == (int)j->n_tokens};
    return n;
}

static int fill_batch(struct nn_engine *e)
{
    int n = 0;

    for (int i = 0; i < e->max_batch; i++) /* rows of answers first, then prompts */
        if (e->slot[i] && e->slot[i]->n_fed >= e->slot[i]->n_prompt)
            n = add_rows(e, i, n, 1);
    for (int i = 0; i < e->max_batch; i++)
        if (e->slot[i])
            n = add_rows(e, i, n, e->max_rows - n);
    return n;
}

static void finish(struct nn_engine *e, int slot, enum nn_finish why)
{
    struct job *j = e->slot[slot];

    e->slot[slot] = NULL;
    j->finish = why;
    j->finished = clock_seconds();
    pthread_mutex_lock(&e->lock);
    j->done = true;
    pthread_cond_signal(&j->done_cond);
    pthread_mutex_unlock(&e->lock);
}

/* Appends the next token to the job, or ends it. */
static void advance(struct nn_engine *e, int slot, const float *logits)
{
    struct job *j = e->slot[slot];
    const struct nn_request *r = j->req;
    int token = nn_sample(logits, e->w.shape.vocab, &r->sampling, &j->rng);
    int generated;

    j->tokens = xgrow(j->tokens, &j->cap, j->n_tokens + 1, sizeof *j->tokens);
    j->tokens[j->n_tokens++] = token;
    generated = (int)j->n_tokens - j->n_prompt;
    if (generated == 1)
        j->first_token = clock_seconds();
    if (nn_tokenizer_is_control(e->w.tokenizer, token)) /* <|end|>, or the start of another turn */
        finish(e, slot, NN_STOP);
    else if (r->max_tokens > 0 && generated >= r->max_tokens)
        finish(e, slot, NN_LENGTH);
    else if ((int)j->n_tokens >= e->w.shape.context)
        finish(e, slot, NN_CONTEXT);
}

static void *decode(void *arg)
{
    struct nn_engine *e = arg;

    while (admit(e)) {
        int n = fill_batch(e);
        const float *logits = nn_decoder_run(e->decoder, e->rows, n);
        for (int i = 0; i < n; i++)
            if (e->rows[i].last) {
                advance(e, e->rows[i].slot, logits);
                logits += nn_decoder_logits_row(e->decoder);
            }
    }
    return NULL;
}

/* --- the callers' side --- */

int nn_engine_open(const char *gguf_path, int max_batch, struct nn_engine **out, struct err *err)
{
    struct nn_weights w;
    struct nn_engine *e;
    int r = nn_weights_read(gguf_path, &w, err);

    if (r < 0)
        return r;
    e = xcalloc(1, sizeof *e);
    e->w = w;
    e->max_batch = max_batch > 0 ? max_batch : DEFAULT_BATCH;
    e->max_rows = e->max_batch + PROMPT_ROWS;
    e->slot = xcalloc((size_t)e->max_batch, sizeof *e->slot);
    e->rows = xcalloc((size_t)e->max_rows, sizeof *e->rows);
    e->queue_end = &e->queue;
    e->decoder = nn_decoder_new(&w.shape, w.params, e->max_batch, e->max_rows, nn_kernels_best());
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->work, NULL);
    r = pthread_create(&e->thread, NULL, decode, e);
    if (r) {
        e->max_batch = 0; /* no thread to join */
        nn_engine_close(e);
        return err_errno(err, r, "cannot start the decoder thread");
    }
    *out = e;
    return 0;
}

void nn_engine_close(struct nn_engine *e)
{
    if (!e)
        return;
    if (e->max_batch) {
        pthread_mutex_lock(&e->lock);
        e->closing = true;
        pthread_cond_signal(&e->work);
        pthread_mutex_unlock(&e->lock);
        pthread_join(e->thread, NULL);
    }
    pthread_cond_destroy(&e->work);
    pthread_mutex_destroy(&e->lock);
    nn_decoder_free(e->decoder);
    nn_weights_free(&e->w);
    free(e->rows);
    free(e->slot);
    free(e);
}

static void wait_for(struct nn_engine *e, struct job *j)
{
    pthread_cond_init(&j->done_cond, NULL);
    pthread_mutex_lock(&e->lock);
    *e->queue_end = j;
    e->queue_end = &j->next;
    pthread_cond_signal(&e->work);
    while (!j->done)
        pthread_cond_wait(&j->done_cond, &e->lock);
    pthread_mutex_unlock(&e->lock);
    pthread_cond_destroy(&j->done_cond);
}

static char *text_of(const struct nn_engine *e, const int *tokens, size_t n)
{
    struct str bytes = {0};
    char *text;

    nn_tokenizer_decode(e->w.tokenizer, tokens, n, &bytes);
    text = utf8_clean(str_text(&bytes), bytes.len);
    str_free(&bytes);
    return text;
}

int nn_generate(struct nn_engine *e, const struct nn_request *req, struct nn_reply *reply,
                struct err *err)
{
    struct job j = {.req = req, .rng = rng_make(req->seed), .finish = NN_CONTEXT};
    int r = nn_chat_encode(e->w.tokenizer, req->messages, req->n_messages, &j.tokens, &j.n_tokens,
                           &j.cap, err);

    if (r == 0) {
        j.n_prompt = (int)j.n_tokens;
        j.asked = j.admitted = j.first_token = j.finished = clock_seconds();
        if (j.n_prompt < e->w.shape.context)
            wait_for(e, &j);
        *reply = (struct nn_reply){
            .text = text_of(e, j.tokens + j.n_prompt, j.n_tokens - (size_t)j.n_prompt),
            .finish = j.finish,
            .prompt_tokens = j.n_prompt,
            .generated_tokens = (int)j.n_tokens - j.n_prompt,
            .queue_s = j.admitted - j.asked,
            .first_token_s = j.first_token - j.asked,
            .total_s = j.finished - j.asked};
    }
    free(j.tokens);
    return r;
}

void nn_engine_info(const struct nn_engine *e, struct nn_info *out)
{
    const struct nn_shape *s = &e->w.shape;

    *out = (struct nn_info){.name = e->w.name,
                            .n_params = (long)nn_params_count(s),
                            .d_model = s->d,
                            .n_layers = s->layers,
                            .n_heads = s->heads,
                            .d_ff = s->ff,
                            .context = s->context,
                            .vocab = s->vocab,
                            .chat_template = nn_chat_template};
    memcpy(out->sha256, e->w.sha256, sizeof out->sha256);
}
