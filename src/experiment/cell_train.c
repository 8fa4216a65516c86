/* See cell_train.h. Two cells that differ in their order only see the same problems, the same
 * number of examples in every step, the same number of steps, the same learning rates, the same
 * tokenizer and the same first weights. */
#include "experiment/cell_train.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "experiment/curriculum_corpus.h"
#include "nn/tokenizer.h"
#include "nn/train.h"
#include "nn/weights.h"

enum { ALL_ROLES = (1 << CORPUS_ROLES) - 1, TOKENIZER_PROBLEMS = 1200, EXAMPLES_PER_STEP = 2 };

/* The learning rate of a schedule. Of constant rates for d32, each tried with one seed on a random
 * mix of 16,000 problems, 0.5e-3 and 1e-3 did about equally well and 2e-3 worse; 6e-3, tried with
 * the loss by token only, hardly learnt. The larger model gets half of it, untested where the rate
 * is constant. */
static double rate_of(bool constant, bool small)
{
    return (constant ? 1e-3 : 6e-3) * (small ? 1 : 0.5);
}

/* Sizes of the model: of the study for exp3, and of the other experiments. */
static struct nn_train_config settings_of(const struct experiment *x)
{
    struct nn_train_config cfg = nn_train_defaults();
    bool small = str_eq(x->curriculum->size, "d32");
    cfg.d_model = small ? 32 : 64;
    cfg.n_layers = 3;
    cfg.n_heads = small ? 2 : 4;
    cfg.d_ff = small ? 96 : 192;
    cfg.vocab = 640;
    cfg.threads = 1; /* several trainings at once use the cores better than several threads */
    cfg.constant_lr = str_eq(x->curriculum->schedule, "constant");
    cfg.lr = rate_of(cfg.constant_lr, small);
    cfg.by_example = str_eq(x->curriculum->loss, "example");
    cfg.name = "curriculum";
    return cfg;
}

json_t *cell_settings(const struct experiment *x)
{
    struct nn_train_config c = settings_of(x);
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:s, s:s}",
                     "d_model", c.d_model, "layers", c.n_layers, "heads", c.n_heads, "d_ff", c.d_ff,
                     "context", c.context, "vocabulary", c.vocab, "examples_per_step",
                     EXAMPLES_PER_STEP, "lr", c.lr, "beta2", c.beta2, "weight_decay",
                     c.weight_decay, "clip", c.clip, "warmup_share", x->curriculum->warmup,
                     "schedule", x->curriculum->schedule, "loss", x->curriculum->loss);
}

/* ---- files ---- */

static char *cell_path(const struct cell_job *job, const struct curriculum_cell *cell,
                       const char *suffix)
{
    char *name CLEANUP_FREE = curriculum_cell_name(cell);
    return xasprintf("%s/%s%s", job->dir, name, suffix);
}

char *cell_weights(const struct cell_job *job, const struct curriculum_cell *cell)
{
    return cell_path(job, cell, ".gguf");
}

bool cell_trained(const struct cell_job *job, const struct curriculum_cell *cell)
{
    char *weights CLEANUP_FREE = cell_weights(job, cell);
    char *record CLEANUP_FREE = cell_path(job, cell, ".json");
    return file_exists(weights) && file_exists(record);
}

json_t *cell_record(const struct cell_job *job, const struct curriculum_cell *cell)
{
    char *path CLEANUP_FREE = cell_path(job, cell, ".json");
    return cell_trained(job, cell) ? json_read_file(path, NULL) : NULL;
}

/* ---- the shared tokenizer ---- */

static char *base_path(const struct cell_job *job)
{
    return file_join(job->dir, "base.gguf");
}

/* Learnt on problems of every step count that is trained on, whatever the orders and sizes. */
int cell_train_base(const struct cell_job *job, struct err *err)
{
    char *path CLEANUP_FREE = base_path(job);
    const struct curriculum *c = job->x->curriculum;
    struct nn_train_config cfg = settings_of(job->x);
    struct curriculum_set set = {.seed = seed_derive(job->x->seed, "curriculum/tokenizer"),
                                 .n = TOKENIZER_PROBLEMS,
                                 .steps_min = c->steps_min,
                                 .steps_max = c->steps_max,
                                 .plain = str_eq(c->text, "plain")};
    struct corpus *corpus = NULL;
    if (file_exists(path))
        return 0;
    int rc = corpus_open(&set, CURRICULUM_RANDOM, ALL_ROLES, job->prompts, &corpus, err);
    if (rc < 0)
        return rc;
    struct nn_tokenizer *tokenizer = nn_train_tokenizer(&cfg, corpus_next, corpus);
    struct nn_shape shape = {.d = cfg.d_model,
                             .layers = cfg.n_layers,
                             .heads = cfg.n_heads,
                             .ff = cfg.d_ff,
                             .context = cfg.context,
                             .vocab = nn_tokenizer_size(tokenizer),
                             .eps = 1e-5f,
                             .theta = 1e4f};
    float *params CLEANUP_FREE = xcalloc(nn_params_count(&shape), sizeof *params);
    nn_params_init(&shape, 0, params);
    rc = nn_weights_write(path, &shape, params, tokenizer, "curriculum-base", err);
    nn_tokenizer_free(tokenizer);
    corpus_free(corpus);
    return rc;
}

