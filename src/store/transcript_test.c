/* Typed transcripts: what is written while an episode plays is what is read back, and
 * docs/transcripts.md says the same as the tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/detail.h"

static struct arena *arena; /* of all tests */

/* ---- what is written is what is read ---- */

static const char *written(const struct detail_fields *d, const void *row)
{
    struct str out CLEANUP_STR = {0};
    detail_add(d, row, &out);
    return arena_strdup(arena, str_text(&out));
}

/* The event is written as `want`, and what is read from that is written the same. */
static void assert_event(const struct transcript_event *v, const char *want)
{
    struct transcript t = {0};
    const struct store_event *row = transcript_add_event(&t, v, arena);
    struct transcript_event again = {.row = *row};
    assert_string_equal(row->detail, want);
    assert_string_equal(row->kind, detail_of_event[v->kind].name);
    transcript_read_event(&again, arena);
    assert_int_equal(again.kind, v->kind);
    assert_string_equal(written(&detail_of_event[again.kind], &again), want);
}

static void assert_run(const struct transcript_run *r, const char *want)
{
    struct transcript t = {0};
    const struct store_tool_run *row = transcript_add_run(&t, r, arena);
    struct transcript_run again = {.row = *row};
    assert_string_equal(row->detail, want);
    transcript_read_run(&again, arena);
    assert_int_equal(again.kind, r->kind);
    assert_string_equal(written(&detail_of_run[again.kind], &again), want);
}

static void every_event_is_read_as_it_was_written(void **state)
{
    (void)state;
    static const char *const deps[] = {"1"}, *const texts[] = {"assert f('\"')", "x\ny"};
    static const struct transcript_step steps[] = {{"1", "first", {NULL, 0}},
                                                   {"2", "then", {deps, 1}}};
    static const struct transcript_given givens[] = {{"groups", "5", "Five"}};
    static const struct transcript_use uses[] = {{"s1", "40"}};
    struct transcript_event code = {.kind = EVENT_PLAN,
                                    .plan = {.text = "1. first",
                                             .hash = "h",
                                             .valid = true,
                                             .valid_final = true,
                                             .steps = {steps, 2}}};
    assert_event(&code,
                 "{\"plan\":\"1. first\",\"hash\":\"h\",\"valid\":true,\"reasked\":false,"
                 "\"valid_final\":true,\"repaired\":false,\"steps\":[{\"id\":\"1\",\"desc\":"
                 "\"first\",\"deps\":[]},{\"id\":\"2\",\"desc\":\"then\",\"deps\":[\"1\"]}]}");
    struct transcript_event math = {.kind = EVENT_PLAN,
                                    .plan = {.text = "t",
                                             .hash = "h",
                                             .reasked = true,
                                             .subgoals = {steps, 1},
                                             .givens = {givens, 1},
                                             .unknown = "u",
                                             .type = "",
                                             .unit = ""}};
    assert_event(&math, "{\"plan\":\"t\",\"hash\":\"h\",\"valid\":false,\"reasked\":true,"
                        "\"valid_final\":false,\"repaired\":false,\"subgoals\":[{\"id\":\"1\","
                        "\"desc\":\"first\",\"deps\":[]}],\"givens\":[{\"name\":\"groups\","
                        "\"value\":\"5\",\"quote\":\"Five\"}],\"unknown\":\"u\",\"type\":\"\","
                        "\"unit\":\"\"}");
    assert_event(&(struct transcript_event){.kind = EVENT_SELF_TESTS, .self_tests = {texts, 2}},
                 "[\"assert f('\\\"')\",\"x\\ny\"]");
    assert_event(&(struct transcript_event){.kind = EVENT_CANDIDATE}, "");
    assert_event(
        &(struct transcript_event){
            .kind = EVENT_SUBGOAL,
            .subgoal = {.id = "s2", .attempt = 3, .ok = true, .value = "52", .uses = {uses, 1}}},
        "{\"id\":\"s2\",\"try\":3,\"ok\":true,\"value\":\"52\",\"uses\":{\"s1\":\"40\"},"
        "\"error\":null}");
    assert_event(
        &(struct transcript_event){
            .kind = EVENT_TOOL_CALL,
            .tool_call = {.form = "json", .tool = "search", .error = "unknown_tool", .hash = "h"}},
        "{\"form\":\"json\",\"tool\":\"search\",\"ok\":false,\"error\":\"unknown_tool\","
        "\"hash\":\"h\"}");
    assert_event(&(struct transcript_event){.kind = EVENT_ANSWER,
                                            .answer = {.text = "52 apples", .from = "vote"}},
                 "{\"answer\":\"52 apples\",\"from\":\"vote\",\"finals\":[]}");
    assert_event(&(struct transcript_event){.kind = EVENT_VERDICT,
                                            .verdict = {.verdict = "fail",
                                                        .answer = "52",
                                                        .computed = "40",
                                                        .subgoal = NULL,
                                                        .log_failed = true}},
                 "{\"verdict\":\"fail\",\"answer\":\"52\",\"computed\":\"40\",\"subgoal\":null,"
                 "\"log_failed\":true}");
    assert_event(&(struct transcript_event){.kind = EVENT_REPEATED, .repeated = {2, "afresh"}},
                 "{\"times\":2,\"then\":\"afresh\"}");
    assert_event(&(struct transcript_event){.kind = EVENT_REPAIR, .repair = {"s1"}},
                 "{\"id\":\"s1\"}");
    assert_event(
        &(struct transcript_event){.kind = EVENT_REFUSED, .refused = {"plan", "echo", true}},
        "{\"part\":\"plan\",\"reason\":\"echo\",\"again\":true}");
    assert_event(&(struct transcript_event){.kind = EVENT_SUBMIT, .submit = {"stale", NULL}},
                 "{\"stop\":\"stale\"}");
    assert_event(&(struct transcript_event){.kind = EVENT_SUBMIT, .submit = {"accepted", "52"}},
                 "{\"stop\":\"accepted\",\"answer\":\"52\"}");
}

