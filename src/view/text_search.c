/* See text_search.h. */
#include "view/text_search.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "store/transcript.h"
#include "view/outcome_copy.h"

enum { HITS = 20, AROUND = 90, BATCH = 200 };

static const double BUILD_S = 0.8;

/* ---- what is looked for ---- */

/* A word, or what stands between quotes; where it ends. */
static const char *next_term(const char *s, const char **term, size_t *n)
{
    while (isspace((unsigned char)*s))
        s++;
    char until = *s == '"' ? '"' : ' ';
    s += until == '"';
    *term = s;
    while (*s && *s != until && !(until == ' ' && isspace((unsigned char)*s)))
        s++;
    *n = (size_t)(s - *term);
    return s + (*s == '"' && until == '"');
}

static bool has_letters(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isalnum((unsigned char)s[i]) || s[i] == '_' || (unsigned char)s[i] >= 0x80)
            return true;
    return false;
}

char *text_search_match(const char *typed)
{
    struct str out = {0};
    const char *term;
    size_t n;
    for (const char *s = typed; *s;) {
        s = next_term(s, &term, &n);
        if (!has_letters(term, n))
            continue;
        bool begins = term[n - 1] == '*';
        str_add(&out, out.len ? " \"" : "\"");
        for (size_t i = 0; i < n - begins; i++)
            str_addc(&out, term[i] == '"' ? ' ' : term[i]);
        str_add(&out, begins ? "\"*" : "\"");
    }
    return out.len ? str_take(&out) : NULL;
}

/* ---- the index ---- */

/* All that was said and run: new text of prompts comes with the replies that they hold. */
static const char index_sql[] =
    "INSERT INTO main.text(rowid, body) SELECT e.id, e.submission || char(10) ||\n"
    "  coalesce((SELECT group_concat(c.reply_text || char(10) || coalesce(c.reasoning, '') ||\n"
    "    char(10) || coalesce((SELECT group_concat(json_extract(m.value, '$.content'), char(10))\n"
    "      FROM json_each(iif(json_valid(c.request), c.request, '{}'), '$.messages') m), ''),\n"
    "    char(10)) FROM r.calls c WHERE c.episode = e.id), '') || char(10) ||\n"
    "  coalesce((SELECT group_concat(t.program, char(10)) FROM r.tool_runs t WHERE\n"
    "    t.episode = e.id AND t.kind = 'run'), '')\n"
    "  FROM r.episodes e WHERE e.id = ?1";

struct ids {
    long long *id;
    size_t n, cap;
};

static int find_unindexed(struct shelf_record *r, struct ids *ids, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r,
                                 "SELECT id FROM main.e WHERE status <> 0 AND id NOT IN "
                                 "(SELECT id FROM main.indexed) ORDER BY id",
                                 &stmt, err);
    if (rc < 0)
        return rc;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        ids->id = xgrow(ids->id, &ids->cap, ids->n + 1, sizeof *ids->id);
        ids->id[ids->n++] = sqlite3_column_int64(stmt, 0);
    }
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int index_batch(struct shelf_record *r, const long long *ids, size_t n, struct err *err)
{
    sqlite3_stmt *text CLEANUP_STMT = NULL, *mark CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, index_sql, &text, err);
    if (rc == 0)
        rc = shelf_prepare(r, "INSERT INTO main.indexed VALUES(?1)", &mark, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        sqlite3_bind_int64(text, 1, ids[i]);
        sqlite3_bind_int64(mark, 1, ids[i]);
        if (sqlite3_step(text) != SQLITE_DONE || sqlite3_step(mark) != SQLITE_DONE)
            rc = shelf_fail(r, err);
        sqlite3_reset(text);
        sqlite3_reset(mark);
    }
    return rc;
}

/* *left: how many are still to be indexed when the time is over. */
static int build(struct shelf_record *r, size_t *done, size_t *left, struct err *err)
{
    struct ids ids = {0};
    double until = clock_seconds() + BUILD_S;
    char *whole CLEANUP_FREE = copy_info(r, COPY_INDEXED);
    *done = *left = 0;
    if (whole)
        return 0;
    int rc = find_unindexed(r, &ids, err);
    for (; rc == 0 && *done < ids.n && clock_seconds() < until;) {
        size_t n = ids.n - *done < BATCH ? ids.n - *done : BATCH;
        rc = shelf_exec(r, "BEGIN IMMEDIATE", err);
        if (rc == 0)
            rc = index_batch(r, ids.id + *done, n, err);
        if (shelf_exec(r, rc == 0 ? "COMMIT" : "ROLLBACK", rc == 0 ? err : NULL) < 0 && rc == 0)
            rc = err->code;
        *done += n;
    }
    *left = ids.n - *done;
    free(ids.id);
    return rc == 0 && *left == 0 ? copy_set_info(r, COPY_INDEXED, "", err) : rc;
}

/* ---- hits ---- */

struct excerpt {
    const char *word;
    json_t *hit;
    bool found;
};

/* Where the word begins, case ignored in ASCII; NULL = nowhere. */
static const char *find_word(const char *text, const char *word)
{
    return strcasestr(text, word);
}

