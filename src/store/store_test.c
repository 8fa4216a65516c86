/* The run database: what goes in comes out, in plan order; an interrupted episode finds its calls
 * again; one writer at a time; damaged files are refused untouched. How writes are played, and what
 * is left of them after kill -9, is in write_test.c. */
#include "fixtures/record.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/export.h"
#include "store/field.h"

static int collect_episode(void *ctx, long long id, const struct store_episode *row)
{
    struct collected *c = ctx;
    assert_true(id > 0);
    str_addf(&c->text, "%s/%s/%d:%s ", row->task, row->arm, row->sample,
             store_status_name((int)row->status));
    c->n++;
    return 0;
}

struct csv {
    struct store *s;
    struct arena *arena;
    struct str text;
};

/* The row as CSV, and the curve, which no CSV shows. */
static int keep_row(void *ctx, long long id, const struct store_episode *row)
{
    struct csv *csv = ctx;
    struct store_episode whole = *row;
    assert_int_equal(store_read_spent(csv->s, id, &whole, csv->arena, NULL), 0);
    store_csv_header(&store_episode_fields, &csv->text);
    store_csv_row(&store_episode_fields, &whole, &csv->text);
    store_add_curve(&whole, &csv->text);
    assert_string_equal(row->submission, "def f(x): return x\n");
    assert_null(row->error);
    return 7;
}

static void a_finished_episode_reads_back_whole(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_episode row = a_row(STORE_DONE);
    long long id = 0, again = 0;
    assert_int_equal(store_episode_add(s, "hrm, v\"1\"", "t", 2, &id, &f->err), 0);
    assert_int_equal(store_episode_add(s, "hrm, v\"1\"", "t", 2, &again, &f->err), 0);
    assert_int_equal(id, again);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    store_close(s);

    s = open_or_fail(f, STORE_READ);
    struct csv csv = {.s = s, .arena = f->arena};
    assert_int_equal(store_episodes(s, keep_row, &csv, &f->err),
                     7); /* what the callback returned */
    assert_string_equal(
        csv.text.p,
        "task,arm,sample,group,steps,seed,status,error,passed,verdict,n_hidden,"
        "n_hidden_passed,public_passed,stop,iterations,calls,tool_runs,replans,"
        "prompt_tokens,generated_tokens,seconds,model_seconds,tool_seconds,queue_seconds,"
        "solve_seconds,label,flags,inapplicable,roles\r\n"
        "t,\"hrm, v\"\"1\"\"\",2,seen_pairs,2,18446744073709551615,done,,1,pass,4,4,1,"
        "public_pass,2,3,2,0,5000000000,99,1.250000,0.000000,0.000000,0.000000,-1.000000,T3,"
        "T3 R1,P1 P2,\"{\"\"planner\"\":{\"\"calls\"\":1,\"\"tool_runs\"\":0,"
        "\"\"prompt_tokens\"\":7,\"\"generated_tokens\"\":5000000001,"
        "\"\"model_seconds\"\":0.25,\"\"tool_seconds\"\":0.0},\"\"coder\"\":{"
        "\"\"calls\"\":2,\"\"tool_runs\"\":2,\"\"prompt_tokens\"\":3,"
        "\"\"generated_tokens\"\":4,\"\"model_seconds\"\":1.0,\"\"tool_seconds\"\":"
        "0.333333333333333}}\"\r\n5:1:1:1.25:1;9:2:1:1e+06:0");
    str_free(&csv.text);
    store_close(s);
}

static void reading_back_follows_the_experiment_not_the_insertion(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    static const char *const arms[] = {"hrm", "flat"}, *const tasks[] = {"z", "a"};
    struct store_plan_item part[] = {{.arm = "flat", .task = "a"}};
    struct store_plan_item rest[] = {{.arm = "flat", .task = "z", .sample = 1},
                                     {.arm = "flat", .task = "a"},
                                     {.arm = "flat", .task = "z", .sample = 0},
                                     {.arm = "hrm", .task = "z"}};
    assert_int_equal(store_plan(s, arms, 2, tasks, 2, part, 1, &f->err), 0);
    struct store_episode row = a_row(STORE_DONE);
    assert_int_equal(store_episode_finish(s, part[0].id, &row, &f->err), 0);
    assert_int_equal(store_plan(s, arms, 2, tasks, 2, rest, 4, &f->err), 0);
    assert_int_equal(rest[1].id, part[0].id);
    assert_int_equal(rest[1].status, STORE_DONE);
    assert_int_equal(rest[0].status, STORE_PENDING);

    struct collected seen = {0};
    assert_int_equal(store_episodes(s, collect_episode, &seen, &f->err), 0);
    assert_string_equal(seen.text.p,
                        "z/hrm/0:pending z/flat/0:pending z/flat/1:pending a/flat/0:done ");
    str_free(&seen.text);
    store_close(s);
}

