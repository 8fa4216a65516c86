/* OpenAI-compatible servers (/v1/chat/completions, streamed): llama-server, vLLM, LM Studio,
 * Ollama's /v1 layer, OpenAI and compatible ones. Their differences are handled here per dialect;
 * fields that a server refuses are left out by call.c. */
#include "model/server.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/dialect.h"
#include "model/sampling.h"

static const char openai_url[] = "https://api.openai.com/v1";
static const char start_advice[] =
    "Start one (for example 'llama-server -m model.gguf --port 8080'), or say where it runs by "
    "--base_url or OPENAI_API_BASE (for example http://localhost:8080/v1)";

struct openai {
    struct server server; /* first: a server is the context of the shared functions */
    enum dialect dialect;
    /* What the latest question found; under probing. */
    struct asked {
        enum dialect dialect;
        char *name;    /* the model's; owned */
        bool unlisted; /* the server lists no models */
        struct dialect_found found;
    } asked;
};

static const struct openai *openai_of(const struct server *s)
{
    return (const struct openai *)s;
}

/* ---- requests ---- */

/* Every field that affects sampling, so that no server's default applies. */
static void add_sampling(enum dialect d, const struct model_request *q, unsigned without,
                         struct str *out)
{
    bool own_defaults = d == DIALECT_LLAMA || d == DIALECT_LMSTUDIO || d == DIALECT_VLLM;
    sampling_add_request(&q->sampling, own_defaults, without, out);
    if (!(without & FIELD_PENALTIES))
        str_add(out, ",\"presence_penalty\":0.0,\"frequency_penalty\":0.0");
    if (!(without & FIELD_SEED)) /* 31 bits: what all of them take, and no one's -1 for random */
        str_addf(out, ",\"seed\":%d", (int)(q->seed & INT32_MAX));
    if (without & FIELD_EXTRAS)
        return;
    if (d == DIALECT_LLAMA || d == DIALECT_LMSTUDIO)
        str_add(out, ",\"top_k\":0,\"repeat_penalty\":1.0");
    if (d == DIALECT_LLAMA)
        str_add(out, ",\"typical_p\":1.0");
    if (d == DIALECT_VLLM)
        str_add(out, ",\"top_k\":-1,\"repetition_penalty\":1.0");
}

static void add_schema(const char *schema, struct str *out)
{
    str_addf(out,
             ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
             "\"reply\",\"schema\":%s}}",
             schema);
}

static bool can_switch_thinking(enum dialect d)
{
    return d == DIALECT_LLAMA || d == DIALECT_VLLM;
}

static void add_fields(const struct server *s, const struct model_request *q,
                       const struct call_shape *shape, struct str *body)
{
    enum dialect d = openai_of(s)->dialect;
    unsigned without = shape->without;
    /* OpenAI's newer models know one name of the limit only, Ollama and older servers the other */
    bool new_name = (d == DIALECT_OPENAI) != !!(without & FIELD_MAX_TOKENS);
    str_addf(body, ",\"%s\":%d", new_name ? "max_completion_tokens" : "max_tokens",
             shape->max_tokens);
    if (!(without & FIELD_STREAM_OPTIONS))
        str_add(body, ",\"stream_options\":{\"include_usage\":true}");
    add_sampling(d, q, without, body);
    if (s->lora) /* in every request: without it the server uses the adapter of an earlier request
                  */
        str_addf(body, ",\"lora\":%s", s->lora);
    if (d == DIALECT_LLAMA && s->strict && !(without & FIELD_EXTRAS))
        str_add(body, ",\"cache_prompt\":false");
    if (can_switch_thinking(d) && s->think != MODEL_THINK_DEFAULT && !(without & FIELD_THINK))
        str_addf(body, ",\"chat_template_kwargs\":{\"enable_thinking\":%s}",
                 s->think == MODEL_THINK_ON ? "true" : "false");
    if (q->json_schema && !(without & FIELD_SCHEMA))
        add_schema(q->json_schema, body);
}

