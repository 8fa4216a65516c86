/* See mast_import.h. */
#include "label/mast_import.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "label/label_codes.h"
#include "label/mast_modes.h"
#include "store/transcript.h"
#include "suite/suite.h"
#include "taxonomy/taxonomy.h"
#include "tool/fences.h"

static const char readable[] = "T3 T4 S4 P6";
enum { SHORT_TURN = 40 }; /* bytes: "TERMINATE" may be said twice */

struct mast_reading {
    const char *path;
    struct store *store; /* NULL: only looking whether the file is good */
    struct mast_import *sum;
    json_t *seen; /* arm and task -> line */
    struct arena *arena;
    struct err *err;
    int line; /* of the record */
};

static int bad(struct mast_reading *r, const char *what)
{
    return err_input(r->err, "%s:%d: %s", r->path, r->line, what);
}

/* ---- turns ---- */

/* The exception that an executor reports between here and `end`: the last "XxxError" at the
 * beginning of a line behind a traceback or a bad exit code. */
static const char *reported_error(struct arena *arena, const char *from, const char *end)
{
    const char *text = arena_strndup(arena, from, (size_t)(end - from)), *type = NULL;
    const char *at = strstr(text, "Traceback (most recent call last)");
    if (!at)
        at = strstr(text, "exitcode: 1");
    for (const char *p = at; p; p = strchr(p, '\n')) {
        p += *p == '\n';
        size_t n = 0;
        while (isalpha((unsigned char)p[n]))
            n++;
        if (n > 5 && (p[n] == ':' || p[n] == '\n' || !p[n]) && memcmp(p + n - 5, "Error", 5) == 0)
            type = arena_strndup(arena, p, n);
        if (!*p)
            break;
    }
    return type;
}

static const char *hash_of(const char *text, struct arena *arena)
{
    char *hash = arena_alloc(arena, HASH_HEX);
    hash_sha256_hex(text, strlen(text), hash);
    return hash;
}

/* One doing of a role: the model called with these words. */
static void add_call_event(struct transcript *t, const char *role, const char *hash,
                           struct arena *a)
{
    transcript_add_event(
        t,
        &(struct transcript_event){
            .kind = EVENT_TOOL_CALL,
            .row = {.role = role,
                    .calls = (int)t->n_calls,
                    .tool_runs = (int)t->n_runs,
                    .candidate_hash = ""},
            .tool_call = {.form = "turn", .tool = "python", .ok = true, .hash = hash}},
        a);
}

/* `after`: the turn behind, where an executor answers; "" = none. */
static void add_programs(struct transcript *t, const char *role, const char *content,
                         const char *after, struct arena *a)
{
    struct fence_blocks blocks = fences_find(content, a);
    for (size_t i = 0; i < blocks.n; i++) {
        const struct fence_block *b = &blocks.items[i];
        if (b->label != FENCE_PYTHON)
            continue;
        const char *end = i + 1 < blocks.n ? blocks.items[i + 1].start : content + strlen(content);
        const char *type = reported_error(a, b->end, end);
        if (!type && i + 1 == blocks.n)
            type = reported_error(a, after, after + strlen(after));
        add_call_event(t, role, hash_of(b->text, a), a);
        struct transcript_run run = {.kind = RUN_PROGRAM,
                                     .row = {.role = role,
                                             .program_hash = hash_of(b->text, a),
                                             .program = b->text,
                                             .verdict = type ? "error" : "ok"},
                                     .program = {.purpose = "tool",
                                                 .out = "",
                                                 .errout = "",
                                                 .error_type = type,
                                                 .message = type ? type : NULL}};
        transcript_add_run(t, &run, a);
    }
    if (blocks.n == 0 && strlen(content) >= SHORT_TURN)
        add_call_event(t, role, hash_of(content, a), a);
}

static void add_turn(struct transcript *t, const char *role, const char *content, const char *after,
                     struct arena *a)
{
    int index = 0;
    for (size_t i = 0; i < t->n_calls; i++)
        index += strcmp(t->calls[i].role, role) == 0;
    transcript_add_call(t,
                        &(struct store_call){.role = role,
                                             .index = index,
                                             .request_hash = "",
                                             .request = "",
                                             .reply_text = content,
                                             .reasoning = "",
                                             .finish = "stop",
                                             .attempts = 1,
                                             .attempt_log = "",
                                             .label = ""},
                        a);
    add_programs(t, role, content, after, a);
}

