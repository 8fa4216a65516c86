/* See label_page.h. */
#include "view/label_page.h"
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "label/blind.h"
#include "label/label_codes.h"
#include "label/label_sample.h"
#include "label/label_session.h"

enum { SAMPLE = 60, NAME_MAX_BYTES = 60, NOTE_MAX_BYTES = 2000 };

/* Of one request. */
struct walk {
    struct shelf_record *r;
    struct store *store; /* which takes labels */
    const char *annotator;
    long long n, seed;
    struct arena *arena;
    struct label_session *session;
    json_t *out;
    struct err *err;
};

static int check_annotator(const char *name, struct err *err)
{
    bool good = *name && strlen(name) <= NAME_MAX_BYTES && strcmp(name, "automatic") != 0;
    for (const char *c = name; *c && good; c++)
        good = (unsigned char)*c > ' ' && *c != 0x7f;
    return good ? 0
                : err_input(err,
                            "annotator: expected a person's name of 1 to %d bytes without "
                            "blanks",
                            NAME_MAX_BYTES);
}

static int open_walk(struct walk *w)
{
    char *db CLEANUP_FREE = file_join(w->r->dir, "run.db");
    long long *ids CLEANUP_FREE = NULL;
    size_t n = 0;
    int rc = check_annotator(w->annotator, w->err);
    if (rc == 0 && (w->n < 1 || w->n > 1000000 || w->seed < 0))
        rc = err_input(w->err, "n: expected a whole number from 1 to 1000000");
    if (rc == 0)
        rc = store_open(db, STORE_ANNOTATE, &w->store, w->err);
    if (rc == 0)
        rc = label_sample_of_run(w->store, (uint64_t)w->seed, (size_t)w->n, &ids, &n, w->err);
    if (rc == 0)
        rc = label_session_open(w->store, w->annotator, ids, n, w->arena, &w->session, w->err);
    return rc;
}

static void close_walk(struct walk *w)
{
    store_close(w->store);
    arena_free(w->arena);
}

/* ---- what is sent ---- */

static json_t *groups_json(void)
{
    json_t *groups = json_array();
    for (size_t g = 0; g < LABEL_GROUPS; g++) {
        const char letter[] = {label_group_letter(g), '\0'};
        const char *code, *name;
        json_t *codes = json_array();
        for (size_t i = 0; label_code(g, i, &code, &name); i++)
            json_array_append_new(codes, json_pack("{s:s, s:s}", "code", code, "name", name));
        json_array_append_new(groups, json_pack("{s:s, s:s, s:o}", "letter", letter, "name",
                                                label_group_name(g), "codes", codes));
    }
    return groups;
}

static int add_text(void *ctx, long long id, const struct store_episode *row)
{
    struct walk *w = ctx;
    struct str text CLEANUP_STR = {0};
    const struct task *task = w->r->has_suite ? suite_find(&w->r->tagging.suite, row->task) : NULL;
    int rc = blind_transcript(w->store, id, row, task, &text, w->err);
    if (rc == 0)
        json_object_set_new(w->out, "text", json_bytes(str_text(&text), text.len));
    return rc;
}

static int fill(struct walk *w, long long at)
{
    const struct label_session *s = w->session;
    json_t *items = json_array();
    size_t here = at >= 0 && (size_t)at < s->n ? (size_t)at : s->at;
    for (size_t i = 0; i < s->n; i++)
        json_array_append_new(items,
                              s->items[i].label ? json_string(s->items[i].label) : json_null());
    w->out = json_pack("{s:I, s:I, s:I, s:o, s:o}", "n", (json_int_t)s->n, "labelled",
                       (json_int_t)label_session_labelled(s), "at", (json_int_t)here, "items",
                       items, "groups", groups_json());
    if (here == s->n)
        return 0;
    const char *note = s->items[here].note;
    json_object_set_new(w->out, "note", json_bytes(note ? note : "", note ? strlen(note) : 0));
    return store_episode_read(w->store, s->items[here].id, add_text, w, w->err);
}

static json_t *finish(struct walk *w, int rc)
{
    if (rc < 0) {
        json_decref(w->out);
        w->out = NULL;
    }
    close_walk(w);
    return w->out;
}

json_t *label_page_json(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    struct walk w = {.r = r,
                     .annotator = request_text(q, "annotator"),
                     .n = request_number(q, "n", SAMPLE),
                     .seed = request_number(q, "seed", 1),
                     .arena = arena_new(),
                     .err = err};
    int rc = open_walk(&w);
    return finish(&w, rc < 0 ? rc : fill(&w, request_number(q, "at", -1)));
}

/* ---- what comes ---- */

static int put(struct walk *w, long long at, const json_t *body)
{
    const char *label = json_get_str(body, "label", NULL), *note = json_get_str(body, "note", "");
    struct label_session *s = w->session;
    if (at < 0 || (size_t)at >= s->n)
        return err_input(w->err, "at: expected a number below %zu", s->n);
    struct label_item *item = &s->items[at];
    if (!label) {
        item->label = item->note = NULL;
        return store_label_drop(w->store, item->id, w->annotator, w->err);
    }
    if (label_group_of(label) < 0)
        return err_input(w->err, "'%s' is no label; expected " LABEL_EXPECTED, label);
    if (strlen(note) > NOTE_MAX_BYTES)
        return err_input(w->err, "note: expected at most %d bytes", NOTE_MAX_BYTES);
    char *now CLEANUP_FREE = clock_utc_now();
    const struct store_label l = {w->annotator, label, note, now};
    int rc = store_label_put(w->store, item->id, &l, w->err);
    item->label = label;
    item->note = note;
    return rc;
}

/* The next that has no label, going round; n = there is none. */
static size_t next_open(const struct label_session *s, size_t from)
{
    for (size_t i = 0; i < s->n; i++)
        if (!s->items[(from + i) % s->n].label)
            return (from + i) % s->n;
    return s->n;
}

json_t *label_page_put(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    json_t *body CLEANUP_JSON = json_parse(q->body, q->body_len, "request", err);
    if (!body)
        return NULL;
    long long at = json_get_int(body, "at", -1);
    struct walk w = {.r = r,
                     .annotator = json_get_str(body, "annotator", ""),
                     .n = json_get_int(body, "n", SAMPLE),
                     .seed = json_get_int(body, "seed", 1),
                     .arena = arena_new(),
                     .err = err};
    int rc = open_walk(&w);
    if (rc == 0)
        rc = put(&w, at, body);
    if (rc < 0)
        return finish(&w, rc);
    bool dropped = !json_get_str(body, "label", NULL);
    w.session->at = dropped ? (size_t)at : next_open(w.session, (size_t)at);
    return finish(&w, fill(&w, -1));
}