/* vLLM can be asked; llama-server says it when it refuses. */
static int count_prompt(struct server *s, const struct model_request *q,
                        const struct call_shape *shape)
{
    struct str text CLEANUP_STR = {0};
    if (openai_of(s)->dialect != DIALECT_VLLM)
        return 0;
    body_open(s, q, shape, &text);
    str_addc(&text, '}');
    json_t *body CLEANUP_JSON = json_loads(text.p, 0, NULL);
    char *url CLEANUP_FREE = xasprintf("%s/tokenize", s->url.root);
    pthread_mutex_lock(&s->probing);
    struct answer a = server_ask(s, url, body, 10);
    pthread_mutex_unlock(&s->probing);
    long long n = answer_ok(&a) ? json_get_int(a.json, "count", 0) : 0;
    answer_free(&a);
    return n > 0 && n < INT32_MAX ? (int)n : 0;
}

/* ---- the probe ---- */

static json_t *model_names(const json_t *models)
{
    json_t *names = json_array();
    const json_t *m;
    size_t i;
    json_array_foreach (json_object_get(models, "data"), i, m)
        json_array_append_new(names, json_string(json_get_str(m, "id", "?")));
    return names;
}

static bool is_listed(const json_t *names, const char *name)
{
    const json_t *v;
    size_t i;
    json_array_foreach (names, i, v) {
        if (strcmp(json_string_value(v), name) == 0)
            return true;
    }
    return false;
}

/* Listed, also where the list has it as Gemini ("models/NAME") or Ollama ("NAME:latest") say it. */
static bool is_served(const json_t *names, const char *name)
{
    char *long_name CLEANUP_FREE = xasprintf("models/%s", name);
    char *latest CLEANUP_FREE = xasprintf("%s:latest", name);
    return is_listed(names, name) || is_listed(names, long_name) || is_listed(names, latest);
}

/* Which model is meant and whether it is there, so that what the record names is what answers. A
 * llama-server with one model answers to any name. Caller frees *name. */
static int choose_model(const struct server *s, enum dialect d, const json_t *models, char **name,
                        struct err *err)
{
    json_t *names CLEANUP_JSON = model_names(models);
    size_t n = json_array_size(names);
    const char *only = n == 1 ? json_string_value(json_array_get(names, 0)) : NULL;
    bool any_name = !*s->model || d == DIALECT_LLAMA;
    if (!*s->model && !only)
        return server_say_missing(s, names, ". Name one by --model_name or OPENAI_MODEL", err);
    if (n > 0 && !is_served(names, s->model) && !(any_name && only))
        return server_say_missing(s, names, "", err);
    *name = xstrdup(n > 0 && !is_served(names, s->model) ? only : s->model);
    return 0;
}

static int ask_models(struct server *s, json_t **models, struct err *err)
{
    char *url CLEANUP_FREE = xasprintf("%s/models", s->url.api);
    struct answer a = server_ask(s, url, NULL, 10);
    int rc = 0;
    if (!answer_ok(&a))
        rc = server_say_unreachable(s, &a, start_advice, err);
    else
        *models = json_incref(a.json);
    answer_free(&a);
    return rc;
}

static int ask(struct server *s, json_t *id, struct err *err)
{
    struct asked *a = &((struct openai *)s)->asked;
    json_t *models CLEANUP_JSON = NULL, *head CLEANUP_JSON = NULL;
    int rc = ask_models(s, &models, err);
    if (rc < 0)
        return rc;
    a->dialect = s->identity ? openai_of(s)->dialect : dialect_find(s, models);
    a->unlisted = json_array_size(json_object_get(models, "data")) == 0;
    free(a->name);
    a->name = NULL;
    rc = choose_model(s, a->dialect, models, &a->name, err);
    if (rc < 0)
        return rc;
    head = json_pack("{s:s,s:s,s:s,s:s}", "backend", "openai", "name", a->name, "dialect",
                     dialect_name(a->dialect), "base_url", s->url.shown);
    json_object_update(id, head);
    if (s->lora)
        json_object_set_new(id, "lora", json_string(s->lora));
    return dialect_describe(s, a->dialect, a->name, models, id, &a->found, err);
}

