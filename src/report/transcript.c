/* See transcript.h. What models and programs wrote is shown with control characters spelt out: it
 * must not steer the reader's terminal. */
#include "report/transcript.h"
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/field.h"
#include "taxonomy/taxonomy.h"

/* Bytes of a control character at s other than newline and tab: C0 and DEL take one, C1 (U+0080-9F)
 * two. */
static size_t control_at(const unsigned char *s)
{
    if ((*s < ' ' && *s != '\n' && *s != '\t') || *s == 0x7f)
        return 1;
    return *s == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f ? 2 : 0;
}

/* Every line of the text behind a margin. */
static void print_block(FILE *out, const char *margin, const char *text)
{
    bool line_start = true;
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (line_start)
            fputs(margin, out);
        line_start = *s == '\n';
        size_t control = control_at(s);
        for (size_t i = 0; i < control; i++)
            fprintf(out, "\\x%02x", s[i]);
        if (control)
            s += control - 1;
        else
            fputc(*s, out);
    }
    if (!line_start)
        fputc('\n', out);
}

void transcript_print_text(FILE *out, const char *margin, const char *text)
{
    print_block(out, margin, text);
}

/* ---- what happened, collected so that it can be told in order ---- */

struct told { /* rendered pieces, one kind of row each */
    char **text;
    size_t n, cap;
};

struct transcript {
    struct told calls, runs, hidden;
    size_t next_call, next_run;
    FILE *out;
};

static FILE *open_piece(struct told *t, char **text, size_t *n)
{
    t->text = xgrow(t->text, &t->cap, t->n + 1, sizeof *t->text);
    FILE *f = open_memstream(text, n);
    if (!f)
        abort(); /* out of memory */
    return f;
}

static void close_piece(struct told *t, FILE *f, char **text)
{
    fclose(f); /* fills *text */
    t->text[t->n++] = *text;
}

static void free_told(struct told *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->text[i]);
    free(t->text);
}

static void print_messages(FILE *f, const char *request)
{
    json_t *q CLEANUP_JSON = json_parse(request, strlen(request), "request", NULL);
    const json_t *message;
    size_t i;
    json_array_foreach (json_object_get(q, "messages"), i, message) {
        fprintf(f, "  %s:\n", json_get_str(message, "role", "?"));
        print_block(f, "    ", json_get_str(message, "content", ""));
    }
}

static int tell_call(void *ctx, const struct store_call *c)
{
    struct transcript *t = ctx;
    char *text;
    size_t n;
    FILE *f = open_piece(&t->calls, &text, &n);
    fprintf(f, "\nCALL %s %d  (%d prompt tokens, %d generated, %s, %.3f s, queued %.3f s", c->role,
            c->index, c->prompt_tokens, c->generated_tokens, c->finish, c->total_s, c->queue_s);
    if (c->attempts > 1)
        fprintf(f, ", %d attempts", c->attempts);
    fprintf(f, "%s%s)\n", *c->label ? ", " : "", c->label);
    if (*c->attempt_log) {
        fputs("  attempts:\n", f);
        print_block(f, "    ", c->attempt_log);
    }
    print_messages(f, c->request);
    if (c->reasoning) {
        fputs("  thinking:\n", f);
        print_block(f, "    ", c->reasoning);
    }
    fputs("  reply:\n", f);
    print_block(f, "    ", c->reply_text);
    close_piece(&t->calls, f, &text);
    return 0;
}

static int tell_failure(void *ctx, const struct store_failure *f)
{
    FILE *out = ctx;
    fprintf(out, "\nGAVE UP %s %d at %s, after %d attempts:\n", f->role, f->index, f->at,
            f->attempts);
    print_block(out, "    ", f->error);
    if (*f->attempt_log)
        print_block(out, "    ", f->attempt_log);
    if (*f->partial_text) {
        fputs("  the reply until then:\n", out);
        print_block(out, "    ", f->partial_text);
    }
    return 0;
}

/* "pass   assert f(1) == 2", "fail   assert ...: AssertionError: got 3" */
static void print_tests(FILE *f, const char *detail)
{
    json_t *d CLEANUP_JSON = json_parse(detail, strlen(detail), "detail", NULL);
    const json_t *test;
    size_t i;
    json_array_foreach (json_object_get(d, "tests"), i, test) {
        struct str line CLEANUP_STR = {0};
        str_addf(&line, "%-8s %s", json_get_str(test, "verdict", "?"),
                 json_get_str(test, "test", "case"));
        if (json_get_str(test, "error_type", NULL))
            str_addf(&line, "\n         %s", json_get_str(test, "error_type", ""));
        if (json_get_str(test, "message", NULL))
            str_addf(&line, ": %s", json_get_str(test, "message", ""));
        print_block(f, "    ", line.p);
    }
}

/* A program run for its value: what it printed, what it came to, what went wrong. */
static void print_outcome(FILE *f, const char *detail)
{
    static const char *const keys[] = {"value", "error_type", "message", "stdout", "stderr"};
    json_t *d CLEANUP_JSON = json_parse(detail, strlen(detail), "detail", NULL);
    const char *subgoal = json_get_str(d, "subgoal", NULL);
    fprintf(f, "  for: %s%s%s\n", json_get_str(d, "purpose", "?"), subgoal ? " " : "",
            subgoal ? subgoal : "");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = json_get_str(d, keys[i], NULL);
        if (!text || !*text)
            continue;
        fprintf(f, "  %s:\n", keys[i]);
        print_block(f, "    ", text);
    }
}

