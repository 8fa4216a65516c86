/* Writing suites: libyaml's emitter under fixed rules, so that the same suite gives the same bytes
 * everywhere. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "base/str.h"
#include "suite/protocol.h"
#include "suite/suite_limits.h"

struct writer {
    yaml_emitter_t emitter;
    struct str out;
};

static int take_bytes(void *out, unsigned char *bytes, size_t n)
{
    str_addn(out, (const char *)bytes, n);
    return 1;
}

static void emit(struct writer *w, yaml_event_t *event)
{
    if (!yaml_emitter_emit(&w->emitter, event))
        abort(); /* out of memory, or an impossible order of events */
}

static void begin_map(struct writer *w)
{
    yaml_event_t e;
    yaml_mapping_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    emit(w, &e);
}

static void end_map(struct writer *w)
{
    yaml_event_t e;
    yaml_mapping_end_event_initialize(&e);
    emit(w, &e);
}

static void begin_list(struct writer *w)
{
    yaml_event_t e;
    yaml_sequence_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    emit(w, &e);
}

static void end_list(struct writer *w)
{
    yaml_event_t e;
    yaml_sequence_end_event_initialize(&e);
    emit(w, &e);
}

static bool is_word(const char *s)
{
    static const char *const taken[] = {"null", "true", "false", "yes", "no", "on", "off"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcasecmp(s, taken[i]) == 0)
            return false;
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") > 0 &&
           s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-/.")] ==
               '\0';
}

/* Several lines that a literal block shows as they are: no tabs, nothing invisible at the end of a
 * line. */
