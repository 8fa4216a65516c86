/* Takes what a suite says out of a copy of a record, so that a run on a benchmark can be published
 * without the benchmark's text: the messages of requests, the tests, what they expected and said,
 * reference programs, and what servers said of requests, which may quote them. Programs, replies,
 * ids, verdicts and all numbers stay; hashes stay, too, so that whoever has the suite can replay
 * the run. */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "store/capsule.h"
#include "store/capsule_head.h"
#include "store/db.h"

#define LEFT_OUT "(left out of this capsule)"

static void give(sqlite3_context *q, const json_t *o)
{
    char *text CLEANUP_FREE = json_text(o);
    sqlite3_result_text(q, text, -1, SQLITE_TRANSIENT);
}

static json_t *parse_argument(sqlite3_value *v)
{
    const char *text = (const char *)sqlite3_value_text(v);
    return text && *text ? json_parse(text, strlen(text), "", NULL) : NULL;
}

/* strip_request(request): the same messages, by the same roles, without their content. */
static void strip_request(sqlite3_context *q, int n, sqlite3_value **v)
{
    json_t *o CLEANUP_JSON = parse_argument(v[0]), *message;
    size_t i;
    (void)n;
    json_array_foreach (json_object_get(o, "messages"), i, message)
        json_object_set_new(message, "content", json_string(LEFT_OUT));
    if (o)
        give(q, o);
    else
        sqlite3_result_text(q, "", -1, SQLITE_STATIC);
}

/* strip_detail(detail) of a tool run: what a test is and said, and what a program printed. */
static void strip_detail(sqlite3_context *q, int n, sqlite3_value **v)
{
    static const char *const of_test[] = {"test", "message", "stdout"};
    static const char *const of_run[] = {"stdout", "stderr", "message"};
    json_t *o CLEANUP_JSON = parse_argument(v[0]), *test;
    size_t i;
    (void)n;
    json_array_foreach (json_object_get(o, "tests"), i, test)
        for (size_t k = 0; k < 3; k++)
            json_object_del(test, of_test[k]);
    for (size_t k = 0; k < 3; k++)
        if (json_object_get(o, of_run[k]))
            json_object_set_new(o, of_run[k], json_string(""));
    if (o)
        give(q, o);
    else
        sqlite3_result_text(q, "", -1, SQLITE_STATIC);
}

/* strip_event(detail): the givens of a plan quote the problem. */
static void strip_event(sqlite3_context *q, int n, sqlite3_value **v)
{
    json_t *o CLEANUP_JSON = parse_argument(v[0]), *given;
    size_t i;
    (void)n;
    json_array_foreach (json_object_get(o, "givens"), i, given)
        json_object_set_new(given, "quote", json_string(""));
    if (o)
        give(q, o);
    else
        sqlite3_result_value(q, v[0]);
}

/* strip_log(attempt_log): how each attempt failed, without the server's words. */
static void strip_log(sqlite3_context *q, int n, sqlite3_value **v)
{
    json_t *log CLEANUP_JSON = parse_argument(v[0]), *attempt;
    size_t i;
    (void)n;
    json_array_foreach (log, i, attempt)
        if (json_object_get(attempt, "message"))
            json_object_set_new(attempt, "message", json_string(LEFT_OUT));
    if (log)
        give(q, log);
    else
        sqlite3_result_text(q, "", -1, SQLITE_STATIC);
}

int capsule_strip(struct store *copy, struct err *err)
{
    static const struct {
        const char *name;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {{"strip_request", strip_request},
                     {"strip_detail", strip_detail},
                     {"strip_log", strip_log},
                     {"strip_event", strip_event}};
    static const char sql[] =
        "UPDATE calls SET request = strip_request(request);\n"
        "UPDATE calls SET attempt_log = strip_log(attempt_log) WHERE attempt_log <> '';\n"
        "UPDATE failures SET attempt_log = strip_log(attempt_log) WHERE attempt_log <> '';\n"
        "UPDATE failures SET error = '" LEFT_OUT "' WHERE error <> '';\n"
        "UPDATE episodes SET error = '" LEFT_OUT "' WHERE error <> '';\n"
        "UPDATE tool_runs SET detail = strip_detail(detail) WHERE detail <> '';\n"
        "UPDATE tool_runs SET program = '' WHERE kind = 'reference';\n"
        "DELETE FROM files WHERE name = '" CAPSULE_SUITE "';\n"
        "UPDATE events SET detail = strip_event(detail) WHERE instr(detail, '\"givens\"');\n";
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (sqlite3_create_function(copy->db, functions[i].name, 1, SQLITE_UTF8, NULL,
                                    functions[i].fn, NULL, NULL) != SQLITE_OK)
            return db_fail(copy, err);
    return db_exec(copy, sql, err);
}
