/* See discover.h. */
#include "model/discover.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/http.h"
#include "model/url.h"

enum { MAX_BODY = 4 << 20 };

struct look {
    const struct discover_place *place;
    double timeout_s;
    struct http *http;
    struct str body;
    json_t *found;
};

static int take_body(void *user, long status, const char *bytes, size_t n)
{
    struct look *l = user;
    (void)status;
    if (l->body.len + n > MAX_BODY)
        return HTTP_ABORT;
    str_addn(&l->body, bytes, n);
    return HTTP_GO_ON;
}

/* The status, 0 when there was no whole response. *out is NULL unless it is 200 and JSON. */
static long get(struct look *l, const char *base, const char *path, json_t **out)
{
    char *url CLEANUP_FREE = xasprintf("%s%s", base, path);
    struct http_request q = {.url = url,
                             .first_s = l->timeout_s,
                             .idle_s = l->timeout_s,
                             .total_s = l->timeout_s,
                             .on_body = take_body,
                             .user = l};
    struct http_result r = {0};
    str_clear(&l->body);
    http_perform(l->http, &q, &r);
    *out = NULL;
    if (r.fault != HTTP_OK)
        return 0;
    if (r.status == 200)
        *out = json_parse(str_text(&l->body), l->body.len, path, NULL);
    return r.status;
}

static void set_text(json_t *o, const char *key, const json_t *value)
{
    if (json_is_string(value) && *json_string_value(value))
        json_object_set(o, key, (json_t *)value);
}

static void set_number(json_t *o, const char *key, const json_t *value)
{
    if (json_is_integer(value))
        json_object_set(o, key, (json_t *)value);
}

/* ---- Ollama ---- */

static json_t *ollama_models(const json_t *tags)
{
    json_t *models = json_array();
    const json_t *m;
    size_t i;
    json_array_foreach (json_object_get(tags, "models"), i, m) {
        const json_t *details = json_object_get(m, "details");
        json_t *o = json_object();
        set_text(o, "name", json_object_get(m, "name"));
        set_text(o, "digest", json_object_get(m, "digest"));
        set_text(o, "quantization", json_object_get(details, "quantization_level"));
        set_text(o, "parameters", json_object_get(details, "parameter_size"));
        json_array_append_new(models, o);
    }
    return models;
}

/* True when this is decided: it is Ollama, or there is no server. */
static bool look_for_ollama(struct look *l)
{
    json_t *version CLEANUP_JSON = NULL, *tags CLEANUP_JSON = NULL;
    const char *root = l->place->at->root;
    long status = get(l, root, "/api/version", &version);
    if (!json_is_string(json_object_get(version, "version")))
        return status == 0;
    get(l, root, "/api/tags", &tags);
    l->found = json_pack("{s:s, s:s}", "url", l->place->at->shown, "kind", "Ollama");
    set_text(l->found, "version", json_object_get(version, "version"));
    json_object_set_new(l->found, "models", ollama_models(tags));
    return true;
}

/* ---- other servers ---- */

static json_t *openai_models(const json_t *list)
{
    json_t *models = json_array();
    const json_t *m;
    size_t i;
    json_array_foreach (json_object_get(list, "data"), i, m) {
        const json_t *meta = json_object_get(m, "meta"); /* llama-server's */
        json_t *o = json_object();
        set_text(o, "name", json_object_get(m, "id"));
        set_number(o, "parameters", json_object_get(meta, "n_params"));
        set_number(o, "context", json_object_get(meta, "n_ctx_train"));
        set_number(o, "context", json_object_get(m, "max_model_len")); /* vLLM's */
        json_array_append_new(models, o);
    }
    return models;
}

static const char *kind_of(const json_t *list, const json_t *props)
{
    const json_t *first = json_array_get(json_object_get(list, "data"), 0);
    if (props)
        return "llama-server";
    return str_eq(json_get_str(first, "owned_by", ""), "vllm") ? "vLLM" : "OpenAI-compatible";
}

static void look_for_openai(struct look *l)
{
    json_t *list CLEANUP_JSON = NULL, *props CLEANUP_JSON = NULL;
    long status = get(l, l->place->at->api, "/models", &list);
    if (status == 0 || (status == 200 && !json_object_get(list, "data")))
        return; /* no server, or not a model server */
    l->found = json_pack("{s:s}", "url", l->place->at->shown);
    if (status != 200) {
        char *why CLEANUP_FREE =
            xasprintf("HTTP %ld%s", status, status == 401 ? ", it wants an API key" : "");
        json_object_set_new(l->found, "error", json_string(why));
        return;
    }
    get(l, l->place->at->root, "/props", &props);
    json_object_set_new(l->found, "kind", json_string(kind_of(list, props)));
    set_text(l->found, "version", json_object_get(props, "build_info"));
    set_number(l->found, "slots", json_object_get(props, "total_slots"));
    json_object_set_new(l->found, "models", openai_models(list));
}

json_t *discover_at(const struct discover_place *place, double timeout_s)
{
    struct look l = {.place = place, .timeout_s = timeout_s};
    char *key_line CLEANUP_FREE =
        place->api_key ? xasprintf("%s%s", HTTP_BEARER, place->api_key) : NULL;
    l.http = http_new(&(struct http_options){
        .key_line = key_line, .loopback = place->at->loopback, .connect_s = timeout_s});
    if (!look_for_ollama(&l))
        look_for_openai(&l);
    http_free(l.http);
    str_free(&l.body);
    return l.found;
}

/* ---- all at once ---- */

struct search {
    const struct discover_place *place;
    double timeout_s;
    pthread_t thread;
    bool running;
    json_t *found;
};

static void *search(void *arg)
{
    struct search *s = arg;
    s->found = discover_at(s->place, s->timeout_s);
    return NULL;
}

json_t *discover_all(const struct discover_place *places, size_t n, double timeout_s)
{
    struct search *all = xcalloc(n + 1, sizeof *all);
    json_t *found = json_array();
    for (size_t i = 0; i < n; i++) {
        all[i] = (struct search){.place = &places[i], .timeout_s = timeout_s};
        all[i].running = pthread_create(&all[i].thread, NULL, search, &all[i]) == 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (all[i].running)
            pthread_join(all[i].thread, NULL);
        if (all[i].found)
            json_array_append_new(found, all[i].found);
    }
    free(all);
    return found;
}
