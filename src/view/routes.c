/* See routes.h. Every answer but the page's own files is JSON and needs the token; a fault is
 * {"error": sentence} with a status that says whose it is. */
#include "view/routes.h"
#include <string.h>
#include "analysis/run.h"
#include "base/mem.h"
#include "label/label_agree.h"
#include "report/report.h"
#include "report/stats_report.h"
#include "view/assets.h"
#include "view/doc_json.h"
#include "view/episode_page.h"
#include "view/facets.h"
#include "view/guard.h"
#include "view/label_page.h"
#include "view/matrix.h"
#include "view/run_list.h"
#include "view/text_search.h"

/* ---- answers without one run ---- */

static json_t *answer_runs(const struct routes *v, const struct view_request *q, struct err *err)
{
    (void)q, (void)err;
    return json_pack("{s:o, s:s, s:s}", "runs", run_list_json(v->shelf), "dir", shelf_dir(v->shelf),
                     "annotator", v->annotator);
}

static int load_run(struct shelf *s, const char *key, struct analysis_run *out, struct err *err)
{
    struct shelf_record *r = NULL;
    int rc = shelf_take(s, key, &r, err);
    if (rc == 0)
        rc = analysis_load(r->store, out, err);
    if (rc == 0)
        out->store = NULL; /* comparisons show no transcripts */
    shelf_give(s, r);
    return rc;
}

static json_t *answer_compare(const struct routes *v, const struct view_request *q, struct err *err)
{
    const char *keys[] = {request_text(q, "a"), request_text(q, "b")};
    struct analysis_run runs[2] = {0}, made;
    json_t *out = NULL;
    int rc = load_run(v->shelf, keys[0], &runs[0], err);
    if (rc == 0)
        rc = load_run(v->shelf, keys[1], &runs[1], err);
    struct doc *d = rc == 0 ? compare_doc(&runs[0], &runs[1], keys, NULL, &made, err) : NULL;
    if (d) {
        out = doc_json(d);
        doc_free(d);
        analysis_run_free(&made);
    }
    for (int i = 0; i < 2; i++)
        if (runs[i].arena)
            analysis_run_free(&runs[i]);
    return out;
}

/* ---- answers about a run ---- */

typedef json_t *run_answer_fn(struct shelf_record *r, const struct view_request *q,
                              struct err *err);

static json_t *answer_facets(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    (void)q;
    return facets_json(r, err);
}

static json_t *answer_search(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    return text_search_json(r, request_text(q, "q"), err);
}

static json_t *answer_episode(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    return episode_page_json(r, request_number(q, "id", -1), err);
}

static json_t *answer_pair(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    return episode_pair_json(r, request_text(q, "task"), request_number(q, "sample", 0),
                             request_text(q, "a"), request_text(q, "b"), err);
}

static json_t *answer_progress(struct shelf_record *r, const struct view_request *q,
                               struct err *err)
{
    (void)q;
    return run_list_progress(r, err);
}

static json_t *answer_manifest(struct shelf_record *r, const struct view_request *q,
                               struct err *err)
{
    struct manifest now; /* not as it was when the record was opened */
    (void)q;
    if (manifest_read(r->store, &now, err) < 0)
        return NULL;
    json_t *whole = json_incref(now.json);
    manifest_free(&now);
    return whole;
}

static json_t *answer_report(struct shelf_record *r, const struct view_request *q, struct err *err)
{
    struct analysis_run run;
    (void)q;
    if (analysis_load(r->store, &run, err) < 0)
        return NULL;
    struct doc *d = report_doc(&run);
    json_t *out = doc_json(d);
    doc_free(d);
    analysis_run_free(&run);
    return out;
}

static json_t *answer_agreement(struct shelf_record *r, const struct view_request *q,
                                struct err *err)
{
    struct doc *d;
    (void)q;
    if (label_agreement_doc(r->store, r->key, &d, err) < 0)
        return NULL;
    json_t *out = doc_json(d);
    doc_free(d);
    return out;
}

/* ---- the table ---- */

struct route {
    const char *method, *path;
    json_t *(*any)(const struct routes *v, const struct view_request *q, struct err *err);
    run_answer_fn *run; /* of the run that ?run= names */
};

static const struct route routes[] = {
    {"GET", "/api/runs", answer_runs, NULL},
    {"GET", "/api/compare", answer_compare, NULL},
    {"GET", "/api/manifest", NULL, answer_manifest},
    {"GET", "/api/progress", NULL, answer_progress},
    {"GET", "/api/report", NULL, answer_report},
    {"GET", "/api/matrix", NULL, matrix_json},
    {"GET", "/api/facets", NULL, answer_facets},
    {"GET", "/api/search", NULL, answer_search},
    {"GET", "/api/episode", NULL, answer_episode},
    {"GET", "/api/pair", NULL, answer_pair},
    {"GET", "/api/label", NULL, label_page_json},
    {"POST", "/api/label", NULL, label_page_put},
    {"GET", "/api/agreement", NULL, answer_agreement},
};

static void reply_json(struct view_reply *r, int status, json_t *value)
{
    char *text CLEANUP_FREE = json_text(value);
    r->status = status;
    str_add(&r->body, text);
    json_decref(value);
}

static void reply_error(struct view_reply *r, int status, const char *why)
{
    json_t *text = json_bytes(why, strlen(why));
    reply_json(r, status, json_pack("{s:o}", "error", text));
}

static json_t *answer_run(const struct routes *v, const struct route *route,
                          const struct view_request *q, struct err *err)
{
    struct shelf_record *r = NULL;
    json_t *out = NULL;
    if (shelf_take(v->shelf, request_text(q, "run"), &r, err) == 0)
        out = route->run(r, q, err);
    shelf_give(v->shelf, r);
    return out;
}

static void follow(const struct routes *v, const struct route *route, const struct view_request *q,
                   struct view_reply *r)
{
    struct err err = {0};
    json_t *out = route->any ? route->any(v, q, &err) : answer_run(v, route, q, &err);
    if (out)
        reply_json(r, 200, out);
    else
        reply_error(r, err.kind == ERR_INPUT ? 404 : 500, err.msg);
}

static const struct route *find_route(const struct view_request *q, bool *path_known)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, q->path) != 0)
            continue;
        *path_known = true;
        if (strcmp(routes[i].method, q->method) == 0)
            return &routes[i];
    }
    return NULL;
}

/* The address that was printed has the token in it; a wrong one is said at once. */
static bool has_wrong_token(const struct routes *v, const struct view_request *q)
{
    const char *given = request_text(q, "token");
    return *given && !guard_is_token(given, v->token);
}

void routes_answer(const struct routes *v, const struct view_request *q, struct view_reply *r)
{
    const struct asset *asset = asset_find(q->path);
    const char *why;
    bool path_known = false;
    int status = guard_check(q, !asset, v->token, v->port, &why);
    if (status == 0 && asset && has_wrong_token(v, q)) {
        status = 403;
        why = "this is the address of an earlier hrm view: open the one it printed last";
    }
    if (status) {
        reply_error(r, status, why);
        return;
    }
    if (asset && strcmp(q->method, "GET") == 0) {
        r->type = asset->type;
        str_addn(&r->body, asset->text, asset->n);
        return;
    }
    if (strcmp(q->path, "/api/events") == 0 && strcmp(q->method, "GET") == 0) {
        r->feed = xstrdup(request_text(q, "run"));
        return;
    }
    const struct route *route = find_route(q, &path_known);
    if (route)
        follow(v, route, q, r);
    else
        reply_error(r, path_known || asset ? 405 : 404,
                    path_known ? "not this way" : "nothing is here");
}