static void an_interrupted_episode_finds_its_calls_again(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    long long id = 0;
    struct store_call c0 = a_call("planner", 0, "p0"), c1 = a_call("coder", 0, "c0"),
                      c2 = a_call("coder", 1, "c1");
    struct store_tool_run tool = {.role = "tester", .kind = "run"};
    struct store_event event = {.kind = "candidate"};
    assert_int_equal(store_episode_add(s, "hrm", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c0, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c1, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c2, &f->err), 0);
    assert_int_equal(store_tool_put(s, id, &tool, &f->err), 0);
    assert_int_equal(store_event_put(s, id, &event, &f->err), 0);

    /* The second attempt finds two calls, asks one anew, and never comes to the third of the first.
     */
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    struct store_call got = {0}, c1b = a_call("coder", 0, "c0-changed");
    assert_int_equal(store_call_find(s, id, "planner", 0, "p0", &got, f->arena, &f->err), 1);
    assert_string_equal(got.reply_text, c0.reply_text);
    assert_true(got.seed == c0.seed && got.total_s == c0.total_s && !got.reasoning);
    assert_string_equal(got.attempt_log, c0.attempt_log);
    assert_string_equal(got.label, c0.label);
    assert_int_equal(store_call_find(s, id, "coder", 0, "c0-changed", &got, f->arena, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c1b, &f->err), 0);
    struct store_episode row = a_row(STORE_DONE);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);

    struct collected seen = {0};
    int n = 0;
    assert_int_equal(each_call(s, id, collect_call, &seen, &f->err), 0);
    assert_string_equal(seen.text.p, "planner0:p0 coder0:c0-changed ");
    assert_int_equal(each_tool(s, id, count_tool, &n, &f->err), 0);
    assert_int_equal(each_event(s, id, count_event, &n, &f->err), 0);
    assert_int_equal(n, 0);
    str_free(&seen.text);
    store_close(s);
}

static void an_episode_in_error_keeps_its_calls_for_the_next_try(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    long long id = 0;
    struct store_call c0 = a_call("coder", 0, "c0"), got;
    struct store_episode row = a_row(STORE_ERROR);
    assert_int_equal(store_episode_add(s, "hrm", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c0, &f->err), 0);
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    assert_int_equal(store_call_find(s, id, "coder", 0, "c0", &got, f->arena, &f->err), 1);
    struct collected seen = {0};
    assert_int_equal(store_episodes(s, collect_episode, &seen, &f->err), 0);
    assert_string_equal(seen.text.p, "t/hrm/0:pending ");
    str_free(&seen.text);
    store_close(s);
}

static int collect_failure(void *ctx, const struct store_failure *fault)
{
    struct collected *c = ctx;
    str_addf(&c->text, "%s%d %s: %s %s; ", fault->role, fault->index, fault->at, fault->error,
             fault->attempt_log);
    c->n++;
    return 0;
}

