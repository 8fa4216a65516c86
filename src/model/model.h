/* A language model behind one narrow interface. Backends are rows of const ops in one table
 * (model.c), which also says what each of them can do.
 *
 * Ownership: a reply's strings live in the arena handed to model_chat. A struct model is shared by
 * all episode threads; chat is thread-safe. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/str.h"

struct flight;
struct flight_role;

struct model_message {
    const char *role; /* "system", "user", "assistant" */
    const char *content;
};

struct model_sampling {
    double temperature; /* 0 = greedy */
    double top_p;       /* 1 = off */
    int max_tokens;     /* of this call; episode_ask clamps it to what the budget leaves */
    double min_p;       /* 0 = off */
};

struct model_request {
    const struct model_message *messages; /* [n_messages] */
    size_t n_messages;
    const char *role; /* who asks: "planner", "coder", ... (for --role_model and the record) */
    struct model_sampling sampling;
    uint64_t seed;
    const char *json_schema; /* NULL = free text; else one JSON object, which is sent as it is */
    double timeout_s; /* what the budget leaves of this call's time; 0 = no limit of its own */
    /* Whose call this is: for replay and the log, not part of the request's
     * identity. */
    struct model_key {
        const char *arm, *task;
        int sample, index; /* index: of this role's calls in the episode */
    } key;
    struct flight *flight; /* filled by model_chat: where backends note what has come so far */
};

enum model_finish {
    MODEL_FINISH_STOP,    /* the model ended its reply */
    MODEL_FINISH_LENGTH,  /* max_tokens reached */
    MODEL_FINISH_CONTEXT, /* the context is full */
};

struct model_reply {
    const char *text;      /* valid UTF-8 */
    const char *reasoning; /* thinking, kept apart; NULL when none */
    enum model_finish finish;
    int prompt_tokens, generated_tokens;
    double queue_s;       /* waiting for a slot, before service */
    double first_token_s; /* service start to first token */
    double total_s;       /* service time, queue excluded */
    int attempts;         /* 1 = no retry */
    const char
        *attempt_log; /* JSON array, one object per attempt, or NULL when the first one succeeded */
    const char *label; /* NULL, or what was odd, comma-separated (reply.h): "timeout", ... */
};

enum model_think { MODEL_THINK_DEFAULT, MODEL_THINK_ON, MODEL_THINK_OFF };

struct model_config {
    const char *backend;  /* its name in the table of backends */
    const char *name;     /* model name, or a path to a GGUF for embedded */
    const char *base_url; /* servers; NULL = the backend's default */
    const char *api_key;  /* servers; NULL = none. Never shown, logged or stored */
    const char *replay;   /* replay: the run.db to answer from */
    int max_connections;  /* requests in flight; 0 = the backend's own number of slots */
    int most_connections; /* that it never exceeds, whatever the backend says; 0 = no such limit */
    bool strict;          /* one request in flight, the server's caches off */
    enum model_think think; /* thinking models */
    const char *lora;       /* openai: sent with every request, as JSON (name.h); NULL = nothing */
    int num_ctx;            /* Ollama: the context to load, one per run; 0 = the server's default */
    double max_outage_s;    /* how long to wait for a server that went away; 0 = 600 */
};

/* What a backend can do. Other rooms ask for these instead of comparing names. */
enum model_ability {
    MODEL_SERVER = 1 << 0,   /* its models are behind a URL, maybe with an API key */
    MODEL_ADAPTERS = 1 << 1, /* a name may choose among adapters: NAME+lora=ID */
    MODEL_CONTEXT = 1 << 2,  /* the client chooses the size of the context (num_ctx) */
    MODEL_THINKS = 1 << 3,   /* has models that think */
    MODEL_WEIGHTS = 1 << 4,  /* runs a weight file itself; an experiment may name one */
    MODEL_REPLAYS = 1 << 5,  /* answers from a record, measures nothing */
};

bool model_known(const char *backend);
bool model_can(const char *backend, enum model_ability what); /* false for one unknown */
/* The folder of prompts/ where an experiment names none. */
const char *model_prompts(const char *backend);
/* Adds the names of the backends that can do this (0 = of all): "a, b or c" where last is " or ".
 */
void model_list(unsigned what, const char *last, struct str *out);

struct model;

int model_open(const struct model_config *cfg, struct model **out, struct err *err);
void model_close(struct model *m); /* NULL is legal */
/* {"name", "base_url"} of a server's model as far as they are known without asking anybody; {} of
 * other backends. Caller decrefs. */
json_t *model_expected(const struct model_config *cfg);
/* Identity as the backend gives it, for the manifest: {"backend","name","digest","context", ...}.
 * Caller decrefs. */
int model_probe(struct model *m, json_t **identity, struct err *err);
/* One request. 0 and *reply, or negative: a fault of the server or harness (never the model's).
 * -EHOSTDOWN: the server went away and stayed away for max_outage_s; the run should stop (and can
 * be continued). -ECANCELED: it might have cost more than the run may (purse.h), likewise. -EINTR:
 * a stop was requested. When a server's reply failed, *reply still tells what was tried: attempts,
 * attempt_log, and the partial text under the label "incomplete". */
int model_chat(struct model *m, const struct model_request *req, struct model_reply *reply,
               struct arena *arena, struct err *err);
/* What the server shows of how it would read this request, as far as it shows anything:
 * {"template", "rendered" (the prompt as text), "rendered_tokens", "how"}. Caller decrefs. */
int model_inspect(struct model *m, const struct model_request *req, json_t **facts,
                  struct err *err);
/* The calls under way, as flights_json (flight.h) has them. */
json_t *model_flights(struct model *m);
/* The same by role, and the tokens written since it was opened (flight.h). */
size_t model_flight_roles(struct model *m, struct flight_role *out, size_t cap);
long model_tokens(struct model *m);
int model_slots(const struct model *m); /* how many requests are worth having in flight */
const char *model_finish_name(enum model_finish f); /* "stop", "length", "context" */
enum model_finish model_finish_parse(const char *name);

/* The request's canonical JSON (messages, role, sampling, seed, schema) as it is recorded, and its
 * SHA-256. Caller frees. */
char *model_request_text(const struct model_request *req, char hash[HASH_HEX]);
