/* The usual causes of a value lower than the published one, each looked for in the replies and in
 * what the server tells of itself. A row each: a new cause is its function and its row. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/calibration_evidence.h"
#include "analysis/chat_template.h"
#include "analysis/model_words.h"
#include "base/mem.h"
#include "base/str.h"

enum {
    TASKS_SHOWN = 3,
    BYTES_PER_TOKEN_MOST = 8, /* English and code take 3.5 to 4.5 */
    SHORT_PROMPT = 400,       /* bytes; the template's own tokens matter below */
};

struct finding {
    enum { CAUSE_NO, CAUSE_YES, CAUSE_UNTESTED } state;
    struct str seen;
    json_t *tasks; /* [ids] where it was seen; NULL = it is not about tasks */
};

typedef void look_fn(const struct calibration_evidence *e, struct finding *f);

/* ---- counting replies ---- */

typedef bool reply_is_fn(const struct calibration_evidence *e, const struct calibration_reply *r);

static size_t count(const struct calibration_evidence *e, reply_is_fn *is, struct finding *f)
{
    size_t n = 0;
    if (!f->tasks)
        f->tasks = json_array();
    for (size_t i = 0; i < e->replies->n; i++) {
        const struct calibration_reply *r = &e->replies->of[i];
        if (!is(e, r))
            continue;
        n++;
        json_array_append_new(f->tasks, json_string(r->task));
    }
    return n;
}

/* "5 of 164 replies WHAT: HumanEval/3, HumanEval/9, HumanEval/12 ..." */
static void say_count(const struct calibration_evidence *e, struct finding *f, size_t n,
                      const char *what)
{
    str_addf(&f->seen, "%zu of %zu replies %s", n, e->replies->n, what);
    size_t total = json_array_size(f->tasks);
    for (size_t i = 0; i < total && i < TASKS_SHOWN; i++)
        str_addf(&f->seen, "%s%s", i ? ", " : ": ", json_string_value(json_array_get(f->tasks, i)));
    str_add(&f->seen, total > TASKS_SHOWN ? " ..." : "");
}

static bool has_label(const struct calibration_reply *r, const char *label)
{
    return strstr(r->label, label) != NULL;
}

static bool has_flag(const struct calibration_reply *r, int flag)
{
    return r->flags >> flag & 1;
}

/* ---- chat template ---- */

static void look_at_template(const struct calibration_evidence *e, struct finding *f)
{
    switch (template_judge(e->facts->server, e->model ? e->model->mark : NULL, &f->seen)) {
    case TEMPLATE_GOOD:
        break;
    case TEMPLATE_BAD:
        f->state = CAUSE_YES;
        break;
    case TEMPLATE_UNSEEN:
        f->state = CAUSE_UNTESTED;
    }
}

/* ---- truncation ---- */

static bool is_cut_by_context(const struct calibration_evidence *e,
                              const struct calibration_reply *r)
{
    (void)e;
    return str_eq(r->finish, "context") || has_label(r, "prompt_cut") ||
           has_label(r, "context_full");
}

/* A server that counts after it has cut shows too few tokens for so much text. */
static bool is_counted_short(const struct calibration_evidence *e,
                             const struct calibration_reply *r)
{
    (void)e;
    return r->prompt_bytes > SHORT_PROMPT && r->prompt_tokens > 0 &&
           r->prompt_bytes > BYTES_PER_TOKEN_MOST * (size_t)r->prompt_tokens;
}

static int longest_prompt(const struct calibration_evidence *e)
{
    int most = 0;
    for (size_t i = 0; i < e->replies->n; i++)
        if (e->replies->of[i].prompt_tokens > most)
            most = e->replies->of[i].prompt_tokens;
    return most;
}

static void look_at_context(const struct calibration_evidence *e, struct finding *f)
{
    long long context =
        json_get_int(e->facts->model, "context", json_get_int(e->facts->model, "num_ctx", 0));
    long long rendered = json_get_int(e->facts->server, "rendered_tokens", 0);
    long long read = json_get_int(e->facts->server, "prompt_tokens", 0);
    int longest = longest_prompt(e);
    size_t cut = count(e, is_cut_by_context, f), few = cut ? 0 : count(e, is_counted_short, f);
    f->state = cut || few ? CAUSE_YES : CAUSE_NO;
    if (cut)
        say_count(e, f, cut, "ended by the context");
    else if (few)
        say_count(e, f, few, "to prompts counted as less than a token per 8 bytes");
    if (!cut && !few && rendered > 0 && read > 0 && read < rendered - rendered / 10 - 8) {
        f->state = CAUSE_YES;
        str_addf(&f->seen, "the server read %lld of the %lld tokens of the first prompt", read,
                 rendered);
    }
    if (f->seen.len)
        str_add(&f->seen, "; ");
    if (context <= 0) {
        str_addf(&f->seen, "the server does not say its context; longest prompt %d tokens",
                 longest);
        return;
    }
    str_addf(&f->seen, "context %lld tokens, longest prompt %d + reply up to %d", context, longest,
             e->facts->max_tokens);
    if (f->state == CAUSE_NO && longest + e->facts->max_tokens > context)
        str_add(&f->seen, ", which does not fit; no reply got there");
}

