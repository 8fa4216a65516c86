/* Ollama by its own protocol (/api/chat): the only one on which it takes a context size and refuses
 * to cut a prompt silently. Facts as of Ollama 0.33. */
#include "model/server.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/sampling.h"

static const char default_url[] = "http://localhost:11434";
static const char start_advice[] = "Start it with 'ollama serve' (see https://ollama.com), or say "
                                   "where it runs by --base_url or OLLAMA_BASE_URL";

/* ---- requests ---- */

/* Every field that affects sampling, so that no default of a Modelfile or version applies. */
static void add_options(const struct server *s, const struct model_request *q,
                        const struct call_shape *shape, struct str *out)
{
    str_add(out, "{\"top_k\":0,\"typical_p\":1.0,\"repeat_penalty\":1.0,"
                 "\"presence_penalty\":0.0,\"frequency_penalty\":0.0");
    sampling_add_request(&q->sampling, true, shape->without, out);
    str_addf(out, ",\"seed\":%d,\"num_predict\":%d", (int)(q->seed & INT32_MAX), shape->max_tokens);
    if (s->num_ctx > 0)
        str_addf(out, ",\"num_ctx\":%d", s->num_ctx);
    str_addc(out, '}');
}

static void add_fields(const struct server *s, const struct model_request *q,
                       const struct call_shape *shape, struct str *body)
{
    /* truncate: a prompt too long is refused instead of cut; shift: a full context ends the reply
     * instead of dropping its beginning */
    str_add(body, ",\"truncate\":false,\"shift\":false,\"options\":");
    add_options(s, q, shape, body);
    if (s->think != MODEL_THINK_DEFAULT)
        str_addf(body, ",\"think\":%s", s->think == MODEL_THINK_ON ? "true" : "false");
    if (q->json_schema && !(shape->without & FIELD_SCHEMA))
        str_addf(body, ",\"format\":%s", q->json_schema);
}

/* ---- the probe ---- */

/* "llama3.1" is "llama3.1:latest". */
static bool same_model(const char *asked, const char *listed)
{
    size_t n = strlen(asked);
    if (strcasecmp(asked, listed) == 0)
        return true;
    return !strchr(asked, ':') && strncasecmp(asked, listed, n) == 0 &&
           strcasecmp(listed + n, ":latest") == 0;
}

/* The entry of our model in the "models" of /api/tags or /api/ps, borrowed; NULL if absent. */
static const json_t *find_model(const struct server *s, const json_t *answer)
{
    const json_t *m;
    size_t i;
    json_array_foreach (json_object_get(answer, "models"), i, m) {
        if (same_model(s->model, json_get_str(m, "name", json_get_str(m, "model", ""))))
            return m;
    }
    return NULL;
}

static int say_missing(const struct server *s, const json_t *tags, struct err *err)
{
    json_t *names CLEANUP_JSON = json_array();
    const json_t *m;
    size_t i;
    json_array_foreach (json_object_get(tags, "models"), i, m)
        json_array_append_new(names, json_string(json_get_str(m, "name", "?")));
    if (!*s->model)
        return server_say_missing(s, names, ". Name one by --model_name", err);
    char *advice CLEANUP_FREE = xasprintf(". To get it: ollama pull %s", s->model);
    int rc = server_say_missing(s, names, advice, err);
    if (err)
        err->kind = ERR_ENV; /* the name may be right: it can be had */
    return rc;
}

static int read_tags(struct server *s, json_t *id, struct err *err)
{
    struct answer a = server_get(s, "/api/tags");
    const json_t *m = find_model(s, a.json), *details = json_object_get(m, "details");
    int rc = 0;
    if (!answer_ok(&a))
        rc = server_say_unreachable(s, &a, start_advice, err);
    else if (!m)
        rc = say_missing(s, a.json, err);
    if (rc == 0) {
        json_object_set_new(id, "digest", json_string(json_get_str(m, "digest", "")));
        json_object_set_new(id, "quantization",
                            json_string(json_get_str(details, "quantization_level", "")));
        json_object_set_new(id, "parameters",
                            json_string(json_get_str(details, "parameter_size", "")));
        json_object_set_new(id, "family", json_string(json_get_str(details, "family", "")));
    }
    answer_free(&a);
    return rc;
}

static bool listed(const json_t *array, const char *word)
{
    const json_t *v;
    size_t i;
    json_array_foreach (array, i, v) {
        if (json_is_string(v) && strcmp(json_string_value(v), word) == 0)
            return true;
    }
    return false;
}

static int read_show(struct server *s, json_t *id, struct err *err)
{
    json_t *body CLEANUP_JSON = json_pack("{s:s}", "model", s->model);
    char *url CLEANUP_FREE = xasprintf("%s/show", s->url.api);
    struct answer a = server_ask(s, url, body, 30);
    json_t *can = json_object_get(a.json, "capabilities"), *v;
    const char *key;
    server_put_hash(id, "chat_template", json_get_str(a.json, "template", NULL));
    json_object_foreach (json_object_get(a.json, "model_info"), key, v) {
        if (str_ends(key, ".context_length") && json_is_integer(v))
            json_object_set(id, "context_trained", v);
    }
    if (can)
        json_object_set(id, "capabilities", can);
    int rc = 0;
    if (s->think == MODEL_THINK_ON && can && !listed(can, "thinking"))
        rc = err_input(err, "--think on: the model '%s' cannot think", s->model);
    answer_free(&a);
    return rc;
}