static void warn(const struct server *s, const struct asked *a)
{
    if (*s->model && strcmp(s->model, a->name) != 0)
        log_warn("the server at %s answers to any name; its model is '%s', and that is recorded "
                 "instead of '%s'",
                 s->url.shown, a->name, s->model);
    if (a->unlisted)
        log_warn("the server at %s lists no models; '%s' is asked for nevertheless", s->url.shown,
                 a->name);
    if (a->dialect == DIALECT_OLLAMA)
        log_warn("this is Ollama's /v1 layer, which ignores the context size and cuts long prompts "
                 "silently; --model_backend ollama does not");
    if (s->think != MODEL_THINK_DEFAULT && !can_switch_thinking(a->dialect))
        log_warn("--think: this server (%s) has no switch for it; the model decides",
                 dialect_name(a->dialect));
}

static int settle(struct server *s, json_t *id, struct err *err)
{
    struct openai *o = (struct openai *)s;
    const struct dialect_found *found = &o->asked.found;
    (void)id;
    (void)err;
    warn(s, &o->asked);
    free(s->model);
    s->model = xstrdup(o->asked.name);
    o->dialect = o->asked.dialect;
    s->context = found->context;
    if (found->alive_path) {
        free(s->alive_url);
        s->alive_url = xasprintf("%s%s", s->url.root, found->alive_path);
    }
    server_open_slots(s, found->slots_known, found->slots_guess);
    return 0;
}

/* ---- the backend ---- */

static const struct protocol protocol = {.format = &stream_openai,
                                         .key_header = HTTP_BEARER,
                                         .chat_path = "/chat/completions",
                                         .alive_path = "/models",
                                         .add_fields = add_fields,
                                         .count_prompt = count_prompt,
                                         .ask = ask,
                                         .settle = settle};

static const char *from_env(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

static const char *key_of(const struct model_config *cfg)
{
    return cfg->api_key ? cfg->api_key : from_env("OPENAI_API_KEY");
}

static const char *name_of(const struct model_config *cfg)
{
    return cfg->name && *cfg->name ? cfg->name : from_env("OPENAI_MODEL");
}

static int address(const struct model_config *cfg, struct url_base *out, struct err *err)
{
    const char *from = "the server's URL", *text = cfg->base_url;
    if (!text || !*text)
        text = from_env(from = "OPENAI_API_BASE");
    if (!text)
        text = from_env(from = "OPENAI_BASE_URL");
    if (!text && key_of(cfg))
        text =
            openai_url; /* as OpenAI's own clients do; without a key nothing leaves this machine */
    if (!text)
        return err_env(err, "no model server is named. %s", start_advice);
    return url_read_openai(text, from, out, err);
}

static json_t *openai_expected(const struct model_config *cfg)
{
    struct url_base url = {0};
    bool known = address(cfg, &url, NULL) == 0;
    json_t *id =
        json_pack("{s:s*, s:s*}", "name", name_of(cfg), "base_url", known ? url.shown : NULL);
    url_base_free(&url);
    return id;
}

static int openai_open(const struct model_config *cfg, void **ctx, struct err *err)
{
    struct url_base url = {0};
    int rc = address(cfg, &url, err);
    if (rc < 0)
        return rc;
    struct model_config named = *cfg;
    named.name = name_of(cfg);
    struct openai *o = xcalloc(1, sizeof *o);
    server_init(&o->server, &protocol, &named, key_of(cfg), &url);
    *ctx = o;
    return 0;
}

static void openai_close(void *ctx)
{
    free(((struct openai *)ctx)->asked.name);
    server_close(ctx);
}

const struct model_ops model_openai = {
    .name = "openai",
    .can = MODEL_SERVER | MODEL_ADAPTERS | MODEL_THINKS,
    .prompts = "chat",
    .open = openai_open,
    .expected = openai_expected,
    .probe = server_probe,
    .chat = server_chat,
    .inspect = server_inspect,
    .slots = server_slots,
    .close = openai_close,
};
