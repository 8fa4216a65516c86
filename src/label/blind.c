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
    json_t *q CLEANUP_JSON = json_parse(request, strlen(request), "request", NULL);
    const json_t *messages = json_object_get(q, "messages");
    size_t n = json_array_size(messages);
    if (n > 0)
        told_block(out, json_get_str(json_array_get(messages, n - 1), "content", ""));
}

static void tell_call(struct blind *b, const struct store_call *c)
{
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
static void tell_run(struct blind *b, const struct transcript_run *r)
{
    struct str s = {0};
    if (r->kind == RUN_SELF)
        return;
    if (r->kind == RUN_REFERENCE) {
        str_addf(&s, "\nREFERENCE on the hidden tests: %s\n", r->row.verdict);
        told_add(&b->gradings, &s);
        return;
    }
    bool hidden = r->kind == RUN_HIDDEN, run = r->kind == RUN_PROGRAM;
    str_addf(&s, "\n%s program %.12s: %s\n",
             hidden ? "HIDDEN TESTS on"
             : run  ? "RUN of"
                    : "TESTS on",
             r->row.program_hash, r->row.verdict);
    add_program(b, &s, &r->row);
    if (run)
        told_outcome(&s, r);
    else if (*r->row.detail)
        told_tests(&s, &r->tests);
    told_add(hidden ? &b->gradings : &b->runs, &s);
}

/* Of the controller's notes only the answers that stood. */
static void tell_event(struct blind *b, const struct transcript_event *v)
{
    told_up_to(&b->replies, (size_t)v->row.calls, b->out);
    told_up_to(&b->runs, (size_t)v->row.tool_runs, b->out);
    if (v->kind == EVENT_ANSWER)
        told_titled(b->out, "an answer stands", v->answer.text);
}

static void tell_failure(struct blind *b, const struct store_failure *f)
{
    str_add(b->out, "\nA REQUEST WAS GIVEN UP\n");
    told_block(b->out, f->error);
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
    enum store_cap cap = store_cap_of_stop(row->stop);
    if (cap != N_CAPS)
        str_addf(b->out, "\nThe budget was spent: %s\n", store_cap_name(cap));
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

static void tell(struct blind *b, const struct transcript *t, const struct task *task)
{
    if (task)
        add_task(b, task);
    for (size_t i = 0; i < t->n_calls; i++)
        tell_call(b, &t->calls[i]);
    for (size_t i = 0; i < t->n_runs; i++)
        tell_run(b, &t->runs[i]);
    for (size_t i = 0; i < t->n_failures; i++)
        tell_failure(b, &t->failures[i]);
    for (size_t i = 0; i < t->n_events; i++)
        tell_event(b, &t->events[i]);
    told_up_to(&b->replies, SIZE_MAX, b->out);
    told_up_to(&b->runs, SIZE_MAX, b->out);
    add_end(b, &t->row, task);
    told_up_to(&b->gradings, SIZE_MAX, b->out);
    told_free(&b->replies);
    told_free(&b->runs);
    told_free(&b->gradings);
}

int blind_transcript(struct store *s, long long id, const struct store_episode *row,
                     const struct task *task, struct str *out, struct err *err)
{
    struct str text CLEANUP_STR = {0};
    struct arena *arena = arena_new();
    struct transcript t;
    int rc = transcript_read(s, id, row, &t, arena, err);
    if (rc == 0)
        tell(&(struct blind){.out = &text, .shown = "", .arena = arena}, &t, task);
    arena_free(arena);
    add_expanded(out, str_text(&text));
    return rc;
}
