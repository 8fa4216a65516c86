/* See dialect.h. The facts about each server are from llama.cpp (tools/server), vLLM
 * (entrypoints/openai), Ollama (openai/, server/routes.go) and LM Studio's REST API v0. */
#include "model/dialect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"

const char *dialect_name(enum dialect d)
{
    static const char *const names[] = {
        [DIALECT_OTHER] = "openai-compatible",
        [DIALECT_LLAMA] = "llama-server",
        [DIALECT_VLLM] = "vllm",
        [DIALECT_OLLAMA] = "ollama-v1",
        [DIALECT_LMSTUDIO] = "lmstudio",
        [DIALECT_OPENAI] = "openai",
    };
    return names[d];
}

/* ---- which server ---- */

static enum dialect by_owner(const json_t *models)
{
    static const struct {
        const char *owner;
        enum dialect dialect;
    } owners[] = {{"llamacpp", DIALECT_LLAMA},
                  {"vllm", DIALECT_VLLM},
                  {"library", DIALECT_OLLAMA},
                  {"organization_owner", DIALECT_LMSTUDIO}};
    const json_t *first = json_array_get(json_object_get(models, "data"), 0);
    const char *owner = json_get_str(first, "owned_by", "");
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
        if (strcmp(owner, owners[i].owner) == 0)
            return owners[i].dialect;
    return DIALECT_OTHER;
}

static bool has_answer(struct server *s, const char *path, const char *key)
{
    struct answer a = server_get(s, path);
    bool has = answer_ok(&a) && json_object_get(a.json, key);
    answer_free(&a);
    return has;
}

enum dialect dialect_find(struct server *s, const json_t *models)
{
    enum dialect d = by_owner(models);
    if (d != DIALECT_OTHER)
        return d;
    if (strstr(s->url.shown, "://api.openai.com"))
        return DIALECT_OPENAI;
    if (has_answer(s, "/props", "default_generation_settings"))
        return DIALECT_LLAMA;
    if (has_answer(s, "/api/version", "version"))
        return DIALECT_OLLAMA;
    if (has_answer(s, "/api/v0/models", "data"))
        return DIALECT_LMSTUDIO;
    return has_answer(s, "/version", "version") ? DIALECT_VLLM : DIALECT_OTHER;
}

/* ---- its facts ---- */

static void put_text(json_t *id, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(id, key, json_string(text));
}

static void put_context(struct dialect_found *found, json_t *id, long long tokens)
{
    if (tokens <= 0 || tokens > INT32_MAX)
        return;
    found->context = (int)tokens;
    json_object_set_new(id, "context", json_integer(tokens));
}

/* The entry of our model in a {"data": [{"id": ...}]}, or the first one; borrowed. */
static const json_t *entry(const char *name, const json_t *models)
{
    const json_t *data = json_object_get(models, "data"), *m;
    size_t i;
    json_array_foreach (data, i, m) {
        if (strcmp(json_get_str(m, "id", ""), name) == 0)
            return m;
    }
    return json_array_get(data, 0);
}

/* llama-server answers before its model is loaded, with 503 to all but a few pages. */
static int wait_healthy(struct server *s, struct err *err)
{
    double until = clock_seconds() + s->first_s;
    for (bool said = false;; said = true) {
        struct answer a = server_get(s, "/health");
        bool loading = a.fault == HTTP_OK && a.status == 503;
        answer_free(&a);
        if (!loading)
            return 0;
        if (!said)
            log_info("the server at %s is loading its model", s->url.shown);
        if (clock_seconds() > until)
            return err_env(err, "the server at %s did not finish loading its model in %g s",
                           s->url.shown, s->first_s);
        if (!patience_sleep(0.5))
            return err_interrupted(err);
    }
}

/* The server names the file but not its hash. Read where it is on this machine; again only when the
 * file is another one. */
