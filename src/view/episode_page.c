/* See episode_page.h. */
#include "view/episode_page.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "control/arm.h"
#include "store/export.h"
#include "store/transcript.h"
#include "taxonomy/taxonomy.h"
#include "view/event_sentence.h"
#include "view/flag_place.h"
#include "view/timeline.h"

struct making {
    struct shelf_record *r;
    struct arena *arena;
    struct err *err;
    json_t *out; /* NULL until the episode was found */
};

static json_t *text_json(const char *text)
{
    return text ? json_bytes(text, strlen(text)) : json_null();
}

/* ---- the timeline ---- */

static json_t *timeline_json(const struct transcript *t, const struct timeline *line)
{
    json_t *items = json_array();
    for (size_t i = 0; i < line->n; i++) {
        const struct timeline_item *item = &line->items[i];
        struct str text CLEANUP_STR = {0};
        json_t *o = json_pack(
            "{s:s, s:I, s:f, s:f, s:I, s:I}", "kind", timeline_kind_name(item->kind), "index",
            (json_int_t)item->index, "from_s", item->from_s, "to_s", item->to_s, "from_tokens",
            (json_int_t)item->from_tokens, "to_tokens", (json_int_t)item->to_tokens);
        if (item->kind == TIMELINE_EVENT) {
            event_sentence(t, item->index, &text);
            json_object_set_new(o, "text", text_json(str_text(&text)));
        }
        json_array_append_new(items, o);
    }
    return items;
}

static void add_solved(json_t *o, const struct transcript *t, const struct timeline *line)
{
    double seconds;
    long tokens;
    size_t item;
    if (timeline_solved_at(t, line, &seconds, &tokens, &item))
        json_object_set_new(o, "solved_at",
                            json_pack("{s:f, s:I, s:I}", "seconds", seconds, "tokens",
                                      (json_int_t)tokens, "item", (json_int_t)item));
}

/* ---- flags ---- */

static json_t *flag_json(const struct transcript *t, int flag, const char *why)
{
    const struct taxonomy_flag *f = &taxonomy_flags[flag];
    const struct flag_place place = flag_place_of(t, f->code, why);
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:b, s:{s:s, s:I}}", "code", f->code, "name",
                          f->name, "group", taxonomy_group_name(f->group), "rule", f->rule,
                          "primary", str_eq(t->row.label, f->code), "place", "kind",
                          flag_place_name(place.kind), "index", (json_int_t)place.index);
    json_object_set_new(o, "why", text_json(why && *why ? why : NULL));
    return o;
}

/* With the suite at hand the rules are asked again, for why they hold; the record has the last
 * word on which do. */
static json_t *flags_json(struct making *m, const struct transcript *t)
{
    const json_t *arm = manifest_arm(&m->r->manifest, t->row.arm);
    const struct task *task =
        m->r->has_suite ? suite_find(&m->r->tagging.suite, t->row.task) : NULL;
    struct taxonomy_tags tags = {0};
    if (task && arm) {
        const struct arm played = arm_from_json(arm);
        const struct taxonomy_arm facts = taxonomy_arm_of(&played);
        taxonomy_tag(t, task, &facts, &tags, m->arena);
    }
    taxonomy_set held = taxonomy_parse(t->row.flags);
    json_t *flags = json_array();
    int primary = taxonomy_index(t->row.label);
    for (int rank = -1; rank < N_TAXONOMY_FLAGS; rank++) { /* the label first */
        int i = rank < 0 ? primary : taxonomy_ranked(rank);
        if (i >= 0 && (held >> i & 1) && (rank < 0 || i != primary))
            json_array_append_new(flags, flag_json(t, i, tags.why[i]));
    }
    return flags;
}

/* ---- the rest ---- */

static json_t *texts_json(const char *const *texts, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, text_json(texts[i]));
    return list;
}

static json_t *task_json(struct making *m, const char *id)
{
    const struct task *task = m->r->has_suite ? suite_find(&m->r->tagging.suite, id) : NULL;
    if (!task)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "prompt", text_json(task->prompt));
    json_object_set_new(o, "entry_point", text_json(task->entry_point));
    json_object_set_new(o, "public_tests", texts_json(task->public_tests, task->n_public));
    json_object_set_new(o, "reference", text_json(task->reference));
    if (task->has_answer)
        json_object_set_new(o, "answer", json_real(task->answer));
    return o;
}

static json_t *shares_json(const struct store_episode *row)
{
    json_t *list = json_array();
    for (size_t i = 0; i < row->n_shares; i++) {
        const struct store_share *s = &row->shares[i];
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:I, s:I, s:f, s:f}", "role",
                                              s->role, "calls", s->calls, "tool_runs", s->tool_runs,
                                              "prompt_tokens", (json_int_t)s->prompt_tokens,
                                              "generated_tokens", (json_int_t)s->generated_tokens,
                                              "model_seconds", s->model_seconds, "tool_seconds",
                                              s->tool_seconds));
    }
    return list;
}

/* The counts of the row: in the export, "calls" and "tool_runs" are the lists. */
static json_t *spent_json(const struct store_episode *row)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:I, s:I, s:f}", "iterations", row->iterations, "calls",
                     row->calls, "tool_runs", row->tool_runs, "replans", row->replans,
                     "prompt_tokens", (json_int_t)row->prompt_tokens, "generated_tokens",
                     (json_int_t)row->generated_tokens, "seconds", row->seconds);
}