static void every_run_is_read_as_it_was_written(void **state)
{
    (void)state;
    static const struct transcript_test tests[] = {
        {"pass", "assert f(1) == 2", NULL, NULL},
        {"error", NULL, "ValueError", "bad \xff", "said", 3}};
    static const char graded[] =
        "{\"tests\":[{\"verdict\":\"pass\",\"test\":\"assert f(1) == 2\"},{\"verdict\":\"error\","
        "\"error_type\":\"ValueError\",\"message\":\"bad \xef\xbf\xbd\",\"stdout\":\"said\","
        "\"line\":3}]}";
    for (int kind = 0; kind < N_RUN_KINDS; kind++)
        if (kind != RUN_PROGRAM)
            assert_run(&(struct transcript_run){.kind = (enum run_kind)kind, .tests = {tests, 2}},
                       graded);
    assert_run(
        &(struct transcript_run){
            .kind = RUN_PROGRAM,
            .program = {.purpose = "tool", .out = "52\n", .errout = "", .value = "52"}},
        "{\"purpose\":\"tool\",\"subgoal\":null,\"stdout\":\"52\\n\",\"stderr\":\"\","
        "\"value\":\"52\",\"error_type\":null,\"message\":null}");
}

static void what_a_record_lacks_is_empty(void **state)
{
    (void)state;
    static const char *const details[] = {"", "{}", "[]", "7", "null", "{\"steps\":7}", "{broken"};
    for (size_t i = 0; i < sizeof details / sizeof *details; i++)
        for (int kind = 0; kind < N_EVENT_KINDS; kind++) {
            struct transcript_event v = {
                .row = {.kind = detail_of_event[kind].name, .detail = details[i]}};
            transcript_read_event(&v, arena);
            if (kind == EVENT_PLAN) {
                assert_string_equal(v.plan.text, "");
                assert_int_equal(v.plan.steps.n, 0);
                assert_null(v.plan.unit);
            } else if (kind == EVENT_SUBGOAL) {
                assert_string_equal(v.subgoal.id, "");
                assert_null(v.subgoal.value);
            } else if (kind == EVENT_ANSWER) {
                assert_int_equal(v.answer.finals.n, 0);
            }
        }
    struct transcript_event later = {.row = {.kind = "of a later hrm", .detail = "{\"id\":1}"}};
    transcript_read_event(&later, arena);
    assert_int_equal(later.kind, N_EVENT_KINDS);
    assert_string_equal(later.row.detail, "{\"id\":1}");
}

static void numbers_are_read_as_text(void **state)
{
    (void)state;
    struct transcript_event v = {
        .row = {.kind = "plan", .detail = "{\"steps\":[{\"id\":1,\"desc\":\"a\",\"deps\":[2]}]}"}};
    transcript_read_event(&v, arena);
    assert_string_equal(v.plan.steps.v[0].id, "1");
    assert_string_equal(v.plan.steps.v[0].deps.v[0], "2");
    assert_true(v.plan.valid_final); /* old records do not say; it could be read */
}

/* ---- the whole of an episode ---- */