/* ---- what the replies contain ---- */

static bool is_whole(const struct calibration_reply *r)
{
    return str_eq(r->finish, "stop");
}

static bool has_no_program(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    (void)e;
    return is_whole(r) && has_flag(r, TAXONOMY_F1);
}

static bool defines_another(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    (void)e;
    return is_whole(r) && !has_flag(r, TAXONOMY_F1) && has_flag(r, TAXONOMY_S1) && !r->passed;
}

static void look_at_extraction(const struct calibration_evidence *e, struct finding *f)
{
    size_t none = count(e, has_no_program, f), other = count(e, defines_another, f);
    f->state = none + other ? CAUSE_YES : CAUSE_NO;
    char *what CLEANUP_FREE = xasprintf(
        "without Python or an answer (%zu) or without the entry point (%zu)", none, other);
    say_count(e, f, none + other, what);
}

static bool misses_a_name(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    (void)e;
    return !r->passed && r->unknown_name && is_whole(r);
}

static void look_at_names(const struct calibration_evidence *e, struct finding *f)
{
    size_t n = count(e, misses_a_name, f);
    f->state = n ? CAUSE_YES : CAUSE_NO;
    say_count(e, f, n, "fail with a NameError");
    for (size_t i = 0; n && i < e->replies->n; i++) {
        const struct calibration_reply *r = &e->replies->of[i];
        if (!misses_a_name(e, r))
            continue;
        str_addf(&f->seen, " (the first: %s)", r->unknown_name);
        return;
    }
}

static bool is_capped(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    (void)e;
    return str_eq(r->finish, "length");
}

static void look_at_cap(const struct calibration_evidence *e, struct finding *f)
{
    size_t n = count(e, is_capped, f);
    char *what CLEANUP_FREE = xasprintf("cut at %d tokens", e->facts->max_tokens);
    f->state = n ? CAUSE_YES : CAUSE_NO;
    say_count(e, f, n, what);
}

