/* See refusal.h. */
#include "model/refusal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/sampling.h"
#include "model/stream.h"
#include "model/wirejson.h"

enum { TEXT_MAX = 300 };

static const struct {
    const char *name;
    unsigned field;
} fields[] = {
    {"max_completion_tokens", FIELD_MAX_TOKENS},
    {"max_tokens", FIELD_MAX_TOKENS},
    {"presence_penalty", FIELD_PENALTIES},
    {"frequency_penalty", FIELD_PENALTIES},
    {"seed", FIELD_SEED},
    {"stream_options", FIELD_STREAM_OPTIONS},
    {"response_format", FIELD_SCHEMA},
    {"json_schema", FIELD_SCHEMA},
    {"grammar", FIELD_SCHEMA},
    {"chat_template_kwargs", FIELD_THINK},
    {"top_k", FIELD_EXTRAS},
    {"typical_p", FIELD_EXTRAS},
    {"repeat_penalty", FIELD_EXTRAS},
    {"repetition_penalty", FIELD_EXTRAS},
    {"cache_prompt", FIELD_EXTRAS},
};

static bool has(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (has(text, *words))
            return true;
    return false;
}

/* The number right before (or behind) a phrase: "1500 input tokens", "context length is 2048". */
static int number_before(const char *text, const char *phrase)
{
    const char *p = strstr(text, phrase), *digits = p;
    while (digits && digits > text && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    return digits && digits < p ? (int)strtol(digits, NULL, 10) : 0;
}

static int number_behind(const char *text, const char *phrase)
{
    const char *p = strstr(text, phrase);
    return p ? (int)strtol(p + strlen(phrase), NULL, 10) : 0;
}

/* The sentences of llama-server, vLLM (old and new), OpenAI and Ollama. */
static bool read_context(const json_t *error, const char *text, struct refusal *out)
{
    /* not "context" alone: Go says "context deadline exceeded" of a timeout */
    static const char *const subject[] = {"context length", "context size", "context window",
                                          "maximum context", NULL};
    static const char *const verdict[] = {"exceed",    "maximum", "too long",
                                          "too large", "longer",  NULL};
    const char *type = json_get_str(error, "type", ""), *code = json_get_str(error, "code", "");
    bool typed = strcmp(type, "exceed_context_size_error") == 0 ||
                 strcmp(code, "context_length_exceeded") == 0;
    if (!typed && !(has_any(text, subject) && has_any(text, verdict)))
        return false;
    out->kind = REFUSAL_CONTEXT;
    out->prompt_tokens = (int)json_get_int(error, "n_prompt_tokens", 0);
    out->context = (int)json_get_int(error, "n_ctx", 0);
    if (!out->context)
        out->context = number_behind(text, "context length is ");
    if (!out->prompt_tokens)
        out->prompt_tokens = number_before(text, " in the messages");
    if (!out->prompt_tokens)
        out->prompt_tokens = number_before(text, " input tokens");
    if (out->prompt_tokens > 0 && out->prompt_tokens < out->context)
        out->kind = REFUSAL_ROOM;
    return true;
}

static unsigned field_named(const char *param)
{
    if (strncmp(param, "messages[0].role", strlen("messages[0].role")) == 0)
        return FIELD_SYSTEM;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strncmp(param, fields[i].name, strlen(fields[i].name)) == 0)
            return fields[i].field;
    return sampling_bit(param);
}

/* error.param names it; else a sentence that says "unsupported" and a name. */
static unsigned field_refused(const json_t *error, const char *text)
{
    unsigned field = field_named(json_get_str(error, "param", ""));
    if (field)
        return field;
    static const char *const words[] = {
        "not support",   "unsupported", "unknown",       "unrecognized",
        "not permitted", "unexpected",  "parse grammar", NULL};
    for (size_t i = 0; has_any(text, words) && i < sizeof fields / sizeof *fields; i++)
        if (has(text, fields[i].name))
            return fields[i].field;
    for (size_t i = 0; has_any(text, words) && i < n_sampling_fields; i++)
        if (has(text, sampling_fields[i].name))
            return sampling_bit(sampling_fields[i].name);
    return 0;
}

/* The error object inside a body of whatever shape, or the body; borrowed from it. */
static const json_t *error_object(const json_t *body)
{
    const json_t *error = json_object_get(body, "error");
    return json_is_object(error) ? error : body;
}

void refusal_read(long status, const char *body, size_t n, struct refusal *out)
{
    bool repaired = false;
    json_t *j CLEANUP_JSON = wirejson_object(body, n, &repaired);
    const json_t *error = error_object(j);
    char *text CLEANUP_FREE = refusal_text(body, n);
    *out = (struct refusal){0};
    if (strcmp(json_get_str(error, "code", ""), "insufficient_quota") == 0)
        out->kind = REFUSAL_QUOTA;
    else if (status != 400 && status != 413 && status != 422 && status != 500)
        out->kind = REFUSAL_OTHER; /* a server in trouble, or a key or a name it does not know */
    else if (!read_context(error, text, out) && (out->field = field_refused(error, text)))
        out->kind = REFUSAL_FIELD;
}

char *refusal_text(const char *body, size_t n)
{
    bool repaired = false;
    json_t *j CLEANUP_JSON = wirejson_object(body, n, &repaired);
    if (j)
        return xstrdup(stream_error_text(j));
    char *clean = utf8_clean(body, n < TEXT_MAX ? utf8_cut(body, n) : utf8_cut(body, TEXT_MAX));
    return clean;
}
