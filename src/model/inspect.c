/* How a server would read a request: llama-server renders it (/apply-template) and counts its
 * tokens
 * (/tokenize), Ollama shows the template (/api/show). Others show nothing. */
#include <string.h>

#include "base/mem.h"
#include "model/server.h"

static const double inspect_s = 10;

/* The field `key` of what the server answers to POST path, borrowed from *a. NULL when it has none:
 * it may be an older one. */
static const json_t *ask_for(struct server *s, const char *url, json_t *body, const char *key,
                             struct answer *a)
{
    *a = server_ask(s, url, body, inspect_s);
    json_decref(body);
    return answer_ok(a) ? json_object_get(a->json, key) : NULL;
}

static json_t *messages_json(const struct model_request *q)
{
    json_t *list = json_array();
    for (size_t i = 0; i < q->n_messages; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "role", q->messages[i].role, "content",
                                              q->messages[i].content));
    return list;
}

/* "<s>" and the like in the text count as the tokens they stand for. */
static void count_tokens(struct server *s, const char *rendered, json_t *facts)
{
    char *url CLEANUP_FREE = xasprintf("%s/tokenize", s->url.root);
    struct answer a;
    const json_t *tokens = ask_for(
        s, url,
        json_pack("{s:s, s:b, s:b}", "content", rendered, "add_special", 1, "parse_special", 1),
        "tokens", &a);
    if (json_is_array(tokens))
        json_object_set_new(facts, "rendered_tokens",
                            json_integer((json_int_t)json_array_size(tokens)));
    answer_free(&a);
}

static void inspect_llama(struct server *s, const struct model_request *q, json_t *facts)
{
    struct answer props = server_get(s, "/props"), a;
    json_t *template = json_object_get(props.json, "chat_template");
    char *url CLEANUP_FREE = xasprintf("%s/apply-template", s->url.root);
    json_t *body = json_pack("{s:o}", "messages", messages_json(q));
    if (s->think != MODEL_THINK_DEFAULT)
        json_object_set_new(body, "chat_template_kwargs",
                            json_pack("{s:b}", "enable_thinking", s->think == MODEL_THINK_ON));
    const json_t *prompt = ask_for(s, url, body, "prompt", &a);
    if (json_is_string(template))
        json_object_set(facts, "template", template);
    json_object_set_new(facts, "how", json_string(prompt ? "/apply-template" : "/props"));
    if (json_is_string(prompt)) {
        json_object_set(facts, "rendered", (json_t *)prompt);
        count_tokens(s, json_string_value(prompt), facts);
    }
    answer_free(&props);
    answer_free(&a);
}

static void inspect_ollama(struct server *s, json_t *facts)
{
    char *url CLEANUP_FREE = xasprintf("%s/show", s->url.api);
    struct answer a;
    const json_t *template = ask_for(s, url, json_pack("{s:s}", "model", s->model), "template", &a);
    if (json_is_string(template))
        json_object_set(facts, "template", (json_t *)template);
    json_object_set_new(facts, "how", json_string("/api/show"));
    answer_free(&a);
}

int server_inspect(void *server, const struct model_request *q, json_t **facts, struct err *err)
{
    struct server *s = server;
    int rc = server_probe(s, NULL, err);
    if (rc < 0)
        return rc;
    *facts = json_object();
    pthread_mutex_lock(&s->probing);
    const char *dialect = json_get_str(s->identity, "dialect", "");
    if (str_eq(dialect, "llama-server"))
        inspect_llama(s, q, *facts);
    else if (str_eq(dialect, "ollama"))
        inspect_ollama(s, *facts);
    pthread_mutex_unlock(&s->probing);
    return 0;
}
