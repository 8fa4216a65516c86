/* Rendering episodes without their arm. */
#include "view/blind.h"
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"

/* ---- text ---- */

/* Bytes of a control character at s other than newline and tab: it must not steer a terminal. */
static size_t control_at(const unsigned char *s)
{
    if ((*s < ' ' && *s != '\n' && *s != '\t') || *s == 0x7f)
        return 1;
    return *s == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f ? 2 : 0;
}

/* Every line of the text behind a margin. */
static void add_block(struct str *out, const char *text)
{
    bool line_start = true;
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (line_start)
            str_add(out, "    ");
        line_start = *s == '\n';
        size_t control = control_at(s);
        for (size_t i = 0; i < control; i++)
            str_addf(out, "\\x%02x", s[i]);
        if (control)
            s += control - 1;
        else if (*s == '\t')
            str_add(out, "        ");
        else
            str_addc(out, (char)*s);
    }
    if (!line_start)
        str_addc(out, '\n');
}

static void add_titled(struct str *out, const char *title, const char *text)
{
    if (!text || !*text)
        return;
    str_addf(out, "  %s:\n", title);
    add_block(out, text);
}

/* ---- pieces, told in the order of the events ---- */

struct pieces {
    char **text; /* [n] one per call or tool run */
    size_t n, cap, next;
};

struct blind {
    struct pieces replies, runs, gradings;
    struct str *out;
    const char *shown; /* hashes of the programs that were shown, with blanks between */
    struct arena *arena;
    bool has_statement;
};

static void add_piece(struct pieces *p, struct str *text)
{
    p->text = xgrow(p->text, &p->cap, p->n + 1, sizeof *p->text);
    p->text[p->n++] = str_take(text);
}

static void tell_up_to(struct str *out, struct pieces *p, size_t end)
{
    for (; p->next < p->n && p->next < end; p->next++)
        str_add(out, p->text[p->next]);
}

static void free_pieces(struct pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->text[i]);
    free(p->text);
}

/* The last message of a request, in place of a statement. */
static void add_request(struct str *out, const char *request)
{
    CLEANUP_JSON json_t *q = json_parse(request, strlen(request), "request", NULL);
    const json_t *messages = json_object_get(q, "messages");
    size_t n = json_array_size(messages);
    if (n > 0)
        add_block(out, json_get_str(json_array_get(messages, n - 1), "content", ""));
}

static int tell_call(void *ctx, const struct store_call *c)
{
    struct blind *b = ctx;
    struct str s = {0};
    if (!b->has_statement) {
        str_add(b->out, "TASK (the suite is not at hand: the first request)\n");
        add_request(b->out, c->request);
        b->has_statement = true;
    }
    str_addf(&s, "\nREPLY %zu%s%s\n", b->replies.n + 1,
             str_eq(c->finish, "stop") ? "" : ", ended by ",
             str_eq(c->finish, "stop") ? "" : c->finish);
    add_titled(&s, "thinking", c->reasoning);
    add_block(&s, *c->reply_text ? c->reply_text : "(nothing)");
    add_piece(&b->replies, &s);
    return 0;
}

static void add_tests(struct str *out, const json_t *detail)
{
    const json_t *test;
    size_t i;
    json_array_foreach (json_object_get(detail, "tests"), i, test) {
        CLEANUP_STR struct str line = {0};
        const char *type = json_get_str(test, "error_type", NULL);
        const char *message = json_get_str(test, "message", NULL);
        str_addf(&line, "%-8s %s", json_get_str(test, "verdict", "?"),
                 json_get_str(test, "test", "case"));
        if (type || message)
            str_addf(&line, "\n         %s%s%s", type ? type : "", type && message ? ": " : "",
                     message ? message : "");
        add_block(out, str_text(&line));
    }
}

