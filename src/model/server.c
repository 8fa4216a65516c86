/* See server.h. */
#include "model/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/identity.h"
#include "model/wirejson.h"

static const double connect_s = 5, first_default_s = 300, idle_default_s = 60;
static const double outage_default_s = 600, ask_s = 10;
static const double recheck_default_s = 300, recheck_least_s = 5;
enum { ANSWER_MAX = 8 << 20, LISTED_NAMES = 12 };

static double seconds_from_env(const char *name, double fallback)
{
    const char *text = getenv(name);
    double s = text ? strtod(text, NULL) : 0;
    return s > 0 && s < 1e6 ? s : fallback;
}

void server_init(struct server *s, const struct protocol *protocol, const struct model_config *cfg,
                 const char *api_key, struct url_base *url)
{
    *s = (struct server){.protocol = protocol,
                         .url = *url,
                         .chat_url = xasprintf("%s%s", url->api, protocol->chat_path),
                         .alive_url = xasprintf("%s%s", url->api, protocol->alive_path),
                         .model = xstrdup(cfg->name ? cfg->name : ""),
                         .lora = cfg->lora ? xstrdup(cfg->lora) : NULL,
                         .api_key = api_key && *api_key ? xstrdup(api_key) : NULL,
                         .first_s = seconds_from_env("HRM_FIRST_TOKEN_SECONDS", first_default_s),
                         .idle_s = seconds_from_env("HRM_IDLE_SECONDS", idle_default_s),
                         .recheck_s = seconds_from_env("HRM_IDENTITY_SECONDS", recheck_default_s),
                         .strict = cfg->strict,
                         .think = cfg->think,
                         .num_ctx = cfg->num_ctx,
                         .max_connections = cfg->max_connections,
                         .most_connections = cfg->most_connections};
    *url = (struct url_base){0};
    if (s->api_key)
        s->key_line = xasprintf("%s%s", protocol->key_header, s->api_key);
    s->http = (struct http_options){
        .key_line = s->key_line, .loopback = s->url.loopback, .connect_s = connect_s};
    redact_add(&s->redact, s->api_key);
    redact_add_url(&s->redact, s->url.root);
    pthread_mutex_init(&s->probing, NULL);
    outage_init(&s->outage, s->url.shown,
                cfg->max_outage_s > 0 ? cfg->max_outage_s : outage_default_s, server_alive, s);
    s->asker = http_new(&s->http);
    if (s->api_key && !s->url.encrypted && !s->url.loopback)
        log_warn("the API key travels unencrypted to %s", s->url.shown);
}

void server_close(void *server)
{
    struct server *s = server;
    slots_free(s->slots);
    http_free(s->asker);
    outage_destroy(&s->outage);
    pthread_mutex_destroy(&s->probing);
    redact_free(&s->redact);
    url_base_free(&s->url);
    json_decref(s->identity);
    json_decref(s->changed);
    free(s->weights);
    free(s->weights_hash);
    free(s->chat_url);
    free(s->alive_url);
    free(s->model);
    free(s->lora);
    free(s->api_key);
    free(s->key_line);
    free(s);
}

void server_open_slots(struct server *s, int known, int guess)
{
    int n = s->max_connections > 0 ? s->max_connections : known > 0 ? known : guess;
    if (known > 0 && n > known)
        n = known;
    if (s->most_connections > 0 && n > s->most_connections)
        n = s->most_connections;
    if (s->strict)
        n = 1;
    slots_free(s->slots);
    s->slots = slots_new(n, &s->http);
}

int server_slots(const void *server)
{
    const struct server *s = server;
    if (s->slots)
        return slots_count(s->slots);
    return s->strict || s->max_connections < 1 ? 1 : s->max_connections;
}

static long long now_ms(void)
{
    return (long long)(clock_seconds() * 1000);
}

static int identify(struct server *s, struct err *err)
{
    json_t *id CLEANUP_JSON = json_object();
    int rc = s->protocol->ask(s, id, err);
    if (rc == 0)
        rc = s->protocol->settle(s, id, err);
    if (rc < 0)
        return rc;
    json_object_set_new(id, "slots", json_integer(server_slots(s)));
    atomic_store(&s->asked_ms, now_ms());
    s->identity = json_incref(id);
    return 0;
}

int server_probe(void *server, json_t **identity, struct err *err)
{
    struct server *s = server;
    if (!identity && atomic_load(&s->probed))
        return 0;
    pthread_mutex_lock(&s->probing);
    int rc = s->identity ? 0 : identify(s, err);
    atomic_store(&s->probed, rc == 0);
    if (rc == 0 && identity)
        *identity = json_deep_copy(s->changed ? s->changed : s->identity);
    pthread_mutex_unlock(&s->probing);
    return rc;
}

/* ---- who is there ---- */

static int say_changed(const struct server *s, const char *what, struct err *err)
{
    err_env(err, "another model answers at %s than the run began with: %s", s->url.shown, what);
    if (err)
        err->code = -EHOSTDOWN;
    return -EHOSTDOWN;
}