static void put_file_hash(struct server *s, json_t *id, const char *path)
{
    char hex[HASH_HEX];
    struct stat st;
    if (!s->url.loopback || !path || path[0] != '/' || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    char *weights = xasprintf("%s %lld %lld.%09ld", path, (long long)st.st_size,
                              (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    if (!str_eq(weights, s->weights)) {
        log_info("hashing %s", path);
        free(s->weights_hash);
        s->weights_hash = hash_file_hex(path, hex, NULL) == 0 ? xstrdup(hex) : NULL;
        free(s->weights);
        s->weights = xstrdup(weights);
    }
    put_text(id, "digest", s->weights_hash);
    free(weights);
}

/* "...-Q4_K_M.gguf" is how quantisations are told; the server itself does not. */
static void put_quantization(json_t *id, const char *path)
{
    static const char *const marks[] = {"-Q", ".Q", "-IQ", ".IQ", "-F16", "-BF16", "-F32", "-f16"};
    const char *base = path ? file_base(path) : "";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *p = strstr(base, marks[i]);
        if (!p)
            continue;
        char *text CLEANUP_FREE = xstrndup(p + 1, strcspn(p + 1, "-."));
        put_text(id, "quantization", text);
        return;
    }
}

static int describe_llama(struct server *s, const char *name, const json_t *models, json_t *id,
                          struct dialect_found *found, struct err *err)
{
    int rc = wait_healthy(s, err);
    if (rc < 0)
        return rc;
    struct answer a = server_get(s, "/props");
    const json_t *meta = json_object_get(entry(name, models), "meta");
    const char *path = json_get_str(a.json, "model_path", NULL);
    long long slots = json_get_int(a.json, "total_slots", 0);
    char *build CLEANUP_FREE =
        xasprintf("llama-server %s", json_get_str(a.json, "build_info", "?"));
    put_text(id, "server", build);
    put_text(id, "file", path ? file_base(path) : NULL);
    put_file_hash(s, id, path);
    put_quantization(id, path);
    server_put_hash(id, "chat_template", json_get_str(a.json, "chat_template", NULL));
    if (json_get_int(meta, "n_params", 0) > 0)
        json_object_set(id, "parameters", json_object_get(meta, "n_params"));
    put_context(found, id,
                json_get_int(json_object_get(a.json, "default_generation_settings"), "n_ctx", 0));
    found->alive_path = "/health";
    found->slots_known = slots > 0 && slots < 4096 ? (int)slots : 0;
    found->slots_guess = 1;
    answer_free(&a);
    return 0;
}

static void put_version(struct server *s, json_t *id, const char *name, const char *path)
{
    struct answer a = server_get(s, path);
    char *text CLEANUP_FREE = xasprintf("%s %s", name, json_get_str(a.json, "version", "?"));
    put_text(id, "server", text);
    answer_free(&a);
}

static void describe_vllm(struct server *s, const char *name, const json_t *models, json_t *id,
                          struct dialect_found *found)
{
    const json_t *m = entry(name, models);
    put_version(s, id, "vLLM", "/version");
    put_context(found, id, json_get_int(m, "max_model_len", 0));
    put_text(id, "root", json_get_str(m, "root", NULL));
    put_text(id, "parent", json_get_str(m, "parent", NULL)); /* the base of a LoRA adapter */
    found->alive_path = "/health";
    found->slots_guess = 64; /* --max-num-seqs cannot be asked for; its default is 256 */
}

static void describe_lmstudio(struct server *s, const char *name, json_t *id,
                              struct dialect_found *found)
{
    struct answer a = server_get(s, "/api/v0/models");
    const json_t *m = entry(name, a.json);
    put_text(id, "server", "LM Studio");
    put_text(id, "quantization", json_get_str(m, "quantization", NULL));
    put_text(id, "family", json_get_str(m, "arch", NULL));
    put_context(found, id,
                json_get_int(m, "loaded_context_length", json_get_int(m, "max_context_length", 0)));
    found->slots_guess = 1;
    answer_free(&a);
}

int dialect_describe(struct server *s, enum dialect d, const char *name, const json_t *models,
                     json_t *id, struct dialect_found *found, struct err *err)
{
    *found = (struct dialect_found){.slots_guess = 4};
    switch (d) {
    case DIALECT_LLAMA:
        return describe_llama(s, name, models, id, found, err);
    case DIALECT_VLLM:
        describe_vllm(s, name, models, id, found);
        return 0;
    case DIALECT_LMSTUDIO:
        describe_lmstudio(s, name, id, found);
        return 0;
    case DIALECT_OLLAMA:
        put_version(s, id, "Ollama", "/api/version");
        found->slots_guess = 1;
        return 0;
    case DIALECT_OPENAI:
        found->slots_guess = 8;
        return 0;
    case DIALECT_OTHER:
        return 0;
    }
    return 0;
}