static void calls_given_up_stay_on_record(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_failure fault = {
        .role = "coder", .at = "now", .error = "503", .attempt_log = "[]"};
    struct store_episode row = a_row(STORE_DONE);
    long long id = 0;
    assert_int_equal(store_episode_add(s, "hrm", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_failure_put(s, id, &fault, &f->err), 0);
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    assert_int_equal(store_failure_put(s, id, &fault, &f->err), 0);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    struct collected seen = {0};
    assert_int_equal(each_failure(s, id, collect_failure, &seen, &f->err), 0);
    assert_string_equal(seen.text.p, "coder0 now: 503 []; coder0 now: 503 []; ");
    str_free(&seen.text);
    store_close(s);
}

static void a_reader_finds_episodes_calls_and_tool_runs(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_plan_item item = {.arm = "hrm", .task = "t", .sample = 1};
    struct store_call c0 = a_call("coder", 0, "c0"), call;
    struct store_tool_run t0 = {
        .kind = "public", .program_hash = "p", .verdict = "pass", .seconds = .1};
    struct store_tool_run tool;
    long long id = 0;
    assert_int_equal(store_episode_add(s, "hrm", "t", 1, &id, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &c0, &f->err), 0);
    assert_int_equal(store_tool_put(s, id, &t0, &f->err), 0);
    store_close(s);

    s = open_or_fail(f, STORE_READ);
    assert_int_equal(store_plan_find(s, &item, &f->err), 1);
    assert_int_equal(item.id, id);
    assert_int_equal(item.status, STORE_PENDING);
    item.sample = 0;
    assert_int_equal(store_plan_find(s, &item, &f->err), 0);
    assert_int_equal(store_call_find(s, id, "coder", 0, "c0", &call, f->arena, &f->err), 1);
    assert_int_equal(store_call_find(s, id, "coder", 0, "c1", &call, f->arena, &f->err), 0);
    assert_int_equal(store_tool_find(s, id, 0, "public", "p", &tool, f->arena, &f->err), 1);
    assert_true(tool.seconds == t0.seconds);
    assert_string_equal(tool.verdict, "pass");
    assert_int_equal(store_tool_find(s, id, 0, "hidden", "p", &tool, f->arena, &f->err), 0);
    assert_int_equal(store_tool_find(s, id, 0, "public", "q", &tool, f->arena, &f->err), 0);
    assert_int_equal(store_tool_find(s, id, 1, "public", "p", &tool, f->arena, &f->err), 0);
    store_close(s);
}

static int collect_tags(void *ctx, long long id, const struct store_episode *row)
{
    struct collected *c = ctx;
    (void)id;
    str_addf(&c->text, "%s|%s|%s|%s ", row->label, row->flags, row->inapplicable, row->verdict);
    return 0;
}

static void assert_tags(struct fixture *f, struct store *s, const char *want)
{
    struct collected seen = {0};
    assert_int_equal(store_episodes(s, collect_tags, &seen, &f->err), 0);
    assert_string_equal(str_text(&seen.text), want);
    str_free(&seen.text);
}

static void tags_are_put_beside_the_outcome_and_go_with_it(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_episode row = a_row(STORE_DONE);
    long long id[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(store_episode_add(s, "flat", "t", i, &id[i], &f->err), 0);
    row.inapplicable = "";
    row.label = row.flags = "R1";
    assert_int_equal(store_episode_finish(s, id[0], &row, &f->err), 0);
    row.status = STORE_ERROR;
    row.label = row.flags = "I1";
    assert_int_equal(store_episode_finish(s, id[1], &row, &f->err), 0);
    assert_tags(f, s, "R1|R1||pass I1|I1||pass ");
    struct store_tag tag = {id[0], "T3", "T3 R1", "V3 V4"};
    assert_int_equal(store_tags_put(s, &tag, 1, &f->err), 0);
    assert_tags(f, s, "T3|T3 R1|V3 V4|pass I1|I1||pass ");
    char *csv CLEANUP_FREE = file_join(f->dir, "results.csv"), *text CLEANUP_FREE = NULL;
    size_t n;
    assert_int_equal(store_write_csv(s, csv, &f->err), 0);
    assert_int_equal(file_read(csv, 0, &text, &n, &f->err), 0);
    unlink(csv);
    assert_non_null(strstr(text, ",T3,T3 R1,V3 V4,"));
    assert_non_null(strstr(text, ",I1,I1,,")); /* an episode in error has a label, and no outcome */
    assert_int_equal(store_episode_restart(s, id[1], &f->err), 0);
    assert_tags(f, s, "T3|T3 R1|V3 V4|pass |||pass ");
    store_close(s);
}

static int nest(void *ctx, long long id, const struct store_episode *row)
{
    struct store *s = ctx;
    struct collected seen = {0};
    struct err err = {0};
    (void)row;
    assert_int_equal(each_call(s, id, collect_call, &seen, &err), 0);
    assert_int_equal(seen.n, 1);
    str_free(&seen.text);
    return 0;
}

static void readings_nest_and_do_not_block_the_writer(void **state)
{
    struct fixture *f = *state;
    struct store *w = open_or_fail(f, STORE_WRITE);
    struct store_call c = a_call("coder", 0, "h");
    struct store_episode row = a_row(STORE_DONE);
    for (int i = 0; i < 3; i++) {
        long long id;
        assert_int_equal(store_episode_add(w, "flat", "t", i, &id, &f->err), 0);
        assert_int_equal(store_call_put(w, id, &c, &f->err), 0);
        assert_int_equal(store_episode_finish(w, id, &row, &f->err), 0);
    }
    struct store *r = open_or_fail(f, STORE_READ);
    assert_int_equal(store_episodes(r, nest, r, &f->err), 0);
    assert_int_equal(store_meta_set(w, "status", "complete", &f->err), 0);
    assert_string_equal(fact(f, r, "status"), "complete");
    assert_string_equal(fact(f, r, "schema"), "6");
    assert_null(fact(f, r, "nothing"));
    assert_true(store_meta_set(r, "status", "no", &f->err) < 0);
    store_close(r);
    store_close(w);
}

/* ---- one writer ---- */

static void a_second_writer_is_told_who_runs(void **state)
{
    struct fixture *f = *state;
    int ready[2], done[2];
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char byte = 1;
        struct store *s = NULL;
        int rc = store_open(f->db, STORE_WRITE, &s, NULL);
        close(done[1]);
        if (rc < 0 || write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) < 0)
            _exit(1);
        store_close(s);
        _exit(0);
    }
    char byte, pid_text[32];
    struct store *s = NULL;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(store_open(f->db, STORE_WRITE, &s, &f->err), -EINVAL);
    assert_int_equal(f->err.kind, ERR_INPUT);
    snprintf(pid_text, sizeof pid_text, "(pid %d)", (int)pid);
    assert_non_null(strstr(f->err.msg, pid_text));
    store_close(open_or_fail(f, STORE_READ)); /* readers are welcome */
    close(done[1]);
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    store_close(open_or_fail(f, STORE_WRITE));
    close(done[0]);
    close(ready[0]);
    close(ready[1]);
}