static int ask_again(struct server *s, struct err *err)
{
    struct err why = {0};
    json_t *id CLEANUP_JSON = json_object();
    atomic_store(&s->shaken, false);
    atomic_store(&s->unsure, false);
    atomic_store(&s->asked_ms, now_ms());
    int rc = s->protocol->ask(s, id, &why);
    char *diff CLEANUP_FREE = rc == 0         ? identity_diff(s->identity, id)
                              : rc == -ENOENT ? xstrdup(why.msg)
                                              : NULL;
    if (rc < 0 && rc != -ENOENT) /* nobody can tell: the calls will see, and it is asked again */
        atomic_store(&s->unsure, true);
    if (!diff)
        return 0;
    s->changed = json_incref(id);
    json_object_set_new(id, "difference", json_string(diff));
    return say_changed(s, diff, err);
}

int server_recheck(struct server *s, double started, struct err *err)
{
    long long asked = atomic_load(&s->asked_ms);
    double age = (double)(now_ms() - asked) / 1000;
    bool due = age > s->recheck_s || (age > recheck_least_s && atomic_load(&s->unsure));
    if (!due && !atomic_load(&s->shaken) && !atomic_load(&s->is_other))
        return 0;
    pthread_mutex_lock(&s->probing);
    int rc = 0;
    if (s->changed)
        rc = say_changed(s, json_get_str(s->changed, "difference", ""), err);
    else if (atomic_load(&s->asked_ms) == asked && (due || (double)asked / 1000 <= started))
        rc = ask_again(s, err);
    atomic_store(&s->is_other, s->changed != NULL);
    pthread_mutex_unlock(&s->probing);
    return rc;
}

int server_chat(void *server, const struct model_request *q, struct model_reply *reply,
                struct arena *arena, struct err *err)
{
    int rc = server_probe(server, NULL, err);
    return rc < 0 ? rc : call_chat(server, q, reply, arena, err);
}

/* ---- questions ---- */

static int collect(void *user, long status, const char *bytes, size_t n)
{
    struct str *body = user;
    (void)status;
    str_addn(body, bytes, n);
    return body->len > ANSWER_MAX ? HTTP_ABORT : HTTP_GO_ON;
}

struct answer server_ask(struct server *s, const char *url, const json_t *body, double timeout_s)
{
    struct str got CLEANUP_STR = {0};
    char *post CLEANUP_FREE = body ? json_text(body) : NULL, *said CLEANUP_FREE = NULL;
    struct http_result r;
    struct answer a = {0};
    bool repaired = false;
    http_perform(s->asker,
                 &(struct http_request){.url = url,
                                        .body = post,
                                        .first_s = timeout_s,
                                        .idle_s = timeout_s,
                                        .total_s = timeout_s,
                                        .on_body = collect,
                                        .user = &got},
                 &r);
    a.fault = r.fault;
    a.status = r.status;
    if (r.fault == HTTP_OK)
        a.json = wirejson_object(str_text(&got), got.len, &repaired);
    if (r.fault != HTTP_OK)
        said = xstrdup(r.message);
    else if (r.status != 200)
        said = refusal_text(str_text(&got), got.len);
    char *clean CLEANUP_FREE = redact_text(&s->redact, said ? said : "", sizeof a.message - 1);
    snprintf(a.message, sizeof a.message, "%s", clean);
    return a;
}

void answer_free(struct answer *a)
{
    json_decref(a->json);
    *a = (struct answer){0};
}

bool answer_ok(const struct answer *a)
{
    return a->fault == HTTP_OK && a->status == 200 && a->json;
}

struct answer server_get(struct server *s, const char *path)
{
    char *url CLEANUP_FREE = xasprintf("%s%s", s->url.root, path);
    return server_ask(s, url, NULL, ask_s);
}

bool server_alive(void *server)
{
    struct server *s = server;
    pthread_mutex_lock(&s->probing);
    struct answer a = server_ask(s, s->alive_url, NULL, ask_s);
    pthread_mutex_unlock(&s->probing);
    bool alive = a.fault == HTTP_OK && (a.status < 500 || a.status == 501);
    answer_free(&a);
    return alive;
}

/* ---- sentences ---- */

int server_say_unreachable(const struct server *s, const struct answer *a, const char *start,
                           struct err *err)
{
    if (a->fault == HTTP_STOPPED)
        return err_interrupted(err);
    if (a->fault)
        return err_env(err, "no model server answers at %s: %s. %s", s->url.shown, a->message,
                       start);
    if (a->status == 401 || a->status == 403)
        return err_env(err, "the model server at %s refuses %s (HTTP %ld: %s)", s->url.shown,
                       s->api_key ? "the API key" : "to answer without an API key", a->status,
                       a->message);
    return err_env(err, "what answers at %s is not the expected model server (HTTP %ld%s%s). %s",
                   s->url.shown, a->status, *a->message ? ": " : "", a->message, start);
}

int server_say_missing(const struct server *s, const json_t *names, const char *advice,
                       struct err *err)
{
    struct str list CLEANUP_STR = {0};
    size_t n = json_array_size(names);
    for (size_t i = 0; i < n && i < LISTED_NAMES; i++)
        str_addf(&list, "%s%s", i ? ", " : "", json_string_value(json_array_get(names, i)));
    if (n > LISTED_NAMES)
        str_addf(&list, " and %zu more", n - LISTED_NAMES);
    err_input(err, "the model '%s' is not on the server at %s, which has %s%s%s", s->model,
              s->url.shown, n ? "these: " : "none", str_text(&list), advice);
    if (err)
        err->code = -ENOENT;
    return -ENOENT;
}

void server_put_hash(json_t *identity, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    char hex[HASH_HEX];
    hash_sha256_hex(text, strlen(text), hex);
    json_object_set_new(identity, key, json_string(hex));
}