static bool is_block(const char *s)
{
    size_t n = strlen(s);
    if (n < 2 || s[0] == ' ' || s[0] == '\n' || !strchr(s, '\n') || s[n - 1] != '\n' ||
        s[n - 2] == '\n')
        return false;
    for (const char *c = s; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\n') || (*c == ' ' && c[1] == '\n'))
            return false;
    return true;
}

static yaml_scalar_style_t style_of(const char *s)
{
    if (is_word(s))
        return YAML_PLAIN_SCALAR_STYLE;
    if (is_block(s))
        return YAML_LITERAL_SCALAR_STYLE;
    return strchr(s, '"') && !strpbrk(s, "'\n") ? YAML_SINGLE_QUOTED_SCALAR_STYLE
                                                : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static void put_scalar(struct writer *w, const char *s, yaml_scalar_style_t style)
{
    yaml_event_t e;
    if (!yaml_scalar_event_initialize(&e, NULL, NULL, (const yaml_char_t *)s, (int)strlen(s), 1, 1,
                                      style))
        abort(); /* not UTF-8: everything read from YAML is, and so is all that we generate */
    emit(w, &e);
}

static void put_key(struct writer *w, const char *key)
{
    put_scalar(w, key, YAML_PLAIN_SCALAR_STYLE);
}

static void put_text(struct writer *w, const char *key, const char *text)
{
    if (!text)
        return;
    put_key(w, key);
    put_scalar(w, text, style_of(text));
}

/* The shortest decimal that reads back as the same number. */
static void put_number(struct writer *w, const char *key, double value)
{
    struct str s CLEANUP_STR = {0};
    for (int digits = 15; digits <= 17; digits++) {
        str_clear(&s);
        str_addf(&s, "%.*g", digits, value);
        if (strtod(str_text(&s), NULL) == value)
            break;
    }
    put_key(w, key);
    put_scalar(w, str_text(&s), YAML_PLAIN_SCALAR_STYLE);
}

static void put_texts(struct writer *w, const char *key, const char *const *texts, size_t n)
{
    if (n == 0)
        return;
    put_key(w, key);
    begin_list(w);
    for (size_t i = 0; i < n; i++)
        put_scalar(w, texts[i], style_of(texts[i]));
    end_list(w);
}

static void put_case(struct writer *w, const struct suite_case *c)
{
    begin_map(w);
    put_text(w, "stdin", c->stdin_text);
    put_text(w, "stdout", c->stdout_text);
    put_text(w, "expect_substr", c->expect_substr);
    end_map(w);
}

static void put_cases(struct writer *w, const char *key, const struct suite_case *cases, size_t n)
{
    if (n == 0)
        return;
    put_key(w, key);
    begin_list(w);
    for (size_t i = 0; i < n; i++)
        put_case(w, &cases[i]);
    end_list(w);
}

static void put_oracle(struct writer *w, const struct task *t)
{
    if (t->n_cases == 0)
        return;
    put_key(w, "oracle");
    if (t->n_cases == 1) {
        put_case(w, &t->cases[0]);
        return;
    }
    begin_map(w);
    put_cases(w, "cases", t->cases, t->n_cases);
    end_map(w);
}

/* One line a step: {id: s1, expr: "5 * 8", value: 40} */
static void put_graph(struct writer *w, const struct suite_node *graph, size_t n)
{
    yaml_event_t e;
    if (n == 0)
        return;
    put_key(w, "graph");
    begin_list(w);
    for (size_t i = 0; i < n; i++) {
        yaml_mapping_start_event_initialize(&e, NULL, NULL, 1, YAML_FLOW_MAPPING_STYLE);
        emit(w, &e);
        put_text(w, "id", graph[i].id);
        put_text(w, "expr", graph[i].expr);
        put_number(w, "value", graph[i].value);
        end_map(w);
    }
    end_list(w);
}

static void put_task(struct writer *w, const struct task *t)
{
    begin_map(w);
    put_text(w, "id", t->id);
    put_text(w, "group", t->group);
    put_text(w, "cluster", t->cluster);
    if (t->steps > 0)
        put_number(w, "steps", t->steps);
    for (size_t i = 0; i < n_suite_limits; i++)
        if (suite_limit_value(t, i) > 0)
            put_number(w, suite_limit_key(i), suite_limit_value(t, i));
    put_text(w, "prompt", t->prompt);
    put_text(w, "entry_point", t->entry_point);
    put_text(w, "prelude", t->prelude);
    put_texts(w, "public_tests", t->public_tests, t->n_public);
    put_texts(w, "hidden_tests", t->hidden_tests, t->n_hidden);
    put_text(w, "check", t->check);
    put_cases(w, "public_cases", t->public_cases, t->n_public_cases);
    put_oracle(w, t);
    if (t->has_answer)
        put_number(w, "answer", t->answer);
    if (t->has_answer && t->tolerance != SUITE_TOLERANCE)
        put_number(w, "tolerance", t->tolerance);
    put_text(w, "unit", t->unit);
    put_graph(w, t->graph, t->n_graph);
    put_text(w, "reference", t->reference);
    put_texts(w, "wrong", t->wrong, t->n_wrong);
    end_map(w);
}

char *suite_yaml(const struct suite *s)
{
    struct writer w = {0};
    yaml_event_t e;
    if (!yaml_emitter_initialize(&w.emitter))
        abort();
    yaml_emitter_set_output(&w.emitter, take_bytes, &w.out);
    yaml_emitter_set_unicode(&w.emitter, 1);
    yaml_emitter_set_width(&w.emitter, -1);
    yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING);
    emit(&w, &e);
    yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1);
    emit(&w, &e);
    begin_map(&w);
    put_text(&w, "suite", s->name);
    put_text(&w, "version", s->version);
    put_text(&w, "domain", s->domain == SUITE_MATH ? "math" : "code");
    if (s->protocol)
        put_text(&w, "protocol", s->protocol->name);
    put_key(&w, "tasks");
    begin_list(&w);
    for (size_t i = 0; i < s->n_tasks; i++)
        put_task(&w, &s->tasks[i]);
    end_list(&w);
    end_map(&w);
    yaml_document_end_event_initialize(&e, 1);
    emit(&w, &e);
    yaml_stream_end_event_initialize(&e);
    emit(&w, &e);
    yaml_emitter_delete(&w.emitter);
    return str_take(&w.out);
}
