/* Labelling: the sample, the session's effect on the record, what is hidden, and agreement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "fixtures/record_dir.h"
#include "store/store.h"
#include "label/blind.h"
#include "label/label_agree.h"
#include "label/label_codes.h"
#include "label/label_sample.h"
#include "label/label_session.h"
#include "label/wrap.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static int open_record(void **state)
{
    if (setup(state) < 0)
        return -1;
    struct fixture *f = *state;
    return store_open(f->db, STORE_WRITE, &f->store, &f->err);
}

/* A finished episode; label NULL: it passed. */
static long long add_episode(struct fixture *f, const char *arm, const char *task, int sample,
                             const char *label)
{
    long long id;
    const struct store_episode row = {.arm = arm,
                                      .task = task,
                                      .sample = sample,
                                      .group = "",
                                      .status = STORE_DONE,
                                      .passed = !label,
                                      .verdict = label ? "fail" : "pass",
                                      .n_hidden = 3,
                                      .n_hidden_passed = label ? 1 : 3,
                                      .stop = "stale",
                                      .submission = "def f(): return 1",
                                      .label = label ? label : "",
                                      .flags = "",
                                      .inapplicable = "",
                                      .n_shares = 0};
    assert_int_equal(store_episode_add(f->store, arm, task, sample, &id, &f->err), 0);
    assert_int_equal(store_episode_finish(f->store, id, &row, &f->err), 0);
    return id;
}

/* ---- samples ---- */

/* How many of the chosen lie in each run of `per` ids. */
static void count_ids(const long long *ids, size_t n, const long *bounds, size_t n_strata,
                      size_t *count)
{
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < n_strata; s++)
            count[s] += ids[i] >= bounds[s] && ids[i] < bounds[s + 1];
}

static size_t fill(struct label_candidate *all, uint64_t seed)
{
    static const struct {
        const char *arm, *label;
        int n;
    } strata[] = {{"flat", "R1", 60}, {"flat", "S3", 30}, {"hrm", "R1", 8}, {"hrm", "V3", 2}};
    size_t n = 0;
    for (size_t s = 0; s < COUNT(strata); s++)
        for (int i = 0; i < strata[s].n; i++, n++) {
            const struct store_episode row = {
                .arm = strata[s].arm, .label = strata[s].label, .task = "t", .sample = (int)n};
            all[n] = label_candidate_make(seed, (long long)n, &row);
        }
    return n;
}

static void samples_are_stratified(void **state)
{
    static const long bounds[] = {0, 60, 90, 98, 100};
    struct label_candidate all[100];
    long long ids[100];
    size_t few[4] = {0}, more[4] = {0}, whole[4] = {0};
    (void)state;
    size_t n = fill(all, 1);
    assert_int_equal(label_sample(all, n, 20, ids), 20);
    count_ids(ids, 20, bounds, 4, more);
    assert_in_range(more[0], 11, 13); /* 60 % */
    assert_in_range(more[1], 5, 7);
    assert_in_range(more[2], 1, 2);
    assert_int_equal(more[3], 1); /* the rarest stratum is represented */
    n = fill(all, 1);
    assert_int_equal(label_sample(all, n, 2, ids), 2); /* fewer than strata: the largest */
    count_ids(ids, 2, bounds, 4, few);
    assert_int_equal(few[0], 1);
    assert_int_equal(few[1], 1);
    n = fill(all, 1);
    assert_int_equal(label_sample(all, n, 500, ids), 100);
    count_ids(ids, 100, bounds, 4, whole);
    for (size_t s = 0; s < 4; s++)
        assert_int_equal(whole[s], bounds[s + 1] - bounds[s]);
    assert_int_equal(label_sample(NULL, 0, 5, ids), 0);
}

static void samples_depend_on_the_seed_alone(void **state)
{
    struct label_candidate all[100];
    long long first[30], again[30], other[30], sorted = 0;
    (void)state;
    size_t n = fill(all, 1);
    label_sample(all, n, 30, first);
    n = fill(all, 1);
    struct label_candidate swapped = all[0];
    all[0] = all[99];
    all[99] = swapped;
    label_sample(all, n, 30, again);
    assert_memory_equal(first, again, sizeof first);
    n = fill(all, 2);
    label_sample(all, n, 30, other);
    assert_memory_not_equal(first, other, sizeof first);
    for (size_t i = 1; i < 30; i++)
        sorted += first[i] > first[i - 1];
    assert_in_range(sorted, 5, 24); /* the order does not tell the strata */
}

