/* Shared by the HTTP backends: the server's address, its connections, timeouts, refused fields, and
 * one call to it (call.c, the only retry layer).
 *
 * A backend (ollama.c, openai.c) begins its context with a struct server, opens it from the
 * configuration without touching the network, and completes it in its probe: name, slots, context.
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include "model/backend.h"
#include "model/http.h"
#include "model/outage.h"
#include "model/redact.h"
#include "model/refusal.h"
#include "model/retry.h"
#include "model/slots.h"
#include "model/stream.h"
#include "model/url.h"

struct server;

/* How this call's body departs from the plain one. */
struct call_shape {
    int max_tokens;     /* what is asked for */
    unsigned without;   /* refusal_field bits the server does not take */
    bool short_of_room; /* max_tokens is what the context leaves */
};

/* The differences between kinds of servers; a const table in the backend's file. */
struct protocol {
    const struct stream_format *format;
    const char *key_header; /* what stands before the API key: HTTP_BEARER */
    const char *chat_path;  /* below the URL's api */
    const char *alive_path; /* what an outage asks until a probe knows better */
    /* The fields of the body behind model, messages and stream, each with its comma before it. */
    void (*add_fields)(const struct server *s, const struct model_request *q,
                       const struct call_shape *shape, struct str *body);
    /* How many tokens the prompt has, 0 = the server cannot say. NULL = none can. */
    int (*count_prompt)(struct server *s, const struct model_request *q,
                        const struct call_shape *shape);
    /* Asks who is there and adds to id what tells models apart. Changes nothing that calls use:
     * it is asked again while they go on. -ENOENT: the model is not there. */
    int (*ask)(struct server *s, json_t *id, struct err *err);
    /* The first time, behind that: the model is loaded, context and slots are settled. */
    int (*settle)(struct server *s, json_t *id, struct err *err);
};

struct server {
    const struct protocol *protocol;
    struct url_base url;
    char *chat_url, *alive_url;
    char *model;    /* the name sent with every request */
    char *lora;     /* JSON, sent with every request; NULL = nothing */
    char *api_key;  /* NULL = none */
    char *key_line; /* the header that carries it; NULL = none */
    struct redact redact;
    struct http_options http;
    double first_s, idle_s; /* silence allowed before and between tokens */
    bool strict;
    enum model_think think;
    int num_ctx;        /* asked for; 0 = the server's default */
    int context;        /* tokens a request may have; 0 = unknown */
    atomic_int density; /* bytes per 100 tokens of prompts, the most seen; 0 = none yet (reply.c) */
    atomic_bool uncounted; /* a reply left tokens uncounted, and that was said */
    int max_connections;   /* asked for; 0 = as the server */
    int most_connections;  /* never more; 0 = no limit */
    atomic_uint without;   /* refusal_field bits, learned */
    struct slots *slots;   /* NULL until probed */
    struct retry_budget retries;
    struct outage outage;
    pthread_mutex_t probing;      /* guards asker, the probe and what it found */
    struct http *asker;           /* for questions beside the calls */
    json_t *identity;             /* NULL until probed */
    json_t *changed;              /* who answers there now, when it is another model; else NULL */
    char *weights, *weights_hash; /* the local file that was hashed, with size and time */
    atomic_bool probed;
    double recheck_s;      /* how often it is asked who is there */
    atomic_llong asked_ms; /* when that was, by the clock */
    atomic_bool shaken;    /* a connection was lost or made anew since */
    atomic_bool unsure;    /* the latest question found no answer */
    atomic_bool is_other;  /* changed is set */
};

/* url must be filled and is taken over. The environment's HRM_FIRST_TOKEN_SECONDS and
 * HRM_IDLE_SECONDS replace the limits of 300 and 60 s, HRM_IDENTITY_SECONDS the 300 s after which
 * it is asked again who answers. */
void server_init(struct server *s, const struct protocol *protocol, const struct model_config *cfg,
                 const char *api_key, struct url_base *url);
/* The pool: max_connections, else `known` slots of the server, else `guess`; 1 in strict mode.
 * Never more than the server is known to have, and than most_connections. */
void server_open_slots(struct server *s, int known, int guess);

/* Is it the same model still? Asked at the start of a call, when it is time (started 0), and before
 * a reply counts whose request went out at `started` while a connection had been lost or made anew.
 * -EHOSTDOWN (ERR_ENV) when another one answers: the run must stop. A server that does not answer
 * is the same one. */
int server_recheck(struct server *s, double started, struct err *err);

/* The functions of model_ops for a context that begins with a struct server. The server is asked
 * who it is once; identity may be NULL. */
int server_probe(void *server, json_t **identity, struct err *err);
int server_chat(void *server, const struct model_request *q, struct model_reply *reply,
                struct arena *arena, struct err *err);
int server_inspect(void *server, const struct model_request *q, json_t **facts, struct err *err);
int server_slots(const void *server);
void server_close(void *server);

/* A question to the server: GET, or POST when body is not NULL. */
struct answer {
    enum http_fault fault;
    long status;
    json_t *json;      /* NULL when the body is no JSON object */
    char message[256]; /* of a fault, or the error body's sentence; no secrets */
};

/* url: absolute. Needs `probing` held by the caller, who frees with answer_free. */
struct answer server_ask(struct server *s, const char *url, const json_t *body, double timeout_s);
void answer_free(struct answer *a);
bool answer_ok(const struct answer *a); /* 200 with a JSON object */
/* server_ask on root + path. */
struct answer server_get(struct server *s, const char *path);
bool server_alive(void *server);
/* The sentence for a server that cannot be asked: not there, no key, no such page. `start` says how
 * to have one. ERR_ENV. */
int server_say_unreachable(const struct server *s, const struct answer *a, const char *start,
                           struct err *err);
/* "'x' is not on the server at URL; it has: a, b, c" and `advice`. ERR_INPUT. */
int server_say_missing(const struct server *s, const json_t *names, const char *advice,
                       struct err *err);
/* SHA-256 of a text into identity[key], if there is a text. */
void server_put_hash(json_t *identity, const char *key, const char *text);

/* The body of a chat request, and the opening of one: {"model":...,"messages":[...]. Caller frees.
 */
void body_open(const struct server *s, const struct model_request *q,
               const struct call_shape *shape, struct str *body);
char *body_make(const struct server *s, const struct model_request *q,
                const struct call_shape *shape);

/* One request, with everything backends.md asks of a client. Contract of model_chat. */
int call_chat(struct server *s, const struct model_request *q, struct model_reply *reply,
              struct arena *arena, struct err *err);