static int shared_tokenizer(const struct cell_job *job, struct nn_tokenizer **out, struct err *err)
{
    char *path CLEANUP_FREE = base_path(job);
    struct nn_weights base;
    int rc = nn_weights_read(path, &base, err);
    if (rc < 0)
        return rc;
    *out = base.tokenizer;
    base.tokenizer = NULL;
    nn_weights_free(&base);
    return 0;
}

/* ---- a cell ---- */

struct meter {
    const struct cell_job *job;
    double loss;
    double begun;
};

static void note_progress(void *ctx, const struct nn_train_progress *p)
{
    struct meter *m = ctx;
    m->loss = p->loss;
    if (m->job->progress)
        m->job->progress(m->job->ctx, p->tokens_per_s);
}

static int write_record(const struct cell_job *job, const struct curriculum_cell *cell,
                        const struct curriculum_check *check, size_t examples, int steps,
                        const struct meter *m, struct err *err)
{
    char *weights CLEANUP_FREE = cell_weights(job, cell);
    char *path CLEANUP_FREE = cell_path(job, cell, ".json");
    char hex[HASH_HEX];
    int rc = hash_file_hex(weights, hex, err);
    if (rc < 0)
        return rc;
    json_t *record CLEANUP_JSON =
        json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:{s:I, s:I}, s:I, s:i, s:f, s:f}", "order",
                  curriculum_order_names[cell->order], "n", cell->n, "seed", cell->seed, "weights",
                  hex, "order_sha256", check->order, "multiset_sha256", check->multiset, "overlap",
                  "exact", (json_int_t)check->exact, "13_words", (json_int_t)check->ngrams,
                  "examples", (json_int_t)examples, "steps", steps, "loss", m->loss, "seconds",
                  clock_seconds() - m->begun);
    char *text CLEANUP_FREE = json_text(record);
    return file_write(path, text, strlen(text), err);
}

static int train_on(const struct cell_job *job, const struct curriculum_cell *cell,
                    struct corpus *corpus, const struct curriculum_check *check, struct err *err)
{
    struct nn_train_config cfg = settings_of(job->x);
    struct meter m = {.job = job, .begun = clock_seconds()};
    char *weights CLEANUP_FREE = cell_weights(job, cell);
    char *name CLEANUP_FREE = curriculum_cell_name(cell);
    struct nn_tokenizer *tokenizer = NULL;
    size_t n = corpus_size(corpus);
    int steps = (int)(n / EXAMPLES_PER_STEP);
    cfg.steps = steps > 0 ? steps : 1;
    cfg.examples = n;
    cfg.warmup = (int)(job->x->curriculum->warmup * cfg.steps) + 1;
    cfg.name = name;
    cfg.seed = seed_derive(job->x->seed, "curriculum/weights/%d", cell->seed);
    int rc = shared_tokenizer(job, &tokenizer, err);
    if (rc == 0)
        rc = nn_train_with(&cfg, tokenizer, corpus_next, corpus, note_progress, &m, weights, err);
    if (rc == 1)
        return err_interrupted(err);
    return rc < 0 ? rc : write_record(job, cell, check, n, cfg.steps, &m, err);
}

int cell_train(const struct cell_job *job, const struct curriculum_cell *cell, struct err *err)
{
    struct curriculum_known *known = curriculum_known_new(job->tests);
    struct curriculum_set set = curriculum_set_of(job->x, cell);
    struct curriculum_check check;
    struct corpus *corpus = NULL;
    set.known = known;
    int rc = corpus_open(&set, cell->order, ALL_ROLES, job->prompts, &corpus, err);
    if (rc == 0)
        rc = curriculum_check(&set, corpus_sequence(corpus), &check, err);
    if (rc == 0 && check.exact + check.ngrams > 0)
        rc = err_fault(err, "%zu training problems share 13 words in a row with a test",
                       check.exact + check.ngrams);
    if (rc == 0)
        rc = train_on(job, cell, corpus, &check, err);
    corpus_free(corpus);
    curriculum_known_free(known);
    return rc;
}