static void a_sample_stays_what_it_was(void **state)
{
    struct fixture *f = *state;
    long long *ids, *again;
    size_t n, n_again;
    for (int i = 0; i < 6; i++)
        add_episode(f, i % 2 ? "hrm" : "flat", "t", i, i == 5 ? NULL : "R1");
    assert_int_equal(label_sample_of_run(f->store, 1, 4, &ids, &n, &f->err), 0);
    assert_int_equal(n, 4);
    for (int i = 6; i < 20; i++)
        add_episode(f, "flat", "u", i, "S3");
    assert_int_equal(label_sample_of_run(f->store, 1, 4, &again, &n_again, &f->err), 0);
    assert_int_equal(n_again, 4);
    assert_memory_equal(ids, again, 4 * sizeof *ids);
    free(again);
    assert_int_equal(label_sample_of_run(f->store, 1, 100, &again, &n_again, &f->err), 0);
    assert_int_equal(n_again, 19); /* all that failed, and not the one that passed */
    free(again);
    free(ids);
}

/* ---- the session ---- */

static int collect(void *ctx, long long id, const struct store_label *l)
{
    str_addf(ctx, "%lld:%s=%s(%s) ", id, l->annotator, l->label, l->note);
    return 0;
}

static void assert_record(struct fixture *f, const char *want)
{
    struct str seen CLEANUP_STR = {0};
    assert_int_equal(store_labels(f->store, collect, &seen, &f->err), 0);
    assert_string_equal(str_text(&seen), want);
}

static struct label_session *open_session(struct fixture *f, const char *annotator)
{
    static const long long ids[] = {3, 1, 2};
    struct label_session *s = NULL;
    assert_int_equal(label_session_open(f->store, annotator, ids, 3, f->arena, &s, &f->err), 0);
    return s;
}

static const char *input(struct fixture *f, struct label_session *s, const char *word)
{
    const char *say = NULL;
    assert_int_equal(label_session_input(s, word, &say, &f->err), 0);
    return say;
}

static void add_three(struct fixture *f)
{
    for (int i = 0; i < 3; i++)
        add_episode(f, "flat", "t", i, "R1");
}

static void words_label_skip_and_take_back(void **state)
{
    struct fixture *f = *state;
    add_three(f);
    struct label_session *s = open_session(f, "ada");
    assert_string_equal(input(f, s, "S3 asks for a list\n"), "S3: fails a shown test");
    assert_record(f, "3:ada=S3(asks for a list) ");
    assert_string_equal(input(f, s, "s"), "skipped");
    assert_string_equal(input(f, s, "  R\n"), "R: reasoning");
    assert_true(label_session_over(s));
    assert_record(f, "2:ada=R() 3:ada=S3(asks for a list) ");
    assert_string_equal(input(f, s, "u"), "taken back: R");
    assert_string_equal(input(f, s, "u"), "taken back: skipped");
    assert_int_equal(s->at, 1);
    assert_string_equal(input(f, s, "u"), "taken back: S3");
    assert_string_equal(input(f, s, "u"), "nothing to take back in this session");
    assert_record(f, "");
    assert_int_equal(s->at, 0);
    input(f, s, "V3");
    assert_string_equal(input(f, s, ""), "");
    assert_non_null(strstr(input(f, s, "S9"), "'S9' is no label"));
    assert_non_null(strstr(input(f, s, "spec"), "'spec' is no label"));
    assert_non_null(strstr(input(f, s, "r"), "'r' is no label"));
    assert_int_equal(label_session_labelled(s), 1);
    input(f, s, "q");
    assert_true(label_session_over(s));
}

static void a_walk_goes_on_where_it_ended(void **state)
{
    struct fixture *f = *state;
    add_three(f);
    struct label_session *s = open_session(f, "ada");
    input(f, s, "S3");
    input(f, s, "s");
    s = open_session(f, "bob"); /* another person starts at the beginning */
    assert_int_equal(s->at, 0);
    input(f, s, "T1");
    s = open_session(f, "ada");
    assert_int_equal(s->at, 1); /* what was skipped comes again */
    assert_int_equal(label_session_labelled(s), 1);
    assert_non_null(strstr(input(f, s, "u"), "nothing to take back"));
    input(f, s, "B2");
    input(f, s, "I");
    assert_true(label_session_over(s));
    assert_record(f, "1:ada=B2() 2:ada=I() 3:ada=S3() 3:bob=T1() ");
}

static void groups_and_codes_are_known(void **state)
{
    (void)state;
    const char *code, *name;
    size_t n = 0;
    for (size_t g = 0; g < LABEL_GROUPS; g++)
        for (size_t i = 0; label_code(g, i, &code, &name); i++, n++) {
            assert_int_equal(label_group_of(code), g);
            assert_int_equal(code[0], label_group_letter(g));
            assert_true(strlen(name) <= 24);
        }
    assert_int_equal(n, 42);
    assert_int_equal(label_group_of("S"), 0);
    assert_int_equal(label_group_of(""), -1);
    assert_int_equal(label_group_of("S7"), -1);
    assert_int_equal(label_group_of("S12"), -1);
    assert_int_equal(label_group_of("X"), -1);
}

