/* The answers of the viewer on a small record, hostile text in it: addresses, filters, search,
 * escaping, and that nothing but labels is ever written. */
#include "fixtures/record.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/json.h"
#include "view/routes.h"
#include "view/text_search.h"

static const char token[] = "0123456789abcdef0123456789abcdef";
static const char hostile[] = "<script>alert(1)</script> \"javascript:x\" \x01\xff\xc3\xbc </pre>";
static const char manifest[] =
    "{\"created\":\"2026-01-01T00:00:00Z\",\"experiment\":{\"name\":\"e<b>\",\"samples\":1,"
    "\"arms\":[{\"name\":\"hrm\",\"controller\":\"hrm\"},{\"name\":\"flat\",\"controller\":"
    "\"flat\"}],\"budget\":{\"max_iters\":3}},\"model\":{\"name\":\"m\"}}";

struct viewer {
    struct fixture *f;
    struct routes routes;
};

static void put(struct fixture *f, struct store *s, const char *task, const char *arm, bool passed,
                const char *reply)
{
    long long id;
    struct store_call call = a_call("coder", 0, "h");
    struct store_episode row = a_row(STORE_DONE);
    call.reply_text = reply;
    call.request = "{\"messages\":[{\"role\":\"user\",\"content\":\"Please sort the list\"}]}";
    row.passed = passed;
    row.verdict = passed ? "pass" : "fail";
    row.label = row.flags = "";
    if (!passed)
        row.label = "S3", row.flags = "S3 R1";
    assert_int_equal(store_episode_add(s, arm, task, 0, &id, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &call, &f->err), 0);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
}

/* The grading of the last episode: its submission fails isolated and passes in one process. */
static void dispute(struct fixture *f, struct store *s)
{
    const struct store_tool_run r = {.role = "grader",
                                     .kind = "hidden",
                                     .program_hash = "h",
                                     .program = a_row(STORE_DONE).submission,
                                     .verdict = "fail",
                                     .detail = "{\"tests\":[],\"disputed\":true}"};
    struct store_plan_item last = {.arm = "flat", .task = "t3"};
    assert_int_equal(store_plan_find(s, &last, &f->err), 1);
    assert_int_equal(store_tool_put(s, last.id, &r, &f->err), 0);
}

static int setup_viewer(void **state)
{
    struct viewer *v = xcalloc(1, sizeof *v);
    static const char *const arms[] = {"hrm", "flat"}, *const tasks[] = {"t1", "t<2>", "t3"};
    struct store_plan_item open = {.arm = "hrm", .task = "t3"};
    if (setup((void **)&v->f) < 0)
        return -1;
    struct store *s = open_or_fail(v->f, STORE_WRITE);
    assert_int_equal(store_plan(s, arms, 2, tasks, 3, &open, 1, &v->f->err), 0);
    put(v->f, s, "t1", "hrm", true, "the umbrella");
    put(v->f, s, "t1", "flat", false, hostile);
    put(v->f, s, "t<2>", "hrm", true, "plain");
    put(v->f, s, "t<2>", "flat", true, "plain");
    put(v->f, s, "t3", "flat", false, "plain");
    dispute(v->f, s);
    assert_int_equal(store_meta_set(s, "manifest", manifest, &v->f->err), 0);
    assert_int_equal(store_meta_set(s, "status", "complete", &v->f->err), 0);
    store_close(s);
    v->routes = (struct routes){
        .shelf = shelf_new(v->f->dir), .token = token, .annotator = "ada", .port = 8080};
    *state = v;
    return 0;
}

static int teardown_viewer(void **state)
{
    struct viewer *v = *state;
    static const char *const names[] = {"view.db", "view.db-wal", "view.db-shm"};
    shelf_free(v->routes.shelf);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *p CLEANUP_FREE = file_join(v->f->dir, names[i]);
        unlink(p);
    }
    int rc = teardown((void **)&v->f);
    free(v);
    return rc;
}

