/* See export.h. */
#include "store/export.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"
#include "store/field.h"

struct exporter {
    struct store *s;
    FILE *out;
    struct str line;
    struct err *err;
};

static int flush_line(struct exporter *x)
{
    if (fwrite(x->line.p, 1, x->line.len, x->out) != x->line.len)
        return err_errno(x->err, errno, "cannot write the export");
    str_clear(&x->line);
    return 0;
}

/* Calls the writer of each played episode; what is buffered in the end must reach the file, too. */
static int export_each(struct exporter *x, store_episode_fn *fn)
{
    int rc = store_episodes(x->s, fn, x, x->err);
    if (rc == 0 && fflush(x->out) != 0)
        rc = err_errno(x->err, errno, "cannot write the export");
    str_free(&x->line);
    return rc;
}

static int csv_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct exporter *x = ctx;
    (void)id;
    if (row->status == STORE_PENDING)
        return 0;
    store_csv_row(&store_episode_fields, row, &x->line);
    return flush_line(x);
}

int store_export_csv(struct store *s, FILE *out, struct err *err)
{
    struct exporter x = {.s = s, .out = out, .err = err};
    store_csv_header(&store_episode_fields, &x.line);
    int rc = flush_line(&x);
    return rc < 0 ? rc : export_each(&x, csv_episode);
}

static int add_call(void *list, const struct store_call *c)
{
    return json_array_append_new(list, store_row_json(&store_call_fields, c));
}

static int add_failure(void *list, const struct store_failure *f)
{
    return json_array_append_new(list, store_row_json(&store_failure_fields, f));
}

static int add_tool(void *list, const struct store_tool_run *t)
{
    return json_array_append_new(list, store_row_json(&store_tool_fields, t));
}

static int add_event(void *list, const struct store_event *e)
{
    return json_array_append_new(list, store_row_json(&store_event_fields, e));
}

static int add_label(void *list, long long id, const struct store_label *l)
{
    (void)id;
    return json_array_append_new(list, store_row_json(&store_label_fields, l));
}

json_t *store_episode_json(struct store *s, long long id, const struct store_episode *row,
                           struct err *err)
{
    json_t *o = store_row_json(&store_episode_fields, row);
    json_t *calls = json_array(), *tools = json_array(), *events = json_array();
    /* rare: shown only where there are some */
    json_t *failures CLEANUP_JSON = json_array(), *labels CLEANUP_JSON = json_array();
    json_object_set_new(o, "calls", calls);
    json_object_set_new(o, "tool_runs", tools);
    json_object_set_new(o, "events", events);
    if (store_calls(s, id, add_call, calls, err) == 0 &&
        store_failures(s, id, add_failure, failures, err) == 0 &&
        store_tools(s, id, add_tool, tools, err) == 0 &&
        store_events(s, id, add_event, events, err) == 0 &&
        store_episode_labels(s, id, add_label, labels, err) == 0) {
        if (json_array_size(failures) > 0)
            json_object_set(o, "failures", failures);
        if (json_array_size(labels) > 0)
            json_object_set(o, "labels", labels);
        return o;
    }
    json_decref(o);
    return NULL;
}

static json_t *bytes_or_null(const char *text)
{
    return text ? json_bytes(text, strlen(text)) : json_null();
}

static int outline_call(void *list, const struct store_call *c)
{
    return json_array_append_new(list,
                                 json_pack("{s:s, s:o, s:o}", "role", c->role, "reply_text",
                                           json_bytes(c->reply_text, strlen(c->reply_text)),
                                           "request", json_bytes(c->request, strlen(c->request))));
}

json_t *store_episode_outline(struct store *s, long long id, const struct store_episode *row,
                              struct err *err)
{
    DB_LOCKED(s); /* once for all its readings */
    json_t *o = json_object(), *calls = json_array(), *tools = json_array(), *events = json_array();
    json_object_set_new(o, "status", json_string(store_status_name((int)row->status)));
    json_object_set_new(o, "passed", json_boolean(row->passed));
    json_object_set_new(o, "error", bytes_or_null(row->error));
    json_object_set_new(o, "verdict", bytes_or_null(row->verdict));
    json_object_set_new(o, "stop", bytes_or_null(row->stop));
    json_object_set_new(o, "submission", bytes_or_null(row->submission));
    json_object_set_new(o, "calls", calls);
    json_object_set_new(o, "tool_runs", tools);
    json_object_set_new(o, "events", events);
    if (store_calls(s, id, outline_call, calls, err) == 0 &&
        store_tools(s, id, add_tool, tools, err) == 0 &&
        store_events(s, id, add_event, events, err) == 0)
        return o;
    json_decref(o);
    return NULL;
}

static int jsonl_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct exporter *x = ctx;
    if (row->status == STORE_PENDING)
        return 0;
    json_t *o CLEANUP_JSON = store_episode_json(x->s, id, row, x->err);
    if (!o)
        return -EIO;
    char *text CLEANUP_FREE = json_text(o);
    str_addf(&x->line, "%s\n", text);
    return flush_line(x);
}

int store_export_jsonl(struct store *s, FILE *out, struct err *err)
{
    struct exporter x = {.s = s, .out = out, .err = err};
    return export_each(&x, jsonl_episode);
}

int store_write_csv(struct store *s, const char *path, struct err *err)
{
    char *unfinished CLEANUP_FREE = xasprintf("%s.new", path);
    FILE *out = fopen(unfinished, "we");
    if (!out)
        return err_errno(err, errno, "%s", unfinished);
    int rc = store_export_csv(s, out, err);
    if (fclose(out) != 0 && rc == 0)
        rc = err_errno(err, errno, "%s", unfinished);
    if (rc == 0 && rename(unfinished, path) < 0)
        rc = err_errno(err, errno, "%s", path);
    if (rc < 0)
        unlink(unfinished);
    return rc;
}
