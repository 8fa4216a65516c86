/* The ops table of a backend. Each backend is one file and one row in model.c. */
#pragma once
#include "model/model.h"

struct model_ops {
    const char *name;
    unsigned can;        /* model_ability bits */
    const char *prompts; /* the folder of prompts/ that suits its models */
    int (*open)(const struct model_config *cfg, void **ctx, struct err *err);
    json_t *(*expected)(const struct model_config *cfg); /* servers; model_expected */
    int (*probe)(void *ctx, json_t **identity, struct err *err);
    int (*chat)(void *ctx, const struct model_request *req, struct model_reply *reply,
                struct arena *arena, struct err *err);
    /* NULL = there is nothing to show. */
    int (*inspect)(void *ctx, const struct model_request *req, json_t **facts, struct err *err);
    int (*slots)(const void *ctx);
    void (*close)(void *ctx);
};

extern const struct model_ops model_embedded, model_ollama, model_openai, model_replay;

/* A model from an ops table, for tests and wrappers. The model owns ctx through ops->close. */
struct model *model_from_ops(const struct model_ops *ops, void *ctx);
/* The ctx of a model with these ops, NULL for any other. */
void *model_context(const struct model *m, const struct model_ops *ops);