/* ---- what is hidden ---- */

static void blind_transcripts_do_not_name_the_arm(void **state)
{
    struct fixture *f = *state;
    long long id;
    const struct store_call call = {
        .role = "planner",
        .request_hash = "h",
        .request = "{\"messages\":[{\"role\":\"system\",\"content\":\"You are the planner.\"},"
                   "{\"role\":\"user\",\"content\":\"Plan this.\"}]}",
        .reply_text = "1. add\x1b[2J",
        .finish = "stop",
        .attempt_log = "",
        .label = ""};
    const struct store_tool_run run = {.role = "coder",
                                       .kind = "public",
                                       .program_hash = "abc",
                                       .program = "def f(): return 1",
                                       .verdict = "fail",
                                       .detail = "{\"tests\":[{\"verdict\":\"fail\",\"test\":"
                                                 "\"assert f() == 2\",\"message\":\"got 1\"}]}"},
                                hidden = {.index = 1,
                                          .role = "grader",
                                          .kind = "hidden",
                                          .program_hash = "abc",
                                          .program = "def f(): return 1",
                                          .verdict = "fail",
                                          .detail = "{\"tests\":[]}"},
                                self = {.index = 2,
                                        .role = "tester",
                                        .kind = "self",
                                        .program_hash = "ref",
                                        .program = "x",
                                        .verdict = "pass",
                                        .detail = ""};
    const struct store_event plan = {.kind = "plan",
                                     .role = "planner",
                                     .calls = 1,
                                     .candidate_hash = "",
                                     .detail = "{\"plan\":\"the plan\"}"};
    struct task task = {.id = "t", .prompt = "Write f."};
    struct store_episode row = {.arm = "secretarm",
                                .task = "t",
                                .verdict = "fail",
                                .stop = "budget:calls",
                                .submission = "def f(): return 1",
                                .n_hidden = 3};
    assert_int_equal(store_episode_add(f->store, "secretarm", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_call_put(f->store, id, &call, &f->err), 0);
    assert_int_equal(store_tool_put(f->store, id, &run, &f->err), 0);
    assert_int_equal(store_tool_put(f->store, id, &hidden, &f->err), 0);
    assert_int_equal(store_tool_put(f->store, id, &self, &f->err), 0);
    assert_int_equal(store_event_put(f->store, id, &plan, &f->err), 0);
    struct str text CLEANUP_STR = {0}, bare CLEANUP_STR = {0};
    assert_int_equal(blind_transcript(f->store, id, &row, &task, &text, &f->err), 0);
    assert_string_equal(str_text(&text),
                        "TASK\n    Write f.\n"
                        "\nREPLY 1\n    1. add\\x1b[2J\n"
                        "\nTESTS on program abc: fail\n    def f(): return 1\n"
                        "  tests:\n    fail     assert f() == 2\n"
                        "             got 1\n"
                        "\nThe budget was spent: calls\n"
                        "\nSUBMITTED\n    def f(): return 1\n"
                        "\nRESULT: not solved (fail); hidden tests passed: 0 of 3\n"
                        "\nHIDDEN TESTS on program abc: fail\n"
                        "    (shown above)\n  tests:\n");
    /* without its suite the statement is the first request's last message, and still no role */
    assert_int_equal(blind_transcript(f->store, id, &row, NULL, &bare, &f->err), 0);
    assert_non_null(strstr(str_text(&bare), "the first request)\n    Plan this.\n"));
    assert_null(strstr(str_text(&bare), "planner"));
    assert_null(strstr(str_text(&bare), "coder"));
}

static void math_results_show_what_was_expected(void **state)
{
    struct fixture *f = *state;
    long long id = add_episode(f, "flat", "t", 0, "R1");
    struct task task = {
        .id = "t", .prompt = "How much?", .has_answer = true, .answer = 18.5, .unit = "dollars"};
    const struct store_episode row = {
        .task = "t", .verdict = "wrong", .stop = "answer", .submission = ""};
    struct str text CLEANUP_STR = {0};
    assert_int_equal(blind_transcript(f->store, id, &row, &task, &text, &f->err), 0);
    assert_non_null(strstr(str_text(&text), "SUBMITTED\n    (nothing)\n"));
    assert_non_null(strstr(str_text(&text), "RESULT: not solved (wrong); expected 18.5 dollars\n"));
}

static void rows_are_as_wide_as_the_terminal(void **state)
{
    (void)state;
    assert_int_equal(wrap_row("abcdef", 4), 4);
    assert_int_equal(wrap_row("abc\ndef", 10), 3);
    assert_int_equal(wrap_row("two words", 7), 4);
    assert_int_equal(wrap_row("a longword", 8), 8); /* the blank is too far back */
    assert_int_equal(wrap_row("", 10), 0);
    assert_int_equal(wrap_row("\nx", 10), 0);
    assert_int_equal(wrap_row("\u4f60\u597d", 3), 3); /* two columns each */
    assert_int_equal(wrap_row("\u4f60", 1), 3);       /* never nothing */
    assert_int_equal(wrap_row("\xff\xff", 5), 1);
}

/* ---- agreement ---- */

/* The table of Cohen's paper's kind: 45 + 25 agree out of 100, kappa .4 by hand. */
static void kappa_is_of_the_groups(void **state)
{
    (void)state;
    struct label_given a[100], b[100];
    for (int i = 0; i < 100; i++) {
        bool first = i < 60;
        a[i] = (struct label_given){i, first ? "S3" : "R1"};
        b[i] = (struct label_given){i, i < 45 || i >= 85 ? "S" : "R2"};
    }
    const struct label_rater x = {.name = "x", .given = a, .n = 100},
                             y = {.name = "y", .given = b, .n = 100};
    struct label_agreement g;
    label_agree(&x, &y, &g);
    assert_int_equal(g.n, 100);
    assert_int_equal(g.same, 70);
    assert_int_equal(g.table[0 * LABEL_GROUPS + 0], 45);
    assert_int_equal(g.table[4 * LABEL_GROUPS + 4], 25);
    assert_true(fabs(g.kappa - (.70 - .52) / (1 - .52)) < 1e-12);
    assert_true(g.low < g.kappa && g.kappa < g.high);
    assert_int_equal(g.n_codes, 40); /* where y named one */
    assert_int_equal(g.same_codes, 0);
    const struct label_rater nobody = {.name = "z"};
    label_agree(&x, &nobody, &g);
    assert_int_equal(g.n, 0);
    assert_true(isnan(g.kappa));
}

static void agreement_is_of_what_both_labelled(void **state)
{
    struct fixture *f = *state;
    struct doc *d;
    for (int i = 0; i < 4; i++)
        add_episode(f, "flat", "t", i, i < 3 ? "R1" : "S3");
    assert_int_equal(label_agreement_doc(f->store, "runs/x", &d, &f->err), 0);
    struct str text CLEANUP_STR = {0};
    doc_write_text(d, &text);
    doc_free(d);
    assert_non_null(strstr(str_text(&text), "Nobody has labelled any of them yet"));
    static const struct {
        long long id;
        struct store_label l;
    } labels[] = {{1, {"ada", "R1", "", ""}}, {2, {"ada", "S", "", ""}}, {4, {"ada", "S3", "", ""}},
                  {1, {"bob", "R2", "", ""}}, {3, {"bob", "R", "", ""}}, {4, {"bob", "S", "", ""}}};
    for (size_t i = 0; i < COUNT(labels); i++)
        assert_int_equal(store_label_put(f->store, labels[i].id, &labels[i].l, &f->err), 0);
    assert_int_equal(label_agreement_doc(f->store, "runs/x", &d, &f->err), 0);
    const struct doc_table *t = d->blocks[1].table;
    assert_int_equal(t->n_rows, 3);
    /* alpha of ada and bob: two episodes, no difference; with the tag four, one of ten values
     * differs */
    assert_true(doc_cell(d->blocks[2].table, 0, 1)->e.value == 2);
    assert_true(doc_cell(d->blocks[2].table, 1, 1)->e.value == 4);
    assert_string_equal(doc_cell(t, 0, 0)->text, "automatic");
    assert_string_equal(doc_cell(t, 0, 1)->text, "ada");
    assert_true(doc_cell(t, 0, 2)->e.value == 3);
    assert_true(fabs(doc_cell(t, 0, 3)->e.value - 2. / 3) < 1e-12);
    assert_true(fabs(doc_cell(t, 0, 5)->e.value - (8 * 2. / 3 - 1) / 7) < 1e-12); /* PABAK */
    assert_true(doc_cell(t, 0, 6)->e.value == 2);                                 /* R1 and S3 */
    assert_true(doc_cell(t, 2, 2)->e.value == 2);                                 /* ada and bob */
    assert_true(doc_cell(t, 2, 4)->e.value == 1);
    assert_true(isnan(doc_cell(t, 2, 4)->e.ci.low)); /* they never differ: no interval */
    doc_free(d);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_record, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_stratified),
        cmocka_unit_test(samples_depend_on_the_seed_alone),
        T(a_sample_stays_what_it_was),
        T(words_label_skip_and_take_back),
        T(a_walk_goes_on_where_it_ended),
        cmocka_unit_test(groups_and_codes_are_known),
        T(blind_transcripts_do_not_name_the_arm),
        T(math_results_show_what_was_expected),
        cmocka_unit_test(rows_are_as_wide_as_the_terminal),
        cmocka_unit_test(kappa_is_of_the_groups),
        T(agreement_is_of_what_both_labelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
