/* See refusal.h. */
#include "model/refusal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/pattern.h"
#include "model/refusal_rows.h"
#include "model/sampling.h"
#include "model/wirejson.h"

enum { ELEMENTS_SHOWN = 8 };

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

/* ---- the sentence ---- */

static void add_sentence(const json_t *error, struct str *out);

/* pydantic's "loc": ["body", "messages", 0, "role"] as body.messages.0.role */
static void add_place(const json_t *loc, struct str *out)
{
    const json_t *part;
    size_t i;
    json_array_foreach (loc, i, part) {
        const char *name = json_string_value(part);
        str_add(out, i ? "." : "");
        if (name)
            str_add(out, name);
        else
            str_addf(out, "%lld", (long long)json_integer_value(part));
    }
}

static void add_all(const json_t *list, struct str *out)
{
    const json_t *v;
    size_t i;
    json_array_foreach (list, i, v) {
        struct str one CLEANUP_STR = {0};
        if (i == ELEMENTS_SHOWN)
            break;
        add_sentence(v, &one);
        if (one.len > 0)
            str_addf(out, "%s%s", out->len ? "; " : "", one.p);
    }
}

static void add_object(const json_t *error, struct str *out)
{
    static const char *const keys[] = {"error", "message", "detail", "errors", "reason"};
    size_t before = out->len;
    const char *msg = json_get_str(error, "msg", NULL);
    const json_t *meta = json_object_get(error, "metadata");
    if (msg) {
        add_place(json_object_get(error, "loc"), out);
        str_addf(out, "%s%s", out->len > before ? ": " : "", msg);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys && out->len == before; i++)
        add_sentence(json_object_get(error, keys[i]), out);
    const char *raw = json_get_str(meta, "raw", NULL); /* OpenRouter: what the provider said */
    if (raw && out->len > before) {
        char *inner CLEANUP_FREE = refusal_text(raw, strlen(raw));
        str_addf(out, ": %s", inner);
    }
}

static void add_sentence(const json_t *error, struct str *out)
{
    if (json_is_string(error))
        str_add(out, json_string_value(error));
    else if (json_is_array(error))
        add_all(error, out);
    else if (json_is_object(error))
        add_object(error, out);
}

char *refusal_sentence(const json_t *error)
{
    struct str out = {0};
    add_sentence(error, &out);
    if (out.len == 0)
        str_add(&out, "an error without a message");
    return str_take(&out);
}

char *refusal_text(const char *body, size_t n)
{
    bool repaired = false;
    json_t *j CLEANUP_JSON = wirejson_value(body, n, &repaired);
    return j ? refusal_sentence(j) : utf8_clean(body, n);
}

/* ---- the prompt or the reply is too long ---- */

static void judge_numbers(const struct pattern_found *f, enum overflow_extent extent,
                          struct refusal *out)
{
    int prompt = f->number['p' - 'a'], context = f->number['c' - 'a'];
    int most = f->number['m' - 'a'], total = f->number['t' - 'a'], asked = f->number['o' - 'a'];
    if (!prompt && total > asked && asked > 0)
        prompt = total - asked;
    out->kind = REFUSAL_CONTEXT;
    out->prompt_tokens = prompt;
    out->context = context;
    if (most > 0)
        out->room = most;
    else if (extent == OVERFLOW_AS_SAID && prompt > 0 && prompt < context)
        out->room = context - prompt;
    if (out->room > 0 || (extent == OVERFLOW_AT_LEAST && prompt < context))
        out->kind = REFUSAL_ROOM;
    out->limit_of_reply = most > 0;
}

static bool is_typed(const json_t *error)
{
    static const char *const types[] = {"exceed_context_size_error", "context_length_exceeded",
                                        "context_window_exceeded", "tokens_limit_reached",
                                        "string_above_max_length"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(json_get_str(error, "type", ""), types[i]) == 0 ||
            strcmp(json_get_str(error, "code", ""), types[i]) == 0)
            return true;
    return false;
}

/* Sentences that no row knows, by their words. */
static bool is_about_context(const char *text)
{
    /* not "context" alone: Go says "context deadline exceeded" of a timeout */
    static const char *const subject[] = {
        "context length", "context size", "context window",       "maximum context",
        "context limit",  "model length", "sequence length",      "max_seq_len",
        "input length",   "input tokens", "prompt is too lo",     "prompt too lo",
        "prompt length",  "token limit",  "tokens in the prompt", NULL};
    static const char *const verdict[] = {
        "exceed",     "maximum",      "too long",    "too large", "longer",         "overflow",
        "not enough", "greater than", "larger than", "too many",  "cannot be more", NULL};
    static const char *const other[] = {"rate limit", "per minute", "per day",
                                        "deadline",   "quota",      NULL};
    return has_any(text, subject) && has_any(text, verdict) && !has_any(text, other);
}

static void read_loose_numbers(const char *text, struct pattern_found *f)
{
    static const char *const likes[] = {"{p} tokens* maximum context length is {c}",
                                        "{p} input tokens* context length is {c}",
                                        "context length is {c}",
                                        "context length of {c}",
                                        "{p} input tokens",
                                        "{p} in the messages"};
    for (size_t i = 0; i < sizeof likes / sizeof *likes; i++)
        if (pattern_match(likes[i], text, f))
            return;
}