static const char *turn_role(const json_t *turn)
{
    const char *name = json_get_str(turn, "name", NULL);
    return name && *name ? name : json_get_str(turn, "role", "agent");
}

/* turns: a list of {"name" or "role", "content"}. */
static int add_turns(struct mast_reading *r, const json_t *turns, struct transcript *t)
{
    size_t n = json_array_size(turns);
    for (size_t i = 0; i < n; i++) {
        const json_t *turn = json_array_get(turns, i), *next = json_array_get(turns, i + 1);
        const char *content = json_get_str(turn, "content", NULL);
        if (!json_is_object(turn) || !content)
            return bad(r,
                       arena_printf(r->arena,
                                    "turn %zu: expected an object with a text \"content\"", i + 1));
        add_turn(t, turn_role(turn), content, json_get_str(next, "content", ""), r->arena);
    }
    return 0;
}

/* ---- labels ---- */

struct labels {
    const char *annotator;
    struct str codes, modes; /* "P6,V3" and "step repetition; weak verification" */
};

/* The name of a mode as it is listed: ours, or what stands in the file, without its number. */
static void add_mode(struct labels *l, const char *text, struct arena *arena)
{
    const struct mast_mode *m = mast_find(text);
    char *name = arena_strdup(arena, m ? m->name : text);
    while (!m && *name && !isalpha((unsigned char)*name))
        name++;
    for (char *c = name; *c; c++)
        *c = *c == ';' ? ',' : (char)tolower((unsigned char)*c);
    str_addf(&l->modes, "%s%s", l->modes.len ? "; " : "", *name ? name : text);
    if (m && *m->codes)
        str_addf(&l->codes, "%s%.2s", l->codes.len ? "," : "", m->codes);
}

static int put_labels(struct mast_reading *r, long long id, struct labels *l)
{
    char *note CLEANUP_FREE = xasprintf("modes: %s", str_text(&l->modes));
    char *now CLEANUP_FREE = clock_utc_now();
    const struct store_label label = {l->annotator, l->codes.len ? str_text(&l->codes) : "-", note,
                                      now};
    mast_count(note, &r->sum->modes, &r->sum->unmapped);
    int rc = r->store ? store_label_put(r->store, id, &label, r->err) : 0;
    str_free(&l->codes);
    str_free(&l->modes);
    return rc;
}

/* A vote: true, 1 or "yes"; null is no. -1 = neither. */
static int vote(const json_t *v)
{
    if (!v || json_is_null(v) || json_is_false(v))
        return 0;
    if (json_is_true(v))
        return 1;
    if (json_is_number(v) && (json_number_value(v) == 0 || json_number_value(v) == 1))
        return (int)json_number_value(v);
    return -1;
}

/* {"1.1": 0, "1.3": 1, ...} */
static int put_map(struct mast_reading *r, long long id, json_t *modes)
{
    struct labels l = {.annotator = "mast"};
    const char *key;
    json_t *value;
    json_object_foreach (modes, key, value) {
        int yes = vote(value);
        if (yes < 0 || !mast_find(key))
            return bad(r, arena_printf(
                              r->arena,
                              "mast_annotation: \"%s\": expected a mode of MAST with 0 or 1", key));
        if (yes)
            add_mode(&l, key, r->arena);
    }
    return put_labels(r, id, &l);
}

static const char *mode_key(const json_t *row)
{
    const char *name = json_get_str(row, "failure mode", NULL);
    return name ? name : json_get_str(row, "failure_mode", NULL);
}

/* The votes of one person in [{"failure mode": "1.1 ...", "annotator_1": true}, ...]. */
static int put_person(struct mast_reading *r, long long id, const json_t *rows, const char *who)
{
    struct labels l = {.annotator = who};
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        int yes = vote(json_object_get(row, who));
        if (!mode_key(row) || yes < 0)
            return bad(r, arena_printf(r->arena,
                                       "annotations: row %zu: expected a \"failure mode\" and true "
                                       "or false for %s",
                                       i + 1, who));
        if (yes)
            add_mode(&l, mode_key(row), r->arena);
    }
    return put_labels(r, id, &l);
}

