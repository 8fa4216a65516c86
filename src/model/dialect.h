/* Which server is behind an OpenAI-compatible address, and its own facts about itself. */
#pragma once
#include "model/server.h"

enum dialect {
    DIALECT_OTHER,
    DIALECT_LLAMA, /* llama-server of llama.cpp */
    DIALECT_VLLM,
    DIALECT_OLLAMA, /* its /v1 layer */
    DIALECT_LMSTUDIO,
    DIALECT_OPENAI,
};

const char *dialect_name(enum dialect d);
/* `models`: the answer of /v1/models. Asks the server where that does not tell. */
enum dialect dialect_find(struct server *s, const json_t *models);
struct dialect_found {
    int context;                  /* 0 = not said */
    int slots_known, slots_guess; /* server_open_slots */
    const char *alive_path;       /* below the root; NULL = as it is */
};

/* Waits until the model is loaded where that can be asked, and adds to id what there is to know of
 * the model `name`: server, digest, quantization, context, chat_template, ... */
int dialect_describe(struct server *s, enum dialect d, const char *name, const json_t *models,
                     json_t *id, struct dialect_found *found, struct err *err);
