/* See doctor_servers.h. All servers are asked at once; this takes at most about a second. */
#include "cli/doctor_servers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/discover.h"
#include "model/url.h"

enum { PLACES_MAX = 8, MODELS_SHOWN = 20, DIGEST_SHOWN = 12 };
static const double LOOK_S = 0.8;

struct places {
    struct url_base url[PLACES_MAX];
    struct discover_place at[PLACES_MAX];
    size_t n;
};

typedef int read_url_fn(const char *text, const char *source, struct url_base *out,
                        struct err *err);

/* An address with several names is asked once. */
static bool is_known(const struct places *p, const struct url_base *url)
{
    for (size_t i = 0; i < p->n; i++)
        if (url_same_origin(p->url[i].root, url->root))
            return true;
    return false;
}

static void add_place(struct places *p, read_url_fn *read, const char *text, const char *source)
{
    struct url_base *url = &p->url[p->n];
    struct err err;
    if (!text || !*text)
        return;
    if (read(text, source, url, &err) < 0) {
        printf("  %s\n", err.msg);
        return;
    }
    if (is_known(p, url)) {
        url_base_free(url);
        return;
    }
    const char *key = read == url_read_openai ? getenv("OPENAI_API_KEY") : NULL;
    p->at[p->n++] = (struct discover_place){url, key && *key ? key : NULL};
}

/* The addresses of the environment, and the default ports of servers. */
static void fill_places(struct places *p)
{
    static const char *const usual[] = {"http://localhost:8080",  /* llama-server */
                                        "http://localhost:8000",  /* vLLM */
                                        "http://localhost:1234"}; /* LM Studio */
    add_place(p, url_read_openai, getenv("OPENAI_API_BASE"), "OPENAI_API_BASE");
    add_place(p, url_read_openai, getenv("OPENAI_BASE_URL"), "OPENAI_BASE_URL");
    add_place(p, url_read_ollama, getenv("OLLAMA_BASE_URL"), "OLLAMA_BASE_URL");
    add_place(p, url_read_ollama, getenv("OLLAMA_HOST"), "OLLAMA_HOST");
    add_place(p, url_read_ollama, "http://localhost:11434", "Ollama's own");
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        add_place(p, url_read_openai, usual[i], "usual");
}

/* "8030261248" as "8.0B"; Ollama returns such text itself. */
static void add_parameters(struct str *s, const json_t *parameters)
{
    if (json_is_string(parameters))
        str_addf(s, ", %s", json_string_value(parameters));
    double n = json_is_integer(parameters) ? (double)json_integer_value(parameters) : 0;
    if (n >= 1e8)
        str_addf(s, ", %.1fB", n / 1e9);
    else if (n > 0)
        str_addf(s, ", %.1fM", n / 1e6);
}

static void show_model(const json_t *m)
{
    struct str s CLEANUP_STR = {0};
    const char *digest = json_get_str(m, "digest", ""), *q = json_get_str(m, "quantization", "");
    digest += str_starts(digest, "sha256:") ? 7 : 0;
    str_add(&s, json_get_str(m, "name", "?"));
    add_parameters(&s, json_object_get(m, "parameters"));
    if (*q)
        str_addf(&s, ", %s", q);
    if (json_object_get(m, "context"))
        str_addf(&s, ", context %lld", json_get_int(m, "context", 0));
    if (*digest)
        str_addf(&s, ", sha256 %.*s", DIGEST_SHOWN, digest);
    printf("    %s\n", s.p);
}

static void show_server(const json_t *server)
{
    const char *kind = json_get_str(server, "kind", "a server"), *error;
    const char *version = json_get_str(server, "version", "");
    const json_t *models = json_object_get(server, "models"), *m;
    size_t i, n = json_array_size(models);
    printf("  %s at %s", kind, json_get_str(server, "url", "?"));
    printf("%s%s", *version ? ", version " : "", version);
    if (json_object_get(server, "slots"))
        printf(", %lld slots", json_get_int(server, "slots", 0));
    error = json_get_str(server, "error", n ? NULL : "no models");
    if (error)
        printf(" (%s)\n", error);
    else
        puts(":");
    json_array_foreach (models, i, m)
        if (i < MODELS_SHOWN)
            show_model(m);
    if (n > MODELS_SHOWN)
        printf("    and %zu more\n", n - MODELS_SHOWN);
}

void doctor_show_servers(void)
{
    struct places p = {0};
    const json_t *server;
    size_t i;
    fill_places(&p);
    json_t *found CLEANUP_JSON = discover_all(p.at, p.n, LOOK_S);
    json_array_foreach (found, i, server)
        show_server(server);
    if (json_array_size(found) == 0)
        printf("  none found; asked ");
    for (i = 0; json_array_size(found) == 0 && i < p.n; i++)
        printf("%s%s", p.url[i].shown, i + 1 < p.n ? ", " : "\n");
    for (i = 0; i < p.n; i++)
        url_base_free(&p.url[i]);
}