/* The query as "a=b&c=d", values not encoded. */
static json_t *ask_as(const struct viewer *v, const char *method, const char *path,
                      const char *query, const char *body, const char *with, int status)
{
    struct view_arg args[12];
    char *text CLEANUP_FREE = xstrdup(query), *save = NULL;
    size_t n = 0;
    for (char *part = strtok_r(text, "&", &save); part; part = strtok_r(NULL, "&", &save)) {
        char *equal = strchr(part, '=');
        *equal = '\0';
        args[n++] = (struct view_arg){part, equal + 1};
    }
    const struct view_request q = {.method = method,
                                   .path = path,
                                   .host = "localhost:8080",
                                   .token = with,
                                   .args = args,
                                   .n_args = n,
                                   .body = body,
                                   .body_len = strlen(body)};
    struct view_reply r = {.status = 200, .type = "application/json"};
    routes_answer(&v->routes, &q, &r);
    if (r.status != status)
        fail_msg("%s?%s: status %d, expected %d: %s", path, query, r.status, status,
                 str_text(&r.body));
    json_t *value = NULL;
    if (strcmp(r.type, "application/json") == 0 && !r.feed) {
        value = json_parse(r.body.p, r.body.len, path, NULL);
        assert_non_null(value);
        assert_null(strchr(r.body.p, '\n')); /* an event is one line */
    }
    free(r.feed);
    str_free(&r.body);
    return value;
}

static json_t *ask(const struct viewer *v, const char *path, const char *query)
{
    return ask_as(v, "GET", path, query, "", token, 200);
}

static void refuse(const struct viewer *v, const char *path, const char *query, int status)
{
    json_decref(ask_as(v, "GET", path, query, "", token, status));
}

static void pages_need_no_token_and_data_does(void **state)
{
    const struct viewer *v = *state;
    static const char *const data[] = {"/api/runs", "/api/matrix", "/api/events", "/api/nothing"};
    json_decref(ask_as(v, "GET", "/", "", "", NULL, 200));
    json_decref(ask_as(v, "GET", "/app.js", "", "", NULL, 200));
    json_decref(ask_as(v, "GET", "/", "token=wrong", "", NULL, 403));
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
        json_decref(ask_as(v, "GET", data[i], "run=.", "", NULL, 403));
        json_decref(ask_as(v, "GET", data[i], "run=.&token=0123456789abcdef0123456789abcdef", "",
                           NULL, 403)); /* in the header only */
    }
    json_decref(ask_as(v, "POST", "/api/label", "run=.", "{}", NULL, 403));
    json_decref(ask_as(v, "POST", "/api/matrix", "run=.", "{}", token, 405));
    json_decref(ask_as(v, "POST", "/", "", "", token, 405));
    refuse(v, "/api/nothing", "", 404);
    refuse(v, "/../etc/passwd", "", 404);
}

static void runs_are_below_the_directory(void **state)
{
    const struct viewer *v = *state;
    static const char *const keys[] = {"",    "..",   "../x", "a/../..", "/etc", "a//b",
                                       "./.", "a/..", "a/",   "nowhere", "..."};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *query CLEANUP_FREE = xasprintf("run=%s", keys[i]);
        refuse(v, "/api/matrix", query, 404);
    }
    json_t *runs CLEANUP_JSON = ask(v, "/api/runs", "");
    const json_t *list = json_object_get(runs, "runs");
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_get_str(json_array_get(list, 0), "key", ""), ".");
}

/* The names of the tasks, with a blank behind each. */
static void assert_tasks(const struct viewer *v, const char *query, const char *names)
{
    char *whole CLEANUP_FREE = xasprintf("run=.&%s", query);
    json_t *m CLEANUP_JSON = ask(v, "/api/matrix", whole);
    struct str found CLEANUP_STR = {0};
    size_t i;
    json_t *task;
    json_array_foreach (json_object_get(m, "tasks"), i, task)
        str_addf(&found, "%s ", json_get_str(task, "name", ""));
    assert_string_equal(str_text(&found), names);
    assert_int_equal(json_get_int(m, "total", -1), i);
}