/* Gradings that come after the episode has closed. */
static bool is_after_closing(const char *kind)
{
    return str_eq(kind, "hidden") || str_eq(kind, "self") || str_eq(kind, "reference");
}

static int tell_run(void *ctx, const struct store_tool_run *r)
{
    struct transcript *t = ctx;
    struct told *kind = is_after_closing(r->kind) ? &t->hidden : &t->runs;
    char *text;
    size_t n;
    FILE *f = open_piece(kind, &text, &n);
    fprintf(f, "\nTOOL %s for %s: %s  (program %.12s, %.3f s, CPU %.3f s)\n", r->kind, r->role,
            r->verdict, r->program_hash, r->seconds, r->cpu_seconds);
    print_block(f, "    ", r->program);
    if (str_eq(r->kind, "run")) {
        print_outcome(f, r->detail);
    } else if (*r->detail) {
        fputs("  tests:\n", f);
        print_tests(f, r->detail);
    }
    close_piece(kind, f, &text);
    return 0;
}

static void print_up_to(FILE *out, const struct told *t, size_t *next, size_t end)
{
    for (; *next < t->n && *next < end; ++*next)
        fputs(t->text[*next], out);
}

static int tell_event(void *ctx, const struct store_event *e)
{
    struct transcript *t = ctx;
    print_up_to(t->out, &t->calls, &t->next_call, (size_t)e->calls);
    print_up_to(t->out, &t->runs, &t->next_run, (size_t)e->tool_runs);
    fprintf(t->out, "\nEVENT %s", e->kind);
    if (*e->role)
        fprintf(t->out, " by %s", e->role);
    if (*e->candidate_hash)
        fprintf(t->out, ", program %.12s: public %d/%d, self-written %d/%d", e->candidate_hash,
                e->public_passed, e->public_total, e->self_passed, e->self_total);
    fprintf(t->out, "  (at %.3f s, %ld tokens generated)\n", e->seconds, e->generated_tokens);
    if (*e->detail)
        print_block(t->out, "    ", e->detail);
    return 0;
}

static void print_head(FILE *out, long long id, const struct store_episode *row)
{
    fprintf(out, "Episode %lld: %s on %s, sample %d: ", id, row->arm, row->task, row->sample);
    if (row->status != STORE_DONE)
        fprintf(out, "%s%s%s\n", store_status_name((int)row->status), row->error ? ": " : "",
                row->error ? row->error : "");
    else if (row->n_hidden == 0)
        fprintf(out, "%s (answer: %s), ended by %s\n", row->passed ? "solved" : "not solved",
                row->verdict, row->stop);
    else
        fprintf(out, "%s (hidden tests: %s, %d of %d), ended by %s\n",
                row->passed ? "solved" : "not solved", row->verdict, row->n_hidden_passed,
                row->n_hidden, row->stop);
}

/* "T3 caller's error" for each of the codes. */
static void print_codes(FILE *out, const char *codes)
{
    taxonomy_set set = taxonomy_parse(codes);
    const char *comma = "";
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        if (!(set >> i & 1))
            continue;
        fprintf(out, "%s%s %s", comma, taxonomy_flags[i].code, taxonomy_flags[i].name);
        comma = ", ";
    }
    fputc('\n', out);
}

static void print_tags(FILE *out, const struct store_episode *row)
{
    int label = taxonomy_index(row->label);
    if (label >= 0)
        fprintf(out, "Label: %s %s (%s)\n", row->label, taxonomy_flags[label].name,
                taxonomy_group_name(taxonomy_flags[label].group));
    if (*row->flags) {
        fputs("Flags: ", out);
        print_codes(out, row->flags);
    }
    if (*row->inapplicable)
        fprintf(out, "Not applicable: %s\n", row->inapplicable);
}

static void print_ledger(FILE *out, const struct store_episode *row)
{
    fprintf(out,
            "\nLEDGER %d iterations, %d calls, %d tool runs, %d replans; %ld prompt and %ld "
            "generated tokens; %.3f s = model %.3f + tool %.3f (queued %.3f)\n",
            row->iterations, row->calls, row->tool_runs, row->replans, row->prompt_tokens,
            row->generated_tokens, row->seconds, row->model_seconds, row->tool_seconds,
            row->queue_seconds);
    if (*row->submission) {
        fputs("\nSUBMISSION\n", out);
        print_block(out, "    ", row->submission);
    }
}

int transcript_print(FILE *out, struct store *s, long long id, const struct store_episode *row,
                     struct err *err)
{
    struct transcript t = {.out = out};
    size_t next_hidden = 0;
    int rc = store_calls(s, id, tell_call, &t, err);
    if (rc == 0)
        rc = store_tools(s, id, tell_run, &t, err);
    if (rc == 0) {
        print_head(out, id, row);
        print_tags(out, row);
        rc = store_failures(s, id, tell_failure, out, err);
    }
    if (rc == 0)
        rc = store_events(s, id, tell_event, &t, err);
    if (rc == 0) { /* what no event followed: an episode cut short, and the hidden grading */
        print_up_to(out, &t.calls, &t.next_call, SIZE_MAX);
        print_up_to(out, &t.runs, &t.next_run, SIZE_MAX);
        print_up_to(out, &t.hidden, &next_hidden, SIZE_MAX);
        print_ledger(out, row);
    }
    free_told(&t.calls);
    free_told(&t.runs);
    free_told(&t.hidden);
    return rc;
}