/* ---- files that are not run databases ---- */

static void refused_and_untouched(struct fixture *f, const void *bytes, size_t n, const char *says)
{
    char *back CLEANUP_FREE = NULL;
    size_t back_n = 0;
    struct store *s = NULL;
    assert_int_equal(file_write(f->db, bytes, n, &f->err), 0);
    for (int mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        f->err = (struct err){0};
        assert_int_equal(store_open(f->db, (enum store_mode)mode, &s, &f->err), -EINVAL);
        assert_int_equal(f->err.kind, ERR_INPUT);
        if (!strstr(f->err.msg, says) || strchr(f->err.msg, '\n'))
            fail_msg("'%s' does not say '%s' in one line", f->err.msg, says);
    }
    assert_int_equal(file_read(f->db, 0, &back, &back_n, &f->err), 0);
    assert_int_equal(back_n, n);
    assert_memory_equal(back, bytes, n);
    assert_int_equal(unlink(f->db), 0);
    assert_int_equal(rmdir(f->dir), 0); /* nothing was left beside it */
    assert_int_equal(mkdir(f->dir, 0700), 0);
}

static void damaged_and_foreign_files_are_refused(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    for (int i = 0; i < 200; i++) {
        long long id;
        assert_int_equal(store_episode_add(s, "flat", "t", i, &id, &f->err), 0);
    }
    store_close(s);
    char *good CLEANUP_FREE = NULL;
    size_t n = 0;
    assert_int_equal(file_read(f->db, 0, &good, &n, &f->err), 0);

    refused_and_untouched(f, "", 0, "not a run database");
    refused_and_untouched(f, "hello", 5, "not a run database");
    refused_and_untouched(f, good, 60, "not a run database");
    refused_and_untouched(f, good, n / 2, "cut off");
    memset(good + 4096 * 2, 0x5a, 4096 * 2);
    refused_and_untouched(f, good, n, "damaged");
    good[60 + 3] = 9; /* user_version */
    refused_and_untouched(f, good, n, "a newer hrm (schema 9");
    good[60 + 3] = 1;
    refused_and_untouched(f, good, n, "an older hrm (schema 1");
    good[68] = 0; /* application_id */
    refused_and_untouched(f, good, n, "not one of hrm's runs");

    assert_int_equal(store_open("/nowhere/run.db", STORE_WRITE, &s, &f->err), -EINVAL);
    assert_int_equal(store_open(f->dir, STORE_WRITE, &s, &f->err), -EINVAL);
    assert_int_equal(store_open(f->db, STORE_READ, &s, &f->err), -EINVAL);
    assert_false(file_exists(f->db));
}

