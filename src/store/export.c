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
#include "store/manifest.h"
#include "store/prices.h"
#include "store/transcript.h"

struct exporter {
    struct store *s;
    FILE *out;
    struct prices prices; /* of the manifest, while it is open */
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

/* One more, of a run with prices, at the end of the line. */
static void add_column(struct exporter *x, const char *value)
{
    if (!x->prices.currency)
        return;
    str_shorten(&x->line, x->line.len - strlen("\r\n"));
    str_addf(&x->line, ",%s\r\n", value);
}

static int csv_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct exporter *x = ctx;
    if (row->status == STORE_PENDING)
        return 0;
    struct arena *arena = arena_new();
    struct store_episode whole = *row;
    int rc = store_read_spent(x->s, id, &whole, arena, x->err);
    store_csv_row(&store_episode_fields, &whole, &x->line);
    char *cost CLEANUP_FREE = row->status == STORE_DONE
                                  ? xasprintf("%.9g", prices_episode(&x->prices, &whole))
                                  : xstrdup("");
    add_column(x, cost);
    arena_free(arena);
    return rc < 0 ? rc : flush_line(x);
}

int store_export_csv(struct store *s, FILE *out, struct err *err)
{
    struct exporter x = {.s = s, .out = out, .err = err};
    struct manifest m = {0};
    if (manifest_read(s, &m, NULL) == 1)
        x.prices = prices_of(json_object_get(m.json, "prices"));
    store_csv_header(&store_episode_fields, &x.line);
    add_column(&x, "cost");
    int rc = flush_line(&x);
    if (rc == 0)
        rc = export_each(&x, csv_episode);
    manifest_free(&m);
    return rc;
}

static int add_label(void *list, long long id, const struct store_label *l)
{
    (void)id;
    return json_array_append_new(list, store_row_json(&store_label_fields, l));
}

/* The rows within the n structs at `list`, `size` bytes each, as an array. */
static json_t *rows_json(const struct store_fields *fields, const void *list, size_t n, size_t size,
                         size_t row)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(rows, store_row_json(fields, (const char *)list + i * size + row));
    return rows;
}

/* Failures are rare: shown only where there are some. */
static json_t *transcript_json(const struct transcript *t)
{
    json_t *o = store_row_json(&store_episode_fields, &t->row);
    json_object_set_new(o, "calls",
                        rows_json(&store_call_fields, t->calls, t->n_calls, sizeof *t->calls, 0));
    json_object_set_new(o, "tool_runs",
                        rows_json(&store_tool_fields, t->runs, t->n_runs, sizeof *t->runs,
                                  offsetof(struct transcript_run, row)));
    json_object_set_new(o, "events",
                        rows_json(&store_event_fields, t->events, t->n_events, sizeof *t->events,
                                  offsetof(struct transcript_event, row)));
    if (t->n_failures)
        json_object_set_new(
            o, "failures",
            rows_json(&store_failure_fields, t->failures, t->n_failures, sizeof *t->failures, 0));
    return o;
}

json_t *store_episode_json(struct store *s, long long id, const struct store_episode *row,
                           struct err *err)
{
    struct arena *arena = arena_new();
    struct transcript t;
    json_t *labels CLEANUP_JSON = json_array(), *o = NULL;
    if (transcript_read_rows(s, id, row, &t, arena, err) == 0 &&
        store_episode_labels(s, id, add_label, labels, err) == 0)
        o = transcript_json(&t);
    if (o && json_array_size(labels) > 0) /* as are labels */
        json_object_set(o, "labels", labels);
    arena_free(arena);
    return o;
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