static int put_people(struct mast_reading *r, long long id, json_t *rows)
{
    json_t *first = json_array_get(rows, 0), *value;
    const char *key;
    int rc = 0;
    if (!json_is_object(first))
        return bad(r, "annotations: expected a list of modes with a vote of each annotator");
    json_object_foreach (first, key, value)
        if (rc == 0 && str_starts(key, "annotator"))
            rc = put_person(r, id, rows, arena_strdup(r->arena, key));
    return rc;
}

/* ---- records ---- */

/* What is tagged: the turns of a system that runs Python, of a task of which nothing is known. */
static void tag(const struct transcript *t, const char *question, struct taxonomy_tags *out,
                struct arena *arena)
{
    const struct task task = {.id = "trace", .prompt = question, .has_answer = true};
    const struct taxonomy_arm arm = {.tool = true};
    taxonomy_set may = taxonomy_parse(readable);
    taxonomy_tag(t, &task, &arm, out, arena);
    out->flags &= may;
    out->flags_text = taxonomy_text(out->flags, arena);
    out->inapplicable_text = taxonomy_text(TAXONOMY_ALL & ~may, arena);
    int primary = taxonomy_primary(out->flags);
    out->label = primary < 0 ? "" : taxonomy_flags[primary].code;
}

static int put_transcript(struct mast_reading *r, long long id, const struct transcript *t)
{
    int rc = 0;
    for (size_t i = 0; i < t->n_calls && rc == 0; i++)
        rc = store_call_put(r->store, id, &t->calls[i], r->err);
    for (size_t i = 0; i < t->n_runs && rc == 0; i++)
        rc = store_tool_put(r->store, id, &t->runs[i].row, r->err);
    for (size_t i = 0; i < t->n_events && rc == 0; i++)
        rc = store_event_put(r->store, id, &t->events[i].row, r->err);
    return rc;
}

static int put_episode(struct mast_reading *r, const char *arm, const char *task,
                       const char *question, struct transcript *t, long long *id)
{
    char *key CLEANUP_FREE = xasprintf("%s\n%s", arm, task);
    if (json_object_get(r->seen, key))
        return bad(r, arena_printf(r->arena, "trace '%s' of %s stands in line %lld too", task, arm,
                                   json_get_int(r->seen, key, 0)));
    json_object_set_new(r->seen, key, json_integer(r->line));
    r->sum->traces++;
    r->sum->runs += t->n_runs;
    if (!r->store)
        return 0;
    struct taxonomy_tags tags;
    t->row =
        (struct store_episode){.arm = arm,
                               .task = task,
                               .group = "",
                               .status = STORE_DONE,
                               .verdict = "fail",
                               .stop = "imported",
                               .submission = t->n_calls ? t->calls[t->n_calls - 1].reply_text : "",
                               .calls = (int)t->n_calls,
                               .tool_runs = (int)t->n_runs,
                               .solve_seconds = -1,
                               .error = ""};
    tag(t, question, &tags, r->arena);
    t->row.label = tags.label;
    t->row.flags = tags.flags_text;
    t->row.inapplicable = tags.inapplicable_text;
    int rc = store_episode_add(r->store, arm, task, 0, id, r->err);
    if (rc >= 0)
        rc = put_transcript(r, *id, t);
    return rc < 0 ? rc : store_episode_finish(r->store, *id, &t->row, r->err);
}

static int take_mast(struct mast_reading *r, const json_t *o)
{
    struct transcript t = {0};
    long long id = 0;
    json_t *trace = json_object_get(o, "trace"), *votes = json_object_get(o, "mast_annotation");
    json_t *people = json_object_get(o, "annotations"),
           *turns = json_object_get(trace, "trajectory");
    const char *number = json_word(json_object_get(o, "trace_id"), r->arena);
    const char *round = json_get_str(o, "round", NULL), *arm = json_get_str(o, "mas_name", NULL);
    if (!turns)
        turns = trace;
    if (!arm || !number || !(json_is_string(turns) || json_is_array(turns)))
        return bad(r,
                   "expected mas_name, trace_id and a trace (a text, a list of turns, or an object "
                   "with a trajectory)");
    if (!json_is_object(votes) && !json_is_array(people))
        return bad(r, "expected mast_annotation (an object of modes) or annotations (a list)");
    const char *task =
        arena_printf(r->arena, "%s/%s%s%s", json_get_str(o, "benchmark_name", "trace"), number,
                     round ? "/" : "", round ? round : "");
    int rc = 0;
    if (json_is_string(turns))
        add_turn(&t, "trace", json_string_value(turns), "", r->arena);
    else
        rc = add_turns(r, turns, &t);
    if (rc == 0)
        rc = put_episode(r, arm, task, "", &t, &id);
    if (rc == 0)
        rc = json_is_object(votes) ? put_map(r, id, votes) : put_people(r, id, people);
    return rc;
}