static void the_matrix_is_filtered_and_sorted(void **state)
{
    const struct viewer *v = *state;
    assert_tasks(v, "", "t1 t<2> t3 ");
    assert_tasks(v, "sort=-task", "t3 t<2> t1 ");
    assert_tasks(v, "sort=arm:flat", "t1 t3 t<2> ");
    assert_tasks(v, "sort=arm:hrm", "t3 t1 t<2> "); /* one without an outcome is first */
    assert_tasks(v, "sort=-gap", "t1 t<2> t3 ");
    assert_tasks(v, "label=S3", "t1 t3 ");
    assert_tasks(v, "label=S", "t1 t3 ");
    assert_tasks(v, "label=R1", "");
    assert_tasks(v, "flag=R1", "t1 t3 ");
    assert_tasks(v, "arm=hrm&outcome=failed", "");
    assert_tasks(v, "outcome=failed", "t1 ");
    assert_tasks(v, "outcome=disputed", "t3 ");
    assert_tasks(v, "outcome=pending", "t3 ");
    assert_tasks(v, "parts=1", "t1 ");
    assert_tasks(v, "steps=2", "t1 t<2> t3 ");
    assert_tasks(v, "steps=3", "");
    assert_tasks(v, "group=seen_pairs", "t1 t<2> t3 ");
    assert_tasks(v, "group=' OR 1 --", "");
}

static void states_are_told_apart(void **state)
{
    const struct viewer *v = *state;
    static const char *const states[3][2] = {
        {"solved", "failed"}, {"solved", "solved"}, {"pending", "disputed"}};
    json_t *m CLEANUP_JSON = ask(v, "/api/matrix", "run=.");
    for (size_t t = 0; t < 3; t++)
        for (size_t a = 0; a < 2; a++) {
            const json_t *task = json_array_get(json_object_get(m, "tasks"), t);
            const json_t *cells = json_array_get(json_object_get(task, "cells"), a);
            assert_int_equal(json_array_size(cells), 1);
            assert_string_equal(json_get_str(json_array_get(cells, 0), "state", ""), states[t][a]);
        }
}

static void wrong_filters_are_said(void **state)
{
    const struct viewer *v = *state;
    refuse(v, "/api/matrix", "run=.&arm=nobody", 404);
    refuse(v, "/api/matrix", "run=.&label=Z9", 404);
    refuse(v, "/api/matrix", "run=.&flag=S99", 404);
    refuse(v, "/api/matrix", "run=.&outcome=fine", 404);
    refuse(v, "/api/matrix", "run=.&sort=1;DROP TABLE e", 404);
    refuse(v, "/api/episode", "run=.&id=99", 404);
    refuse(v, "/api/pair", "run=.&task=t1&sample=5&a=hrm&b=flat", 404);
}

static void texts_are_found(void **state)
{
    const struct viewer *v = *state;
    json_t *found CLEANUP_JSON = ask(v, "/api/search", "run=.&q=umbrella");
    assert_int_equal(json_get_int(found, "total", -1), 1);
    assert_int_equal(json_get_int(found, "to_index", -1), 0);
    const json_t *hit = json_array_get(json_object_get(found, "hits"), 0);
    assert_string_equal(json_get_str(hit, "task", ""), "t1");
    assert_string_equal(json_get_str(hit, "where", ""), "reply of coder");
    assert_tasks(v, "q=umbrella", "t1 ");
    assert_tasks(v, "q=umbr*", "t1 ");
    assert_tasks(v, "q=sort list", "t1 t<2> t3 "); /* prompts, all words */
    assert_tasks(v, "q=\"list sort\"", "");        /* a phrase */
    assert_tasks(v, "q=script", "t1 ");
    assert_tasks(v, "q=umbrella AND NOT (", ""); /* no syntax of the index gets through */
}

