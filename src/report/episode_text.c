/* See episode_text.h. */
#include "report/episode_text.h"
#include <stdint.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "report/told.h"
#include "store/field.h"
#include "taxonomy/taxonomy.h"

struct episode_telling {
    struct told calls, runs, gradings; /* gradings: after the episode has closed */
    struct str *out;
};

static void add_messages(struct str *out, const char *request)
{
    json_t *q CLEANUP_JSON = json_parse(request, strlen(request), "request", NULL);
    const json_t *message;
    size_t i;
    json_array_foreach (json_object_get(q, "messages"), i, message) {
        str_addf(out, "  %s:\n", json_get_str(message, "role", "?"));
        told_block(out, json_get_str(message, "content", ""));
    }
}

static void tell_call(struct episode_telling *t, const struct store_call *c)
{
    struct str text = {0};
    str_addf(&text, "\nCALL %s %d  (%d prompt tokens, %d generated, %s, %.3f s, queued %.3f s",
             c->role, c->index, c->prompt_tokens, c->generated_tokens, c->finish, c->total_s,
             c->queue_s);
    if (c->attempts > 1)
        str_addf(&text, ", %d attempts", c->attempts);
    str_addf(&text, "%s%s)\n", *c->label ? ", " : "", c->label);
    told_titled(&text, "attempts", c->attempt_log);
    add_messages(&text, c->request);
    told_titled(&text, "thinking", c->reasoning);
    str_add(&text, "  reply:\n");
    told_block(&text, c->reply_text);
    told_add(&t->calls, &text);
}

static void tell_failure(struct episode_telling *t, const struct store_failure *f)
{
    str_addf(t->out, "\nGAVE UP %s %d at %s, after %d attempts:\n", f->role, f->index, f->at,
             f->attempts);
    told_block(t->out, f->error);
    told_block(t->out, f->attempt_log);
    told_titled(t->out, "the reply until then", f->partial_text);
}

static bool is_after_closing(enum run_kind kind)
{
    return kind == RUN_HIDDEN || kind == RUN_SELF || kind == RUN_REFERENCE;
}

static void tell_run(struct episode_telling *t, const struct transcript_run *run)
{
    const struct store_tool_run *r = &run->row;
    const char *subgoal = run->kind == RUN_PROGRAM ? run->program.subgoal : NULL;
    struct str text = {0};
    str_addf(&text, "\nTOOL %s for %s: %s  (program %.12s, %.3f s, CPU %.3f s)\n", r->kind, r->role,
             r->verdict, r->program_hash, r->seconds, r->cpu_seconds);
    told_block(&text, r->program);
    if (run->kind == RUN_PROGRAM) { /* what for, and what came of it */
        str_addf(&text, "  for: %s%s%s\n", *run->program.purpose ? run->program.purpose : "?",
                 subgoal ? " " : "", subgoal ? subgoal : "");
        told_outcome(&text, run);
    } else if (*r->detail) {
        told_tests(&text, &run->tests);
    }
    told_add(is_after_closing(run->kind) ? &t->gradings : &t->runs, &text);
}

static void tell_event(struct episode_telling *t, const struct store_event *e)
{
    told_up_to(&t->calls, (size_t)e->calls, t->out);
    told_up_to(&t->runs, (size_t)e->tool_runs, t->out);
    str_addf(t->out, "\nEVENT %s", e->kind);
    if (*e->role)
        str_addf(t->out, " by %s", e->role);
    if (*e->candidate_hash)
        str_addf(t->out, ", program %.12s: public %d/%d, self-written %d/%d", e->candidate_hash,
                 e->public_passed, e->public_total, e->self_passed, e->self_total);
    str_addf(t->out, "  (at %.3f s, %ld tokens generated)\n", e->seconds, e->generated_tokens);
    told_block(t->out, e->detail);
}

static void add_head(struct str *out, long long id, const struct store_episode *row)
{
    str_addf(out, "Episode %lld: %s on %s, sample %d: ", id, row->arm, row->task, row->sample);
    if (row->status != STORE_DONE)
        str_addf(out, "%s%s%s\n", store_status_name((int)row->status), row->error ? ": " : "",
                 row->error ? row->error : "");
    else if (row->n_hidden == 0)
        str_addf(out, "%s (answer: %s), ended by %s\n", row->passed ? "solved" : "not solved",
                 row->verdict, row->stop);
    else
        str_addf(out, "%s (hidden tests: %s, %d of %d), ended by %s\n",
                 row->passed ? "solved" : "not solved", row->verdict, row->n_hidden_passed,
                 row->n_hidden, row->stop);
}

/* "T3 caller's error" for each of the codes. */
static void add_codes(struct str *out, const char *codes)
{
    taxonomy_set set = taxonomy_parse(codes);
    const char *comma = "";
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        if (!(set >> i & 1))
            continue;
        str_addf(out, "%s%s %s", comma, taxonomy_flags[i].code, taxonomy_flags[i].name);
        comma = ", ";
    }
    str_addc(out, '\n');
}

static void add_tags(struct str *out, const struct store_episode *row)
{
    int label = taxonomy_index(row->label);
    if (label >= 0)
        str_addf(out, "Label: %s %s (%s)\n", row->label, taxonomy_flags[label].name,
                 taxonomy_group_name(taxonomy_flags[label].group));
    if (*row->flags) {
        str_add(out, "Flags: ");
        add_codes(out, row->flags);
    }
    if (*row->inapplicable)
        str_addf(out, "Not applicable: %s\n", row->inapplicable);
}

static void add_ledger(struct str *out, const struct store_episode *row)
{
    str_addf(out,
             "\nLEDGER %d iterations, %d calls, %d tool runs, %d replans; %ld prompt and %ld "
             "generated tokens; %.3f s = model %.3f + tool %.3f (queued %.3f)\n",
             row->iterations, row->calls, row->tool_runs, row->replans, row->prompt_tokens,
             row->generated_tokens, row->seconds, row->model_seconds, row->tool_seconds,
             row->queue_seconds);
    if (*row->submission) {
        str_add(out, "\nSUBMISSION\n");
        told_block(out, row->submission);
    }
}

static void tell(const struct transcript *t, long long id, struct episode_telling *to)
{
    for (size_t i = 0; i < t->n_calls; i++)
        tell_call(to, &t->calls[i]);
    for (size_t i = 0; i < t->n_runs; i++)
        tell_run(to, &t->runs[i]);
    add_head(to->out, id, &t->row);
    add_tags(to->out, &t->row);
    for (size_t i = 0; i < t->n_failures; i++)
        tell_failure(to, &t->failures[i]);
    for (size_t i = 0; i < t->n_events; i++)
        tell_event(to, &t->events[i].row);
    told_up_to(&to->calls, SIZE_MAX, to->out); /* what no event followed: an episode cut short, */
    told_up_to(&to->runs, SIZE_MAX, to->out);
    told_up_to(&to->gradings, SIZE_MAX, to->out); /* and the gradings */
    add_ledger(to->out, &t->row);
    told_free(&to->calls);
    told_free(&to->runs);
    told_free(&to->gradings);
}

int episode_text_add(struct store *s, long long id, const struct store_episode *row,
                     struct str *out, struct err *err)
{
    struct arena *arena = arena_new();
    struct transcript t;
    int rc = transcript_read(s, id, row, &t, arena, err);
    if (rc == 0)
        tell(&t, id, &(struct episode_telling){.out = out});
    arena_free(arena);
    return rc;
}