static int take_who_and_when(struct mast_reading *r, const json_t *o)
{
    struct transcript t = {0};
    long long id = 0;
    struct labels l = {.annotator = "who_and_when"};
    const char *name = json_word(json_object_get(o, "question_ID"), r->arena);
    bool solved = vote(json_object_get(o, "is_correct")) == 1 ||
                  vote(json_object_get(o, "is_corrected")) == 1;
    if (!name || !json_get_str(o, "mistake_agent", NULL))
        return bad(r, "expected question_ID and mistake_agent beside the history");
    if (solved) {
        r->sum->solved++;
        return 0;
    }
    int rc = add_turns(r, json_object_get(o, "history"), &t);
    if (rc == 0)
        rc = put_episode(r, "agents", name, json_get_str(o, "question", ""), &t, &id);
    if (rc < 0)
        return rc;
    add_mode(&l, json_get_str(o, "mistake_type", "not classified"), r->arena);
    return put_labels(r, id, &l);
}

static int take_record(struct mast_reading *r, const json_t *o)
{
    if (json_is_array(json_object_get(o, "history")))
        return take_who_and_when(r, o);
    if (json_object_get(o, "mas_name") || json_object_get(o, "trace"))
        return take_mast(r, o);
    return bad(r, "expected a record of MAST (mas_name, trace_id, trace, mast_annotation or "
                  "annotations) or of Who & When (history, question_ID, mistake_agent)");
}

/* ---- the file ---- */

/* The end of the object at p, counting its lines; NULL = it does not end. */
static const char *object_end(const char *p, int *lines)
{
    int depth = 0;
    bool text = false;
    for (; *p; p++) {
        *lines += *p == '\n';
        if (text) {
            if (*p == '\\' && p[1])
                p++;
            else
                text = *p != '"';
        } else if (*p == '"') {
            text = true;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if ((*p == '}' || *p == ']') && --depth == 0) {
            return p + 1;
        }
    }
    return NULL;
}

/* Objects one after the other, whatever is between them: an array, lines, or one alone. */
static int read_all(struct mast_reading *r, const char *text)
{
    int line = 1, rc = 0;
    for (const char *p = text; *p && rc == 0;) {
        if (*p != '{') {
            if (!strchr(" \t\r\n[],", *p)) {
                r->line = line;
                return bad(r, "expected a JSON array of records, or one record a line");
            }
            line += *p++ == '\n';
            continue;
        }
        r->line = line;
        const char *end = object_end(p, &line);
        if (!end)
            return bad(r, "this record does not end; the file may be cut off");
        char *where CLEANUP_FREE = xasprintf("%s:%d", r->path, r->line);
        json_t *o CLEANUP_JSON = json_parse(p, (size_t)(end - p), where, r->err);
        rc = o ? take_record(r, o) : r->err->code;
        p = end;
    }
    if (rc == 0 && r->sum->traces + r->sum->solved == 0) {
        r->line = 1;
        return bad(r, "there is no record in it");
    }
    return rc;
}

static int pass_over(struct mast_reading *r, const char *text)
{
    r->arena = arena_new();
    r->seen = json_object();
    *r->sum = (struct mast_import){0};
    int rc = read_all(r, text);
    json_decref(r->seen);
    arena_free(r->arena);
    return rc;
}

int mast_import(const char *path, const char *dir, struct mast_import *out, struct err *err)
{
    char *text CLEANUP_FREE = NULL, *db CLEANUP_FREE = xasprintf("%s/run.db", dir);
    size_t size;
    struct mast_reading r = {.path = path, .sum = out, .err = err};
    int rc = file_read(path, 0, &text, &size, err);
    if (rc == 0)
        rc = pass_over(&r, text); /* before anything is made */
    if (rc == 0 && file_exists(db))
        rc = err_input(err, "%s is there already; name another directory", db);
    if (rc == 0)
        rc = file_mkdirs(dir, err);
    if (rc == 0)
        rc = store_open(db, STORE_WRITE, &r.store, err);
    if (rc == 0)
        rc = pass_over(&r, text);
    store_close(r.store);
    return rc;
}
