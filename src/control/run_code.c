/* Running a program for its value, within a math episode.
 *
 * The value is, in this order: what the variable `answer` holds; the last line that was printed;
 * what the last name assigned at the outer level holds. */
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"
#include "control/assigned.h"
#include "control/episode.h"
#include "control/feedback.h"
#include "control/recorded.h"

static const char ANSWER[] = "answer"; /* the variable that prompts ask for */

enum { KEPT_OUTPUT = 4096 }; /* of each stream, in the record; a model reads less */

static const char *cut(const char *text, size_t max, struct arena *arena)
{
    size_t n = strlen(text);
    return arena_strndup(arena, text, n <= max ? n : utf8_cut(text, max));
}

static const char *last_line(const char *text, struct arena *arena)
{
    size_t end = strlen(text);
    while (end > 0 && strchr(" \t\r\n", text[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    return end > start ? arena_strndup(arena, text + start, end - start) : NULL;
}

/* A JSON value as text: the inside of a string, everything else as JSON writes it; null is none. */
static const char *value_text(const char *json, struct arena *arena)
{
    json_t *j CLEANUP_JSON = json ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
    if (!j || json_is_null(j))
        return j || !json ? NULL : arena_strdup(arena, json);
    return arena_strdup(arena, json_is_string(j) ? json_string_value(j) : json);
}

/* The value of the run, before it is cut. */
static const char *value_of(const struct tool_run_result *r, bool named, struct arena *arena)
{
    const char *held = value_text(r->value, arena), *said = last_line(r->out, arena);
    if (r->status != TOOL_OK)
        return NULL;
    return named && held ? held : said ? said : held;
}

static const char *error_of(const struct transcript_run *r, struct arena *arena)
{
    return feedback_of_run(r->row.program,
                           r->program.error_type ? r->program.error_type : r->row.verdict,
                           r->program.message, r->program.errout, arena);
}

/* Runs it, or finds the run in the record that is replayed. `seen` is all that the arm learns, and
 * all that the record keeps. */
static int run_program(struct episode *e, const char *program, const char *hash,
                       struct transcript_run *seen)
{
    int rc = recorded_run(e, hash, seen);
    if (rc)
        return rc < 0 ? rc : 0;
    bool named = assigned_has(program, ANSWER);
    struct tool_run_request q = {.code = program,
                                 .code_len = strlen(program),
                                 .value_name = named ? ANSWER : assigned_last(program, e->arena),
                                 .limits = e->task->limits,
                                 .seed = seed_derive(e->env->seed, "tool/%s", e->task->id)};
    struct tool_run_result r;
    rc = tool_run(e->env->tool, &q, &r, e->arena, e->err);
    if (rc)
        return rc;
    if (r.status == TOOL_INFRA)
        return err_fault(e->err, "the Python tool failed twice on one program: %s",
                         r.message ? r.message : "no message");
    const char *value = value_of(&r, named, e->arena);
    *seen = (struct transcript_run){
        .kind = RUN_PROGRAM,
        .row = {.verdict = tool_status_name(r.status),
                .seconds = r.seconds,
                .cpu_seconds = r.cpu_seconds},
        .program = {.out = cut(r.out, KEPT_OUTPUT, e->arena),
                    .errout = cut(r.errout, KEPT_OUTPUT, e->arena),
                    .value = value ? cut(value, KEPT_OUTPUT, e->arena) : NULL,
                    .error_type = r.error_type,
                    .message = r.message}};
    return 0;
}

int episode_run_code(struct episode *e, const struct code_run *run, struct code_result *r)
{
    int rc = episode_check_run(e);
    if (rc)
        return rc;
    char *hash = arena_alloc(e->arena, HASH_HEX);
    hash_sha256_hex(run->program, strlen(run->program), hash);
    struct transcript_run seen;
    rc = run_program(e, run->program, hash, &seen);
    if (rc)
        return rc;
    seen.row.role = run->role;
    seen.row.program_hash = hash;
    seen.row.program = run->program;
    seen.program.purpose = run->purpose;
    seen.program.subgoal = run->subgoal;
    rc = episode_log_run(e, &seen);
    if (rc)
        return rc;
    episode_charge_run(e, run->role, seen.row.seconds);
    bool ok = str_eq(seen.row.verdict, tool_status_name(TOOL_OK));
    *r = (struct code_result){.ok = ok,
                              .out = cut(seen.program.out, OUTPUT_MAX, e->arena),
                              .value = seen.program.value,
                              .error = ok ? NULL : error_of(&seen, e->arena)};
    return 0;
}