static int collect_label(void *ctx, long long id, const struct store_label *l)
{
    str_addf(ctx, "%lld:%s=%s(%s) ", id, l->annotator, l->label, l->note);
    return 0;
}

static void assert_labels(struct fixture *f, struct store *s, const char *want)
{
    struct str seen CLEANUP_STR = {0};
    assert_int_equal(store_labels(s, collect_label, &seen, &f->err), 0);
    assert_string_equal(str_text(&seen), want);
}

/* Labels need no lock: they are put while the run's writer is at work. */
static void labels_are_put_beside_a_running_run(void **state)
{
    struct fixture *f = *state;
    struct store *writer = open_or_fail(f, STORE_WRITE), *s;
    long long a, b;
    assert_int_equal(store_episode_add(writer, "hrm", "t1", 0, &a, &f->err), 0);
    assert_int_equal(store_episode_add(writer, "flat", "t1", 0, &b, &f->err), 0);
    s = open_or_fail(f, STORE_ANNOTATE);
    assert_labels(f, s, "");
    const struct store_label spec = {"ada", "S", "unit", "2026-01-01T00:00:00Z"},
                             code = {"ada", "S5", "", "2026-01-01T00:00:01Z"},
                             other = {"bob", "R", "", "2026-01-01T00:00:02Z"};
    assert_int_equal(store_label_put(s, b, &spec, &f->err), 0);
    assert_int_equal(store_label_put(s, a, &other, &f->err), 0);
    assert_int_equal(store_label_put(s, b, &other, &f->err), 0);
    assert_int_equal(store_label_put(s, b, &code, &f->err), 0); /* replaces */
    assert_labels(f, writer, "1:bob=R() 2:ada=S5() 2:bob=R() ");
    assert_int_equal(store_label_drop(s, b, "ada", &f->err), 0);
    assert_int_equal(store_label_drop(s, b, "nobody", &f->err), 0);
    assert_labels(f, s, "1:bob=R() 2:bob=R() ");
    struct str of_a CLEANUP_STR = {0};
    assert_int_equal(store_episode_labels(s, a, collect_label, &of_a, &f->err), 0);
    assert_string_equal(str_text(&of_a), "1:bob=R() ");
    store_close(s);
    store_close(writer);
    s = open_or_fail(f, STORE_READ);
    assert_labels(f, s, "1:bob=R() 2:bob=R() ");
    assert_true(store_label_put(s, b, &code, &f->err) < 0); /* a reader writes nothing */
    store_close(s);
}

static void nothing_is_annotated_where_there_is_no_record(void **state)
{
    struct fixture *f = *state;
    struct store *s = NULL;
    assert_true(store_open(f->db, STORE_ANNOTATE, &s, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "there is no run database"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(a_finished_episode_reads_back_whole),
        T(reading_back_follows_the_experiment_not_the_insertion),
        T(an_interrupted_episode_finds_its_calls_again),
        T(an_episode_in_error_keeps_its_calls_for_the_next_try),
        T(calls_given_up_stay_on_record),
        T(a_reader_finds_episodes_calls_and_tool_runs),
        T(tags_are_put_beside_the_outcome_and_go_with_it),
        T(readings_nest_and_do_not_block_the_writer),
        T(a_second_writer_is_told_who_runs),
        T(damaged_and_foreign_files_are_refused),
        T(labels_are_put_beside_a_running_run),
        T(nothing_is_annotated_where_there_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