static void what_is_typed_becomes_an_expression(void **state)
{
    static const char *const cases[][2] = {
        {"two words", "\"two\" \"words\""},
        {"\"a phrase\" x", "\"a phrase\" \"x\""},
        {"begin*", "\"begin\"*"},
        {"a\"b", "\"a b\""},
        {"NEAR(a, b)", "\"NEAR(a,\" \"b)\""},
        {"\"open", "\"open\""},
    };
    static const char *const nothing[] = {"", "  ", "\"\"", "*", "-- ()"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *match CLEANUP_FREE = text_search_match(cases[i][0]);
        assert_string_equal(match, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_null(text_search_match(nothing[i]));
}

static void hostile_text_comes_as_text(void **state)
{
    const struct viewer *v = *state;
    json_t *pair CLEANUP_JSON = ask(v, "/api/pair", "run=.&task=t1&sample=0&a=hrm&b=flat");
    const json_t *calls =
        json_object_get(json_object_get(json_object_get(pair, "b"), "episode"), "calls");
    const char *reply = json_get_str(json_array_get(calls, 0), "reply_text", "");
    assert_non_null(strstr(reply, "<script>alert(1)</script>"));
    assert_non_null(strstr(reply, "\xef\xbf\xbd")); /* the byte that is no UTF-8 */
    const json_t *part = json_object_get(pair, "part");
    assert_string_equal(json_get_str(part, "solved", ""), "a");
    assert_non_null(strstr(json_get_str(part, "text", ""), "S3 fails a shown test"));
    json_decref(ask(v, "/api/report", "run=."));
}

static void labels_are_all_that_is_written(void **state)
{
    const struct viewer *v = *state;
    char before[HASH_HEX], after[HASH_HEX];
    static const char label[] = "{\"annotator\":\"ada\",\"at\":0,\"label\":\"S3\",\"note\":\"n\"}";
    assert_int_equal(hash_file_hex(v->f->db, before, NULL), 0);
    the_matrix_is_filtered_and_sorted(state);
    texts_are_found(state);
    json_decref(ask(v, "/api/facets", "run=."));
    assert_int_equal(hash_file_hex(v->f->db, after, NULL), 0);
    assert_string_equal(before, after);

    json_t *asked CLEANUP_JSON = ask(v, "/api/label", "run=.&annotator=ada");
    assert_int_equal(json_get_int(asked, "n", -1), 2);
    char *text CLEANUP_FREE = json_text(asked);
    assert_null(strstr(text, "flat")); /* blind */
    json_t *put CLEANUP_JSON = ask_as(v, "POST", "/api/label", "run=.", label, token, 200);
    assert_int_equal(json_get_int(put, "labelled", -1), 1);
    json_decref(ask_as(v, "POST", "/api/label", "run=.",
                       "{\"annotator\":\"ada\",\"at\":0,\"label\":\"Z\"}", token, 404));
    json_decref(ask_as(v, "POST", "/api/label", "run=.",
                       "{\"annotator\":\"automatic\",\"at\":0,\"label\":\"S\"}", token, 404));
    json_decref(ask_as(v, "POST", "/api/label", "run=.",
                       "{\"annotator\":\"ada\",\"at\":9,\"label\":\"S\"}", token, 404));
    json_decref(ask_as(v, "POST", "/api/label", "run=.", "no JSON", token, 404));
    json_t *back CLEANUP_JSON =
        ask_as(v, "POST", "/api/label", "run=.", "{\"annotator\":\"ada\",\"at\":0,\"label\":null}",
               token, 200);
    assert_int_equal(json_get_int(back, "labelled", -1), 0);
}

static void a_copy_that_is_damaged_is_made_anew(void **state)
{
    const struct viewer *v = *state;
    char *path CLEANUP_FREE = file_join(v->f->dir, "view.db");
    assert_int_equal(file_write(path, "no database", 11, NULL), 0);
    assert_tasks(v, "label=S3", "t1 t3 ");
    assert_tasks(v, "q=umbrella", ""); /* nothing is indexed yet */
    json_decref(ask(v, "/api/search", "run=.&q=umbrella"));
    assert_tasks(v, "q=umbrella", "t1 ");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_viewer, teardown_viewer)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_need_no_token_and_data_does),
        TEST(runs_are_below_the_directory),
        TEST(the_matrix_is_filtered_and_sorted),
        TEST(states_are_told_apart),
        TEST(wrong_filters_are_said),
        TEST(texts_are_found),
        cmocka_unit_test(what_is_typed_becomes_an_expression),
        TEST(hostile_text_comes_as_text),
        TEST(labels_are_all_that_is_written),
        TEST(a_copy_that_is_damaged_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