/* "<|im_end|>" and the like: a word between <| and |>. */
static const char *find_special(const char *text, size_t *n)
{
    static const char *const others[] = {"[INST]",          "[/INST]",       "</s>",
                                         "<start_of_turn>", "<end_of_turn>", "<\uFF5C"};
    for (const char *at = text; (at = strstr(at, "<|")) != NULL; at += 2) {
        *n = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        if (*n > 2 && str_starts(at + *n, "|>")) {
            *n += 2;
            return at;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *at = strstr(text, others[i]);
        *n = strlen(others[i]);
        if (at)
            return at;
    }
    return NULL;
}

static bool holds_special(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    size_t n;
    (void)e;
    return find_special(r->text, &n) != NULL;
}

static void look_at_stop_marks(const struct calibration_evidence *e, struct finding *f)
{
    size_t found = count(e, holds_special, f);
    f->state = found ? CAUSE_YES : CAUSE_NO;
    say_count(e, f, found, "contain a token that should have ended them");
    for (size_t i = 0; found && i < e->replies->n; i++) {
        size_t n;
        const char *mark = find_special(e->replies->of[i].text, &n);
        if (!mark)
            continue;
        str_addf(&f->seen, " (the first: %.*s)", (int)n, mark);
        return;
    }
}

/* ---- who answers ---- */

/* "0.5b", "135m" of a name, in billions; 0 when it says none ("8x7b": how many are used is another
 * number). */
static double billions_said(const char *name)
{
    struct word_list words = {0};
    double billions = 0;
    words_of_model(name, NULL, 0, &words);
    for (size_t i = 0; i < words.n && billions == 0; i++) {
        char *end;
        double value = strtod(words.text[i], &end);
        if (end != words.text[i] && (str_eq(end, "b") || str_eq(end, "m")))
            billions = *end == 'b' ? value : value / 1000;
    }
    words_free(&words);
    return billions;
}

/* What the server says: a number, or Ollama's "8.0B". */
static double billions_served(const json_t *model)
{
    const json_t *p = json_object_get(model, "parameters");
    if (json_is_integer(p))
        return (double)json_integer_value(p) / 1e9;
    char *end;
    const char *text = json_is_string(p) ? json_string_value(p) : "";
    double value = strtod(text, &end);
    return end == text ? 0 : toupper((unsigned char)*end) == 'M' ? value / 1000 : value;
}

static void look_at_model(const struct calibration_evidence *e, struct finding *f)
{
    const json_t *m = e->facts->model;
    const char *asked = json_get_str(m, "name", "");
    const char *file = json_get_str(m, "file", json_get_str(m, "root", ""));
    const struct published_model *by_name = published_find(e->facts->table, asked);
    const struct published_model *by_file = published_find(e->facts->table, file);
    double served = billions_served(m);
    double said = e->model && e->model->billions > 0 ? e->model->billions : billions_said(asked);
    str_addf(&f->seen, "asked for %s", asked);
    if (*file && !str_eq(file, asked))
        str_addf(&f->seen, ", served from %s", file);
    if (by_name && by_file && by_name != by_file) {
        f->state = CAUSE_YES;
        str_addf(&f->seen, ": that is %s", by_file->name);
    } else if (served > 0 && said > 0 && (served > 1.6 * said || served < 0.6 * said)) {
        f->state = CAUSE_YES;
        str_addf(&f->seen, ": %.2f billion parameters, not %.2f", served, said);
    } else if (served > 0) {
        str_addf(&f->seen, ", %.2f billion parameters", served);
    }
    const char *digest = json_get_str(m, "digest", "");
    if (*digest)
        str_addf(&f->seen, ", digest %.12s", digest);
    else if (!*file && served <= 0)
        f->state = CAUSE_UNTESTED;
    if (f->state == CAUSE_UNTESTED)
        str_add(&f->seen, "; the server says nothing else about it");
}

/* ---- thinking ---- */

static bool has_broken_reasoning(const struct calibration_evidence *e,
                                 const struct calibration_reply *r)
{
    (void)e;
    return has_label(r, "thinking_ate_budget") || has_label(r, "think_unclosed") ||
           strstr(r->text, "<think>") || strstr(r->text, "</think>") ||
           (*r->reasoning && !*r->text);
}

static bool has_reasoning(const struct calibration_evidence *e, const struct calibration_reply *r)
{
    (void)e;
    return *r->reasoning != '\0';
}

static bool can_think(const json_t *model)
{
    const json_t *v;
    size_t i;
    json_array_foreach (json_object_get(model, "capabilities"), i, v) {
        if (json_is_string(v) && str_eq(json_string_value(v), "thinking"))
            return true;
    }
    return false;
}

static void look_at_thinking(const struct calibration_evidence *e, struct finding *f)
{
    struct finding all = {0};
    size_t lost = count(e, has_broken_reasoning, f), reasoned = count(e, has_reasoning, &all);
    bool off = str_eq(json_get_str(e->facts->model, "think", ""), "off");
    json_decref(all.tasks);
    f->state = lost ? CAUSE_YES : CAUSE_NO;
    say_count(e, f, lost, "with reasoning that is unfinished or inside the answer");
    if (can_think(e->facts->model) && reasoned == 0 && !off) {
        f->state = CAUSE_YES;
        str_add(&f->seen, "; the model can think, and no reply has any reasoning");
    } else {
        str_addf(&f->seen, "; %zu have some", reasoned);
    }
}

/* ---- all of them ---- */

json_t *calibration_causes(const struct calibration_evidence *e)
{
    static const struct {
        const char *name;
        look_fn *look;
    } causes[] = {
        {"chat template", look_at_template}, {"truncation", look_at_context},
        {"extraction", look_at_extraction},  {"names left out", look_at_names},
        {"token cap", look_at_cap},          {"stop marks", look_at_stop_marks},
        {"model served", look_at_model},     {"thinking", look_at_thinking},
    };
    json_t *out = json_array();
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        struct finding f = {0};
        causes[i].look(e, &f);
        json_t *row = json_pack("{s:s, s:b, s:b, s:o}", "cause", causes[i].name, "tested",
                                f.state != CAUSE_UNTESTED, "found", f.state == CAUSE_YES, "seen",
                                json_bytes(str_text(&f.seen), f.seen.len));
        if (f.tasks)
            json_object_set_new(row, "tasks", f.tasks);
        json_array_append_new(out, row);
        str_free(&f.seen);
    }
    return out;
}