/* Loads the model with the run's own num_ctx, so that no call pays for it; a request without
 * messages does just that. */
static int preload(struct server *s, struct err *err)
{
    json_t *body CLEANUP_JSON =
        json_pack("{s:s,s:[],s:b,s:{}}", "model", s->model, "messages", "stream", 0, "options");
    if (s->num_ctx > 0)
        json_object_set_new(json_object_get(body, "options"), "num_ctx", json_integer(s->num_ctx));
    log_info("loading %s on the Ollama server at %s", s->model, s->url.shown);
    struct answer a = server_ask(s, s->chat_url, body, s->first_s);
    int rc = 0;
    if (a.fault)
        rc = server_say_unreachable(s, &a, start_advice, err);
    else if (a.status != 200)
        rc = err_env(err, "the Ollama server at %s cannot load '%s' (HTTP %ld: %s)", s->url.shown,
                     s->model, a.status, a.message);
    answer_free(&a);
    return rc;
}

static void read_running(struct server *s, json_t *id)
{
    struct answer a = server_get(s, "/api/ps");
    s->context = (int)json_get_int(find_model(s, a.json), "context_length", s->num_ctx);
    if (s->context > 0)
        json_object_set_new(id, "context", json_integer(s->context));
    if (s->context > 0 && s->context < s->num_ctx)
        log_warn("Ollama has loaded %s with a context of %d tokens, not the %d asked for; prompts "
                 "are held against what it has",
                 s->model, s->context, s->num_ctx);
    answer_free(&a);
}

static void read_version(struct server *s, json_t *id)
{
    struct answer a = server_get(s, "/api/version");
    char *text CLEANUP_FREE = xasprintf("Ollama %s", json_get_str(a.json, "version", "?"));
    json_object_set_new(id, "server", json_string(text));
    answer_free(&a);
}

/* Its number of parallel requests cannot be asked for; on this machine the environment may name it.
 */
static int slots_hint(const struct server *s)
{
    const char *text = s->url.loopback ? getenv("OLLAMA_NUM_PARALLEL") : NULL;
    long n = text ? strtol(text, NULL, 10) : 1;
    return n >= 1 && n <= 1024 ? (int)n : 1;
}

static int ask(struct server *s, json_t *id, struct err *err)
{
    json_t *head CLEANUP_JSON = json_pack("{s:s,s:s,s:s,s:s}", "backend", "ollama", "name",
                                          s->model, "dialect", "ollama", "base_url", s->url.shown);
    json_object_update(id, head);
    int rc = read_tags(s, id, err);
    if (rc == 0)
        rc = read_show(s, id, err);
    return rc;
}

static int settle(struct server *s, json_t *id, struct err *err)
{
    int rc = preload(s, err);
    if (rc < 0)
        return rc;
    read_running(s, id);
    read_version(s, id);
    server_open_slots(s, 0, slots_hint(s));
    return 0;
}

/* ---- the backend ---- */

static const struct protocol protocol = {.format = &stream_ollama,
                                         .key_header = HTTP_BEARER,
                                         .chat_path = "/chat",
                                         .alive_path = "/version",
                                         .add_fields = add_fields,
                                         .ask = ask,
                                         .settle = settle};

static int address(const struct model_config *cfg, struct url_base *out, struct err *err)
{
    const char *from = "the server's URL", *text = cfg->base_url;
    if (!text || !*text)
        text = getenv(from = "OLLAMA_BASE_URL");
    if (!text || !*text)
        text = getenv(from = "OLLAMA_HOST");
    if (!text || !*text)
        text = default_url;
    return url_read_ollama(text, from, out, err);
}

static json_t *ollama_expected(const struct model_config *cfg)
{
    struct url_base url = {0};
    bool known = address(cfg, &url, NULL) == 0;
    json_t *id = json_pack("{s:s*, s:s*}", "name", cfg->name, "base_url", known ? url.shown : NULL);
    url_base_free(&url);
    return id;
}

static int ollama_open(const struct model_config *cfg, void **ctx, struct err *err)
{
    struct url_base url = {0};
    int rc = address(cfg, &url, err);
    if (rc < 0)
        return rc;
    struct server *s = xmalloc(sizeof *s);
    server_init(s, &protocol, cfg, cfg->api_key ? cfg->api_key : getenv("OLLAMA_API_KEY"), &url);
    *ctx = s;
    return 0;
}

const struct model_ops model_ollama = {
    .name = "ollama",
    .can = MODEL_SERVER | MODEL_CONTEXT | MODEL_THINKS,
    .prompts = "chat",
    .open = ollama_open,
    .expected = ollama_expected,
    .probe = server_probe,
    .chat = server_chat,
    .inspect = server_inspect,
    .slots = server_slots,
    .close = server_close,
};