static bool read_overflow(const json_t *error, const char *text, struct refusal *out)
{
    struct pattern_found f = {0};
    for (size_t i = 0; i < n_overflow_rows; i++) {
        if (!pattern_match(overflow_rows[i].like, text, &f))
            continue;
        out->family = overflow_rows[i].family;
        out->row = (int)i;
        judge_numbers(&f, overflow_rows[i].extent, out);
        break;
    }
    if (out->kind == REFUSAL_OTHER && (is_typed(error) || is_about_context(text))) {
        read_loose_numbers(text, &f);
        judge_numbers(&f, OVERFLOW_AS_SAID, out);
    }
    if (out->kind == REFUSAL_OTHER)
        return false;
    if (json_get_int(error, "n_prompt_tokens", 0) > 0) /* llama-server */
        out->prompt_tokens = (int)json_get_int(error, "n_prompt_tokens", 0);
    if (json_get_int(error, "n_ctx", 0) > 0)
        out->context = (int)json_get_int(error, "n_ctx", 0);
    return true;
}

/* ---- a field is refused ---- */

static bool ends_name(char c)
{
    return !c || !(isalnum((unsigned char)c) || c == '_');
}

static unsigned bit_at(const char *name)
{
    for (size_t i = 0; i < n_field_names; i++) {
        size_t n = strlen(field_names[i].name);
        if (strncmp(name, field_names[i].name, n) == 0 && ends_name(name[n]))
            return field_names[i].field;
    }
    for (size_t i = 0; i < n_sampling_fields; i++) {
        size_t n = strlen(sampling_fields[i].name);
        if (strncmp(name, sampling_fields[i].name, n) == 0 && ends_name(name[n]))
            return sampling_bit(sampling_fields[i].name);
    }
    return 0;
}

/* "seed", "body.seed", "response_format.type", "messages[0].role" */
static unsigned field_named(const char *path)
{
    const char *messages = strstr(path, "messages");
    if (messages && str_ends(messages, ".role"))
        return FIELD_SYSTEM;
    unsigned bit = bit_at(path);
    for (const char *dot = path; !bit && (dot = strchr(dot, '.'));)
        bit = bit_at(++dot);
    return bit;
}

/* All that pydantic lists, since each costs a request otherwise. */
static unsigned fields_located(const json_t *j)
{
    unsigned fields = 0;
    const json_t *v;
    const char *key;
    size_t i;
    if (json_is_array(json_object_get(j, "loc"))) {
        struct str path CLEANUP_STR = {0};
        add_place(json_object_get(j, "loc"), &path);
        return field_named(str_text(&path));
    }
    json_array_foreach (j, i, v)
        fields |= fields_located(v);
    json_object_foreach ((json_t *)j, key, v)
        fields |= fields_located(v);
    return fields;
}

static unsigned field_by_row(const char *text, struct refusal *out)
{
    struct pattern_found f;
    for (size_t i = 0; i < n_field_rows; i++) {
        const struct field_row *row = &field_rows[i];
        unsigned bit = pattern_match(row->like, text, &f) ? field_named(row->field ?: f.name) : 0;
        if (!bit)
            continue;
        out->family = row->family;
        out->row = (int)i;
        return bit;
    }
    return 0;
}

static bool says_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = text; (p = strcasestr(p, word)); p += n)
        if ((p == text || ends_name(p[-1])) && ends_name(p[n]))
            return true;
    return false;
}

/* A sentence that no row knows: it says "unsupported" and a name. */
static unsigned field_by_words(const char *text)
{
    static const char *const words[] = {
        "not support", "unsupported", "unknown",     "unrecognized",   "not permitted",
        "not allowed", "unexpected",  "cannot both", "must be",        "out of range",
        "not a valid", "invalid",     "not enabled", "not recognized", NULL};
    if (!has_any(text, words))
        return 0;
    if (says_word(text, "temperature") && says_word(text, "top_p"))
        return sampling_bit("top_p"); /* one of the two; the temperature stays */
    for (size_t i = 0; i < n_field_names; i++)
        if (says_word(text, field_names[i].name) && field_names[i].field != FIELD_SYSTEM)
            return field_names[i].field;
    for (size_t i = 0; i < n_sampling_fields; i++)
        if (says_word(text, sampling_fields[i].name))
            return sampling_bit(sampling_fields[i].name);
    return 0;
}

/* ---- together ---- */

/* The error object inside a body of whatever shape, or the body; borrowed from it. */
static const json_t *error_object(const json_t *body)
{
    const json_t *first = json_is_array(body) ? json_array_get(body, 0) : body;
    const json_t *error = json_object_get(first, "error");
    return json_is_object(error) ? error : first;
}

static unsigned field_refused(const json_t *body, const json_t *error, const char *text,
                              struct refusal *out)
{
    unsigned fields = fields_located(body);
    if (!fields)
        fields = field_by_row(text, out);
    if (!fields)
        fields = field_named(json_get_str(error, "param", ""));
    return fields ? fields : field_by_words(text);
}

static bool is_quota(const json_t *error)
{
    return strcmp(json_get_str(error, "code", ""), "insufficient_quota") == 0 ||
           strcmp(json_get_str(error, "type", ""), "insufficient_quota") == 0;
}

void refusal_read(long status, const char *body, size_t n, struct refusal *out)
{
    bool repaired = false;
    json_t *j CLEANUP_JSON = wirejson_value(body, n, &repaired);
    const json_t *error = error_object(j);
    char *text CLEANUP_FREE = j ? refusal_sentence(j) : utf8_clean(body, n);
    *out = (struct refusal){0};
    if (strlen(text) > REFUSAL_TEXT_MAX)
        text[utf8_cut(text, REFUSAL_TEXT_MAX)] = '\0';
    if (is_quota(error))
        out->kind = REFUSAL_QUOTA;
    else if (status != 400 && status != 413 && status != 422 && status != 500)
        out->kind = REFUSAL_OTHER; /* a server in trouble, or a key or a name it does not know */
    else if (!read_overflow(error, text, out) && (out->fields = field_refused(j, error, text, out)))
        out->kind = REFUSAL_FIELD;
}
