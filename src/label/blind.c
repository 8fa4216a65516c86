/* Rendering episodes without their arm. */
#include "label/blind.h"
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "report/told.h"

struct blind {
    struct told replies, runs, gradings;
    struct str *out;
    const char *shown; /* hashes of the programs that were shown, with blanks between */
    struct arena *arena;
    bool has_statement;
};

/* The last message of a request, in place of a statement. */
static void add_request(struct str *out, const char *request)
{
    CLEANUP_JSON json_t *q = json_parse(request, strlen(request), "request", NULL);
    const json_t *messages = json_object_get(q, "messages");
    size_t n = json_array_size(messages);
    if (n > 0)
        told_block(out, json_get_str(json_array_get(messages, n - 1), "content", ""));
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
    told_titled(&s, "thinking", c->reasoning);
    told_block(&s, *c->reply_text ? c->reply_text : "(nothing)");
    told_add(&b->replies, &s);
    return 0;
}

/* Each program is shown once. */
static void add_program(struct blind *b, struct str *out, const struct store_tool_run *r)
{
    const char *hash = arena_printf(b->arena, " %.12s ", r->program_hash);
    if (strstr(b->shown, hash)) {
        str_add(out, "    (shown above)\n");
        return;
    }
    b->shown = arena_printf(b->arena, "%s%s", b->shown, hash);
    told_block(out, r->program);
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
        told_add(&b->gradings, &s);
        return 0;
    }
    bool hidden = str_eq(r->kind, "hidden"), run = str_eq(r->kind, "run");
    str_addf(&s, "\n%s program %.12s: %s\n",
             hidden ? "HIDDEN TESTS on"
             : run  ? "RUN of"
                    : "TESTS on",
             r->program_hash, r->verdict);
    add_program(b, &s, r);
    if (run)
        told_outcome(&s, detail);
    else if (detail)
        told_tests(&s, detail);
    told_add(hidden ? &b->gradings : &b->runs, &s);
    return 0;
}

/* Of the controller's events only the answers. */
static int tell_event(void *ctx, const struct store_event *e)
{
    struct blind *b = ctx;
    told_up_to(&b->replies, (size_t)e->calls, b->out);
    told_up_to(&b->runs, (size_t)e->tool_runs, b->out);
    if (!str_eq(e->kind, "answer"))
        return 0;
    CLEANUP_JSON json_t *detail = json_parse(e->detail, strlen(e->detail), "detail", NULL);
    told_titled(b->out, "an answer stands", json_get_str(detail, "answer", NULL));
    return 0;
}

static int tell_failure(void *ctx, const struct store_failure *f)
{
    struct blind *b = ctx;
    str_add(b->out, "\nA REQUEST WAS GIVEN UP\n");
    told_block(b->out, f->error);
    return 0;
}

/* ---- beginning and end ---- */

static void add_task(struct blind *b, const struct task *t)
{
    str_add(b->out, "TASK\n");
    told_block(b->out, t->prompt);
    for (size_t i = 0; i < t->n_public; i++)
        told_titled(b->out, "shown test", t->public_tests[i]);
    for (size_t i = 0; i < t->n_public_cases; i++) {
        told_titled(b->out, "shown input", t->public_cases[i].stdin_text);
        told_titled(b->out, "and its output", t->public_cases[i].stdout_text);
    }
    b->has_statement = true;
}

static void add_end(struct blind *b, const struct store_episode *row, const struct task *t)
{
    if (str_starts(row->stop, "budget:"))
        str_addf(b->out, "\nThe budget was spent: %s\n", row->stop + strlen("budget:"));
    str_add(b->out, "\nSUBMITTED\n");
    told_block(b->out, *row->submission ? row->submission : "(nothing)");
    if (t && t->has_answer)
        str_addf(b->out, "\nRESULT: not solved (%s); expected %.12g%s%s\n", row->verdict, t->answer,
                 t->unit ? " " : "", t->unit ? t->unit : "");
    else
        str_addf(b->out, "\nRESULT: not solved (%s); hidden tests passed: %d of %d\n", row->verdict,
                 row->n_hidden_passed, row->n_hidden);
}

/* A screen's lines are counted by their characters, so tabs become blanks. */
static void add_expanded(struct str *out, const char *text)
{
    for (const char *s = text; *s; s++)
        if (*s == '\t')
            str_add(out, "        ");
        else
            str_addc(out, *s);
}

int blind_transcript(struct store *s, long long id, const struct store_episode *row,
                     const struct task *task, struct str *out, struct err *err)
{
    struct str text CLEANUP_STR = {0};
    struct blind b = {.out = &text, .shown = "", .arena = arena_new()};
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
        told_up_to(&b.replies, SIZE_MAX, &text);
        told_up_to(&b.runs, SIZE_MAX, &text);
        add_end(&b, row, task);
        told_up_to(&b.gradings, SIZE_MAX, &text);
    }
    told_free(&b.replies);
    told_free(&b.runs);
    told_free(&b.gradings);
    arena_free(b.arena);
    add_expanded(out, str_text(&text));
    return rc;
}