static void take_excerpt(struct excerpt *x, const char *where, const char *text)
{
    const char *at = x->found || !text ? NULL : find_word(text, x->word);
    if (!at)
        return;
    size_t before = (size_t)(at - text), n = strlen(text);
    size_t from = utf8_cut(text, before > AROUND ? before - AROUND : 0);
    size_t to = utf8_cut(text, before + AROUND < n ? before + AROUND : n);
    char *cut CLEANUP_FREE =
        xasprintf("%s%.*s%s", from ? "… " : "", (int)(to - from), text + from, to < n ? " …" : "");
    json_object_set_new(x->hit, "where", json_string(where));
    json_object_set_new(x->hit, "text", json_bytes(cut, strlen(cut)));
    x->found = true;
}

static void look_at_call(struct excerpt *x, const struct store_call *c)
{
    char *reply CLEANUP_FREE = xasprintf("reply of %s", c->role);
    char *prompt CLEANUP_FREE = xasprintf("prompt to %s", c->role);
    take_excerpt(x, reply, c->reply_text);
    take_excerpt(x, reply, c->reasoning);
    json_t *request CLEANUP_JSON =
        x->found ? NULL : json_parse(c->request, strlen(c->request), "request", NULL);
    size_t i;
    json_t *m;
    json_array_foreach (json_object_get(request, "messages"), i, m)
        take_excerpt(x, prompt, json_get_str(m, "content", NULL));
}

static void look_at_run(struct excerpt *x, const struct store_tool_run *r)
{
    char *where CLEANUP_FREE = xasprintf("program of %s", r->role);
    take_excerpt(x, where, r->program);
}

struct looking {
    struct store *store;
    struct excerpt *excerpt;
    struct arena *arena;
};

static int look_at_episode(void *ctx, long long id, const struct store_episode *row)
{
    const struct looking *l = ctx;
    struct transcript t;
    int rc = transcript_read_rows(l->store, id, row, &t, l->arena, NULL);
    for (size_t i = 0; rc == 0 && i < t.n_calls; i++)
        look_at_call(l->excerpt, &t.calls[i]);
    for (size_t i = 0; rc == 0 && i < t.n_runs; i++)
        look_at_run(l->excerpt, &t.runs[i].row);
    return rc;
}

static void add_excerpt(struct shelf_record *r, long long id, const char *typed, json_t *hit)
{
    const char *term = "";
    size_t n = 0;
    next_term(typed, &term, &n);
    n -= n > 0 && term[n - 1] == '*';
    char *word CLEANUP_FREE = xstrndup(term, n);
    struct excerpt x = {.word = word, .hit = hit};
    struct looking l = {.store = r->store, .excerpt = &x, .arena = arena_new()};
    if (*word)
        store_episode_read(r->store, id, look_at_episode, &l, NULL);
    arena_free(l.arena);
}

static int find_hits(struct shelf_record *r, const char *typed, const char *match, json_t *hits,
                     struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int step, rc = shelf_prepare(r,
                                 "SELECT e.id, t.name, a.name, e.sample, e.passed FROM main.e e "
                                 "JOIN r.tasks t ON t.id = e.task JOIN r.arms a ON a.id = e.arm "
                                 "WHERE e.id IN (SELECT rowid FROM main.text WHERE text MATCH ?1 "
                                 "LIMIT ?2)",
                                 &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_text(stmt, 1, match, -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 2, HITS);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        long long id = sqlite3_column_int64(stmt, 0);
        json_t *hit =
            json_pack("{s:I, s:s, s:s, s:i, s:b}", "id", (json_int_t)id, "task",
                      sqlite3_column_text(stmt, 1), "arm", sqlite3_column_text(stmt, 2), "sample",
                      sqlite3_column_int(stmt, 3), "passed", sqlite3_column_int(stmt, 4));
        add_excerpt(r, id, typed, hit);
        json_array_append_new(hits, hit);
    }
    return step == SQLITE_DONE ? 0 : shelf_fail(r, err);
}

static int count_hits(struct shelf_record *r, const char *match, long long *n, struct err *err)
{
    sqlite3_stmt *stmt CLEANUP_STMT = NULL;
    int rc = shelf_prepare(r, "SELECT count(*) FROM main.text WHERE text MATCH ?1", &stmt, err);
    if (rc < 0)
        return rc;
    sqlite3_bind_text(stmt, 1, match, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        return shelf_fail(r, err);
    *n = sqlite3_column_int64(stmt, 0);
    return 0;
}

json_t *text_search_json(struct shelf_record *r, const char *typed, struct err *err)
{
    char *match CLEANUP_FREE = text_search_match(typed);
    json_t *o = json_object(), *hits = json_array();
    size_t done = 0, left = 0;
    long long indexed = 0, total = 0;
    json_object_set_new(o, "hits", hits);
    int rc = copy_refresh(r, err);
    if (rc == 0)
        rc = build(r, &done, &left, err);
    if (rc == 0)
        rc = shelf_number(r, "SELECT count(*) FROM main.indexed", &indexed, err);
    if (rc == 0 && match && left == 0) {
        rc = count_hits(r, match, &total, err);
        if (rc == 0)
            rc = find_hits(r, typed, match, hits, err);
    }
    if (rc < 0) {
        json_decref(o);
        return NULL;
    }
    json_object_set_new(o, "indexed", json_integer(indexed));
    json_object_set_new(o, "to_index", json_integer((json_int_t)left));
    json_object_set_new(o, "total", json_integer(total));
    return o;
}