static int make(void *ctx, long long id, const struct store_episode *read)
{
    struct making *m = ctx;
    struct transcript t;
    int rc = transcript_read(m->r->store, id, read, &t, m->arena, m->err);
    json_t *episode = rc == 0 ? store_episode_json(m->r->store, id, read, m->err) : NULL;
    if (!episode)
        return -1;
    const struct timeline line = timeline_make(&t, m->arena);
    m->out = json_object();
    json_object_set_new(m->out, "id", json_integer(id));
    json_object_set_new(m->out, "episode", episode);
    json_object_set_new(m->out, "timeline", timeline_json(&t, &line));
    json_object_set_new(m->out, "flags", flags_json(m, &t));
    json_object_set_new(m->out, "task", task_json(m, t.row.task));
    json_object_set_new(m->out, "shares", shares_json(&t.row));
    json_object_set_new(m->out, "spent", spent_json(&t.row));
    if (m->r->manifest.budget)
        json_object_set(m->out, "budget", (json_t *)m->r->manifest.budget);
    add_solved(m->out, &t, &line);
    return 0;
}

json_t *episode_page_json(struct shelf_record *r, long long id, struct err *err)
{
    struct making m = {.r = r, .arena = arena_new(), .err = err};
    int rc = store_episode_read(r->store, id, make, &m, err);
    arena_free(m.arena);
    if (rc == 0 && !m.out)
        err_input(err, "there is no episode %lld", id);
    return m.out;
}

/* ---- two arms ---- */

static int find_episode(struct shelf_record *r, const char *task, long long sample, const char *arm,
                        long long *id, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r,
                           "SELECT id FROM r.episodes WHERE task = (SELECT id FROM r.tasks WHERE "
                           "name = ?1) AND arm = (SELECT id FROM r.arms WHERE name = ?2) AND "
                           "sample = ?3",
                           &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_text(stmt, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, arm, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, sample);
    int step = sqlite3_step(stmt);
    if (step == SQLITE_DONE)
        return err_input(err, "no episode of arm '%s' on task '%s', sample %lld", arm, task,
                         sample);
    if (step != SQLITE_ROW)
        return shelf_fail(r, err);
    *id = sqlite3_column_int64(stmt, 0);
    return 0;
}

static bool passed(const json_t *page)
{
    return json_get_bool(json_object_get(page, "episode"), "passed", false);
}

/* Where an item of a place stands in the timeline; its length = nowhere: the end. */
static size_t item_of_place(const json_t *page, const json_t *place)
{
    const json_t *items = json_object_get(page, "timeline"), *item;
    const char *kind = json_get_str(place, "kind", "");
    size_t i;
    json_array_foreach (items, i, item) {
        const char *is = json_get_str(item, "kind", "");
        if ((str_eq(is, kind) || (str_eq(is, "grading") && str_eq(kind, "run"))) &&
            json_get_int(item, "index", -1) == json_get_int(place, "index", -2))
            break;
    }
    return i;
}

/* "hrm has a solution after 0.42 s and 42 tokens; flat never has one: S3 fails a shown test: ..."
 */
static json_t *part_json(const json_t *a, const json_t *b)
{
    if (passed(a) == passed(b))
        return json_null();
    const json_t *winner = passed(a) ? a : b, *loser = passed(a) ? b : a;
    const json_t *solved = json_object_get(winner, "solved_at");
    const json_t *flag = json_array_get(json_object_get(loser, "flags"), 0);
    const char *why = json_get_str(flag, "why", "");
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%s has a solution after %.2f s and %lld tokens; %s never has one",
             json_get_str(json_object_get(winner, "episode"), "arm", ""),
             json_get_num(solved, "seconds", 0), json_get_int(solved, "tokens", 0),
             json_get_str(json_object_get(loser, "episode"), "arm", ""));
    if (flag)
        str_addf(&text, ": %s %s%s%s", json_get_str(flag, "code", ""),
                 json_get_str(flag, "name", ""), *why ? ": " : "", why);
    size_t other = flag ? item_of_place(loser, json_object_get(flag, "place"))
                        : json_array_size(json_object_get(loser, "timeline"));
    json_t *o = json_pack("{s:s, s:f, s:I, s:I, s:I}", "solved", passed(a) ? "a" : "b", "seconds",
                          json_get_num(solved, "seconds", 0), "tokens",
                          (json_int_t)json_get_int(solved, "tokens", 0), "item",
                          (json_int_t)json_get_int(solved, "item", 0), "other", (json_int_t)other);
    json_object_set_new(o, "text", text_json(str_text(&text)));
    return o;
}

json_t *episode_pair_json(struct shelf_record *r, const char *task, long long sample,
                          const char *arm_a, const char *arm_b, struct err *err)
{
    long long a = 0, b = 0;
    int rc = find_episode(r, task, sample, arm_a, &a, err);
    if (rc == 0)
        rc = find_episode(r, task, sample, arm_b, &b, err);
    json_t *first = rc == 0 ? episode_page_json(r, a, err) : NULL;
    json_t *second = first ? episode_page_json(r, b, err) : NULL;
    if (!second) {
        json_decref(first);
        return NULL;
    }
    json_t *part = part_json(first, second);
    return json_pack("{s:o, s:o, s:o}", "a", first, "b", second, "part", part);
}
