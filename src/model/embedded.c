/* The embedded model as a backend: the engine of src/nn on a GGUF file. */
#include "model/backend.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "nn/engine.h"

enum { DEFAULT_SLOTS = 32 };

struct embedded {
    char *file; /* base name; owned */
    struct nn_engine *engine;
    int slots;
};

static int embedded_open(const struct model_config *cfg, void **ctx, struct err *err)
{
    char *path CLEANUP_FREE = file_find_data(cfg->name);
    struct nn_engine *engine = NULL;
    if (!path && !file_exists(cfg->name))
        return err_input(err,
                         "'%s' is no file, and the embedded model is one (GGUF); a model of a "
                         "server needs its backend beside its name: --model_backend ollama",
                         cfg->name);
    int slots = cfg->max_connections > 0 ? cfg->max_connections : DEFAULT_SLOTS;
    int rc = nn_engine_open(path ? path : cfg->name, slots, &engine, err);
    if (rc)
        return rc;
    struct embedded *e = xmalloc(sizeof *e);
    *e = (struct embedded){xstrdup(file_base(path ? path : cfg->name)), engine, slots};
    *ctx = e;
    return 0;
}

static int embedded_probe(void *ctx, json_t **identity, struct err *err)
{
    (void)err;
    struct embedded *e = ctx;
    struct nn_info i;
    nn_engine_info(e->engine, &i);
    *identity = json_pack("{s:s,s:s,s:s,s:s,s:I,s:i,s:i,s:i,s:i,s:i,s:i,s:s}", "backend",
                          "embedded", "name", i.name, "file", e->file, "digest", i.sha256,
                          "parameters", (json_int_t)i.n_params, "d_model", i.d_model, "layers",
                          i.n_layers, "heads", i.n_heads, "d_ff", i.d_ff, "context", i.context,
                          "vocabulary", i.vocab, "chat_template", i.chat_template);
    return 0;
}

static int embedded_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                         struct arena *arena, struct err *err)
{
    static const enum model_finish finishes[] = {[NN_STOP] = MODEL_FINISH_STOP,
                                                 [NN_LENGTH] = MODEL_FINISH_LENGTH,
                                                 [NN_CONTEXT] = MODEL_FINISH_CONTEXT};
    struct embedded *e = ctx;
    struct nn_message *messages = arena_alloc(arena, req->n_messages * sizeof *messages);
    for (size_t i = 0; i < req->n_messages; i++)
        messages[i] = (struct nn_message){req->messages[i].role, req->messages[i].content};
    struct nn_request q = {.messages = messages,
                           .n_messages = req->n_messages,
                           .sampling = {.temperature = req->sampling.temperature,
                                        .top_p = req->sampling.top_p,
                                        .min_p = req->sampling.min_p},
                           .max_tokens = req->sampling.max_tokens,
                           .seed = req->seed};
    struct nn_reply r = {0};
    int rc = nn_generate(e->engine, &q, &r, err);
    if (rc)
        return rc;
    *reply = (struct model_reply){.text = arena_strdup(arena, r.text),
                                  .finish = finishes[r.finish],
                                  .prompt_tokens = r.prompt_tokens,
                                  .generated_tokens = r.generated_tokens,
                                  .queue_s = r.queue_s,
                                  .first_token_s = r.first_token_s,
                                  .total_s = r.total_s,
                                  .attempts = 1};
    free(r.text);
    return 0;
}

static int embedded_slots(const void *ctx)
{
    const struct embedded *e = ctx;
    return e->slots;
}

static void embedded_close(void *ctx)
{
    struct embedded *e = ctx;
    nn_engine_close(e->engine);
    free(e->file);
    free(e);
}

const struct model_ops model_embedded = {
    .name = "embedded",
    .can = MODEL_WEIGHTS,
    .prompts = "tiny",
    .open = embedded_open,
    .probe = embedded_probe,
    .chat = embedded_chat,
    .slots = embedded_slots,
    .close = embedded_close,
};
