/* A whole training: settings checked, tokenizer learnt, steps run, weights written; or stopped and
 * continued. */
#include "nn/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "nn/tokenizer.h"
#include "nn/trainer.h"
#include "nn/weights.h"

enum { TOKENIZER_EXAMPLES = 4000, MAX_THREADS = 256 };

static const double report_every_s = 0.25;

struct nn_train_config nn_train_defaults(void)
{
    return (struct nn_train_config){.d_model = 64,
                                    .n_layers = 4,
                                    .n_heads = 4,
                                    .d_ff = 160,
                                    .context = 256,
                                    .vocab = 704,
                                    .tokens_per_step = 512,
                                    .steps = 12000,
                                    .warmup = 40,
                                    .lr = 2e-3,
                                    .beta2 = 0.98,
                                    .weight_decay = 0.05,
                                    .clip = 1,
                                    .threads = 2,
                                    .seed = 1,
                                    .name = "hrm-tiny"};
}

static int check(const struct nn_train_config *c, const char *out_path, struct err *err)
{
    struct nn_shape s = {.d = c->d_model,
                         .layers = c->n_layers,
                         .heads = c->n_heads,
                         .ff = c->d_ff,
                         .context = c->context,
                         .vocab = c->vocab,
                         .eps = 1e-5f,
                         .theta = 1e4f};
    char *dir CLEANUP_FREE = file_dir(out_path);
    int r = nn_shape_check(&s, "training", err);

    if (r < 0)
        return r;
    if (c->steps < 1 || c->tokens_per_step < 1 || c->warmup < 0 || c->threads < 1 ||
        c->threads > MAX_THREADS)
        return err_input(
            err, "training: %d steps of %d tokens, %d of warm-up, on %d threads: out of range",
            c->steps, c->tokens_per_step, c->warmup, c->threads);
    if (c->examples && c->examples < 2 * (uint64_t)c->steps)
        return err_input(err, "training: %llu examples are too few for %d steps",
                         (unsigned long long)c->examples, c->steps);
    if (!(c->lr > 0) || !isfinite(c->lr) || !(c->beta2 > 0) || !(c->beta2 < 1) ||
        !(c->weight_decay >= 0))
        return err_input(err, "training: learning rate %g, beta2 %g, weight decay %g: out of range",
                         c->lr, c->beta2, c->weight_decay);
    if (file_is_dir(out_path))
        return err_input(err, "%s: is a directory, a file name was expected", out_path);
    if (access(dir, W_OK | X_OK) != 0) /* checked before training, not after */
        return err_input(err, "%s: cannot write there", out_path);
    return 0;
}

struct nn_tokenizer *nn_train_tokenizer(const struct nn_train_config *c, nn_example_fn *next,
                                        void *next_ctx)
{
    struct nn_bpe_corpus *corpus = nn_bpe_corpus_new();
    struct nn_tokenizer *t;

    for (int i = 0; i < TOKENIZER_EXAMPLES; i++) {
        struct nn_example ex = {0};
        next(next_ctx, (uint64_t)i, (double)i / TOKENIZER_EXAMPLES,
             &ex); /* every stage of a ramp */
        nn_bpe_corpus_add(corpus, ex.prompt, strlen(ex.prompt));
        nn_bpe_corpus_add(corpus, ex.answer, strlen(ex.answer));
    }
    t = nn_bpe_learn(corpus, c->vocab);
    nn_bpe_corpus_free(corpus);
    return t;
}

/* Between two reports, and since the start. */
struct meter {
    double begun, reported, loss;
    long steps, tokens;
};

static void report(struct meter *m, const struct nn_trainer *t, nn_progress_fn *progress, void *ctx)
{
    double now = clock_seconds(), elapsed = now - m->begun;
    long done = m->steps;

    if (!progress || (t->step < t->cfg.steps && now - m->reported < report_every_s))
        return;
    progress(ctx, &(struct nn_train_progress){
                      .step = t->step,
                      .steps = t->cfg.steps,
                      .loss = m->loss,
                      .lr = nn_train_lr(&t->cfg, t->step - 1),
                      .tokens_per_s = elapsed > 0 ? (double)m->tokens / elapsed : 0,
                      .eta_s = elapsed / (double)done * (t->cfg.steps - t->step)});
    m->reported = now;
}

static int run_steps(struct nn_trainer *t, nn_progress_fn *progress, void *progress_ctx,
                     struct err *err)
{
    struct meter m = {.begun = clock_seconds()};

    while (t->step < t->cfg.steps && !stop_requested()) {
        double loss;
        int r = nn_trainer_step(t, &loss, err);
        if (r < 0)
            return r;
        m.loss = m.steps ? 0.98 * m.loss + 0.02 * loss : loss; /* shown smoothed */
        m.steps++;
        m.tokens += t->tokens;
        report(&m, t, progress, progress_ctx);
    }
    return 0;
}

int nn_train_with(const struct nn_train_config *cfg, struct nn_tokenizer *tokenizer,
                  nn_example_fn *next, void *next_ctx, nn_progress_fn *progress, void *progress_ctx,
                  const char *out_path, struct err *err)
{
    char *ckpt CLEANUP_FREE = xasprintf("%s.ckpt", out_path);
    struct nn_trainer *t;
    int r = check(cfg, out_path, err);

    if (r < 0) {
        nn_tokenizer_free(tokenizer);
        return r;
    }
    r = nn_trainer_new(cfg, tokenizer, next, next_ctx, &t, err);
    if (r < 0)
        return r;
    if (file_exists(ckpt))
        r = nn_checkpoint_load(t, ckpt, err);
    if (r == 0)
        r = run_steps(t, progress, progress_ctx, err);
    if (r == 0 && t->step < cfg->steps) {
        r = nn_checkpoint_save(t, ckpt, err);
        r = r < 0 ? r : 1;
    } else if (r == 0) {
        r = nn_weights_write(out_path, &t->shape, t->params, t->tokenizer, cfg->name, err);
        if (r == 0)
            unlink(ckpt);
    }
    nn_trainer_free(t);
    return r;
}

int nn_train(const struct nn_train_config *cfg, nn_example_fn *next, void *next_ctx,
             nn_progress_fn *progress, void *progress_ctx, const char *out_path, struct err *err)
{
    int r = check(cfg, out_path, err); /* before the tokenizer is learnt */

    return r < 0 ? r
                 : nn_train_with(cfg, nn_train_tokenizer(cfg, next, next_ctx), next, next_ctx,
                                 progress, progress_ctx, out_path, err);
}