static void add_outcome(struct str *out, const json_t *detail)
{
    static const char *const keys[] = {"value", "error_type", "message", "stdout", "stderr"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        add_titled(out, keys[i], json_get_str(detail, keys[i], NULL));
}

/* A program is shown the first time it comes. */
static void add_program(struct blind *b, struct str *out, const struct store_tool_run *r)
{
    const char *hash = arena_printf(b->arena, " %.12s ", r->program_hash);
    if (strstr(b->shown, hash)) {
        str_add(out, "    (shown above)\n");
        return;
    }
    b->shown = arena_printf(b->arena, "%s%s", b->shown, hash);
    add_block(out, r->program);
}

/* Self-written tests on the reference are left out: only some arms write tests. */
static int tell_run(void *ctx, const struct store_tool_run *r)
{
    struct blind *b = ctx;
    struct str s = {0};
    CLEANUP_JSON json_t *detail = json_parse(r->detail, strlen(r->detail), "detail", NULL);
    if (str_eq(r->kind, "self"))
        return 0;
    if (str_eq(r->kind, "reference")) {
        str_addf(&s, "\nREFERENCE on the hidden tests: %s\n", r->verdict);
        add_piece(&b->gradings, &s);
        return 0;
    }
    bool hidden = str_eq(r->kind, "hidden"), run = str_eq(r->kind, "run");
    str_addf(&s, "\n%s program %.12s: %s\n",
             hidden ? "HIDDEN TESTS on"
             : run  ? "RUN of"
                    : "TESTS on",
             r->program_hash, r->verdict);
    add_program(b, &s, r);
    if (run) {
        add_outcome(&s, detail);
    } else if (detail) {
        str_add(&s, "  tests:\n");
        add_tests(&s, detail);
    }
    add_piece(hidden ? &b->gradings : &b->runs, &s);
    return 0;
}

/* Of the controller's notes only the answers that stood. */
static int tell_event(void *ctx, const struct store_event *e)
{
    struct blind *b = ctx;
    tell_up_to(b->out, &b->replies, (size_t)e->calls);
    tell_up_to(b->out, &b->runs, (size_t)e->tool_runs);
    if (!str_eq(e->kind, "answer"))
        return 0;
    CLEANUP_JSON json_t *detail = json_parse(e->detail, strlen(e->detail), "detail", NULL);
    add_titled(b->out, "an answer stands", json_get_str(detail, "answer", NULL));
    return 0;
}

static int tell_failure(void *ctx, const struct store_failure *f)
{
    struct blind *b = ctx;
    str_add(b->out, "\nA REQUEST WAS GIVEN UP\n");
    add_block(b->out, f->error);
    return 0;
}

/* ---- beginning and end ---- */

static void add_task(struct blind *b, const struct task *t)
{
    str_add(b->out, "TASK\n");
    add_block(b->out, t->prompt);
    for (size_t i = 0; i < t->n_public; i++)
        add_titled(b->out, "shown test", t->public_tests[i]);
    for (size_t i = 0; i < t->n_public_cases; i++) {
        add_titled(b->out, "shown input", t->public_cases[i].stdin_text);
        add_titled(b->out, "and its output", t->public_cases[i].stdout_text);
    }
    b->has_statement = true;
}

static void add_end(struct blind *b, const struct store_episode *row, const struct task *t)
{
    if (str_starts(row->stop, "budget:"))
        str_addf(b->out, "\nThe budget was spent: %s\n", row->stop + strlen("budget:"));
    str_add(b->out, "\nSUBMITTED\n");
    add_block(b->out, *row->submission ? row->submission : "(nothing)");
    if (t && t->has_answer)
        str_addf(b->out, "\nRESULT: not solved (%s); expected %.12g%s%s\n", row->verdict, t->answer,
                 t->unit ? " " : "", t->unit ? t->unit : "");
    else
        str_addf(b->out, "\nRESULT: not solved (%s); hidden tests passed: %d of %d\n", row->verdict,
                 row->n_hidden_passed, row->n_hidden);
}

int blind_transcript(struct store *s, long long id, const struct store_episode *row,
                     const struct task *task, struct str *out, struct err *err)
{
    struct blind b = {.out = out, .shown = "", .arena = arena_new()};
    if (task)
        add_task(&b, task);
    int rc = store_calls(s, id, tell_call, &b, err);
    if (rc == 0)
        rc = store_tools(s, id, tell_run, &b, err);
    if (rc == 0)
        rc = store_failures(s, id, tell_failure, &b, err);
    if (rc == 0)
        rc = store_events(s, id, tell_event, &b, err);
    if (rc == 0) {
        tell_up_to(out, &b.replies, SIZE_MAX);
        tell_up_to(out, &b.runs, SIZE_MAX);
        add_end(&b, row, task);
        tell_up_to(out, &b.gradings, SIZE_MAX);
    }
    free_pieces(&b.replies);
    free_pieces(&b.runs);
    free_pieces(&b.gradings);
    arena_free(b.arena);
    return rc;
}