static void memory_and_record_hold_the_same(void **state)
{
    (void)state;
    char dir[] = "/tmp/hrm-transcript-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *path CLEANUP_FREE = file_join(dir, "run.db");
    struct store *s = NULL;
    struct err err = {0};
    struct transcript t = {0}, back;
    long long id;
    assert_int_equal(store_open(path, STORE_WRITE, &s, &err), 0);
    assert_int_equal(store_episode_add(s, "hrm", "t", 0, &id, &err), 0);
    for (int i = 0; i < 20; i++) {
        const char *reply = arena_printf(arena, "reply %d", i);
        struct store_call call = {.role = "coder", .index = i, .reply_text = reply};
        struct transcript_run run = {
            .kind = RUN_PROGRAM, .row.role = "coder", .program.out = reply};
        struct transcript_event event = {.kind = EVENT_ANSWER, .answer = {.text = reply}};
        assert_int_equal(store_call_put(s, id, transcript_add_call(&t, &call, arena), &err), 0);
        assert_int_equal(store_tool_put(s, id, transcript_add_run(&t, &run, arena), &err), 0);
        assert_int_equal(store_event_put(s, id, transcript_add_event(&t, &event, arena), &err), 0);
    }
    assert_int_equal(transcript_read(s, id, &t.row, &back, arena, &err), 0);
    assert_int_equal(back.n_calls, 20);
    assert_int_equal(back.n_runs, 20);
    assert_int_equal(back.n_events, 20);
    for (int i = 0; i < 20; i++) {
        assert_string_equal(back.calls[i].reply_text, t.calls[i].reply_text);
        assert_int_equal(back.runs[i].row.index, i);
        assert_string_equal(back.runs[i].program.out, t.runs[i].program.out);
        assert_string_equal(back.events[i].answer.text, t.events[i].answer.text);
        assert_string_equal(back.events[i].row.detail, t.events[i].row.detail);
    }
    store_close(s);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

/* ---- docs/transcripts.md ---- */

static const char page[] = "docs/transcripts.md";

/* The table rows of a section: those lines that begin with "| `". */
static size_t rows_of(const char *text, const char *heading, const char **row, size_t max)
{
    const char *p = strstr(text, heading), *end;
    size_t n = 0;
    if (!p)
        fail_msg("%s has no section '%s'", page, heading);
    p += strlen(heading);
    const char *stop = strstr(p, "\n## ");
    for (; *p && (!stop || p < stop) && n < max; p = end + (*end == '\n')) {
        end = strchrnul(p, '\n');
        if (strncmp(p, "| `", 3) == 0)
            row[n++] = arena_strndup(arena, p, (size_t)(end - p));
    }
    return n;
}

static bool is_row_of(const char *row, const char *kind)
{
    size_t n = strlen(kind);
    return strncmp(row + 3, kind, n) == 0 && row[3 + n] == '`';
}

/* Every member of the kind stands in one of its rows, in quotes. */
static void assert_members(const struct detail_fields *d, const char *const *row, size_t n)
{
    for (size_t f = 0; f < d->n; f++) {
        const struct detail_field *field = &d->field[f];
        char *quoted CLEANUP_FREE = xasprintf("\"%s\"", field->name ? field->name : "");
        bool found = !field->name;
        for (size_t i = 0; i < n; i++)
            found |= is_row_of(row[i], d->name) && strstr(row[i], quoted);
        if (!found)
            fail_msg("%s: '%s' lacks %s", page, d->name, quoted);
        if (field->of)
            assert_members(&(struct detail_fields){.name = d->name,
                                                   .field = field->of->field,
                                                   .n = field->of->n},
                           row, n);
    }
}

static void assert_page(const struct detail_fields *kinds, size_t n_kinds, const char *heading)
{
    char *text CLEANUP_FREE = NULL;
    const char *row[32];
    size_t size, known = 0;
    struct err err = {0};
    assert_int_equal(file_read(page, 0, &text, &size, &err), 0);
    size_t n = rows_of(text, heading, row, 32);
    for (size_t k = 0; k < n_kinds; k++) {
        size_t of_kind = 0;
        for (size_t i = 0; i < n; i++)
            of_kind += is_row_of(row[i], kinds[k].name);
        if (of_kind == 0)
            fail_msg("%s has no row for '%s'", page, kinds[k].name);
        known += of_kind;
        if (strcmp(kinds[k].name, "hidden") != 0 && strcmp(kinds[k].name, "self") != 0 &&
            strcmp(kinds[k].name, "reference") != 0) /* "as `public`" */
            assert_members(&kinds[k], row, n);
    }
    assert_int_equal(known, n); /* and no row for another kind */
}

static void the_page_says_what_the_tables_say(void **state)
{
    (void)state;
    assert_page(detail_of_run, N_RUN_KINDS, "\n## tool_runs\n");
    assert_page(detail_of_event, N_EVENT_KINDS, "\n## events\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_read_as_it_was_written),
        cmocka_unit_test(every_run_is_read_as_it_was_written),
        cmocka_unit_test(what_a_record_lacks_is_empty),
        cmocka_unit_test(numbers_are_read_as_text),
        cmocka_unit_test(memory_and_record_hold_the_same),
        cmocka_unit_test(the_page_says_what_the_tables_say),
    };
    arena = arena_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
