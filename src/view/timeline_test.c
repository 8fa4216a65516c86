/* Order and axis of a transcript, sentences of events, places of flags, where an arm solves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "view/event_sentence.h"
#include "view/flag_place.h"
#include "view/timeline.h"

/* A planner and a coder: a plan; a program that fails a shown test; the right one; submitted. The
 * gradings stand among the runs as they came. */
struct scene {
    struct store_call calls[3];
    struct transcript_run runs[4];
    struct transcript_event events[4];
    struct transcript_test failed, passed;
    struct store_moment moment;
    struct transcript t;
};

static struct transcript_run a_run(enum run_kind kind, const char *hash, const char *verdict,
                                   double seconds, const struct transcript_test *test)
{
    return (struct transcript_run){.kind = kind,
                                   .row = {.kind = transcript_run_name(kind),
                                           .program_hash = hash,
                                           .verdict = verdict,
                                           .seconds = seconds},
                                   .tests = {test, 1}};
}

static struct transcript_event an_event(enum event_kind kind, int calls, int runs, double seconds,
                                        long tokens)
{
    return (struct transcript_event){.kind = kind,
                                     .row = {.role = "coder",
                                             .calls = calls,
                                             .tool_runs = runs,
                                             .seconds = seconds,
                                             .generated_tokens = tokens,
                                             .candidate_hash = "0123456789abcdef",
                                             .public_passed = 1,
                                             .public_total = 2}};
}

static void make_scene(struct scene *s)
{
    *s = (struct scene){
        .calls = {{.role = "planner", .total_s = 1, .generated_tokens = 10},
                  {.role = "coder", .total_s = 2, .generated_tokens = 20},
                  {.role = "coder", .total_s = 3, .generated_tokens = 30}},
        .failed = {.verdict = "fail", .test = "assert f(1) == 2", .message = "got 3"},
        .passed = {.verdict = "pass", .test = "assert f(1) == 2"},
        .moment = {.seconds = 7, .generated_tokens = 60, .passed = true},
    };
    s->runs[0] = a_run(RUN_PUBLIC, "aa", "fail", 0.5, &s->failed);
    s->runs[1] = a_run(RUN_HIDDEN, "aa", "fail", 9, &s->failed);
    s->runs[2] = a_run(RUN_PUBLIC, "bb", "pass", 0.5, &s->passed);
    s->runs[3] = a_run(RUN_HIDDEN, "bb", "pass", 9, &s->passed);
    s->events[0] = an_event(EVENT_PLAN, 1, 0, 1, 10);
    s->events[1] = an_event(EVENT_CANDIDATE, 2, 1, 3.5, 30);
    s->events[2] = an_event(EVENT_CANDIDATE, 3, 2, 7, 60);
    s->events[3] = an_event(EVENT_SUBMIT, 3, 2, 7, 60);
    static const struct transcript_step steps[] = {{.id = "1", .desc = "add"}};
    s->events[0].row.role = "planner";
    s->events[0].plan.steps = (struct transcript_steps){steps, 1};
    s->events[0].plan.hash = "h";
    s->events[3].submit.stop = "public_pass";
    s->t = (struct transcript){
        .row = {.passed = true, .seconds = 7, .label = "", .moments = &s->moment, .n_moments = 1},
        .calls = s->calls,
        .runs = s->runs,
        .events = s->events,
        .n_calls = 3,
        .n_runs = 4,
        .n_events = 4};
}

static void items_stand_in_the_order_of_the_ledger(void **state)
{
    struct scene s;
    struct arena *arena = arena_new();
    struct str order CLEANUP_STR = {0};
    (void)state;
    make_scene(&s);
    struct timeline line = timeline_make(&s.t, arena);
    for (size_t i = 0; i < line.n; i++)
        str_addf(&order, "%s%zu ", timeline_kind_name(line.items[i].kind), line.items[i].index);
    assert_string_equal(str_text(&order), "call0 event0 call1 run0 event1 call2 run2 event2 event3 "
                                          "grading1 grading3 ");
    assert_float_equal(line.items[2].from_s, 1, 1e-9); /* the coder's first call */
    assert_float_equal(line.items[2].to_s, 3, 1e-9);
    assert_int_equal(line.items[2].from_tokens, 10);
    assert_int_equal(line.items[2].to_tokens, 30);
    assert_float_equal(line.items[6].to_s, 7, 1e-9);
    arena_free(arena);
}

static void what_no_event_follows_is_not_lost(void **state)
{
    struct scene s;
    struct arena *arena = arena_new();
    (void)state;
    make_scene(&s);
    s.t.n_events = 1; /* cut short after the plan */
    struct timeline line = timeline_make(&s.t, arena);
    assert_int_equal(line.n, 3 + 4 + 1);
    s.t.n_calls = s.t.n_runs = s.t.n_events = 0;
    line = timeline_make(&s.t, arena);
    assert_int_equal(line.n, 0);
    arena_free(arena);
}

static void the_moment_of_solving_is_the_last_change(void **state)
{
    struct scene s;
    struct arena *arena = arena_new();
    double seconds;
    long tokens;
    size_t item;
    (void)state;
    make_scene(&s);
    struct timeline line = timeline_make(&s.t, arena);
    assert_true(timeline_solved_at(&s.t, &line, &seconds, &tokens, &item));
    assert_float_equal(seconds, 7, 1e-9);
    assert_int_equal(tokens, 60);
    assert_int_equal(item, 7); /* the second candidate */
    s.t.row.passed = false;
    assert_false(timeline_solved_at(&s.t, &line, &seconds, &tokens, &item));
    s.t.row.passed = true;
    s.t.row.n_moments = 0; /* a record without: its end */
    assert_true(timeline_solved_at(&s.t, &line, &seconds, &tokens, &item));
    assert_float_equal(seconds, 7, 1e-9);
    arena_free(arena);
}

static void events_are_sentences(void **state)
{
    static const char *const said[] = {"The planner made a plan of 1 step",
                                       "Program 01234567: 1 of 2 shown tests pass",
                                       "Program 01234567: 1 of 2 shown tests pass",
                                       "Submitted: program 01234567; ended by public_pass"};
    struct scene s;
    (void)state;
    make_scene(&s);
    for (size_t i = 0; i < 4; i++) {
        struct str out CLEANUP_STR = {0};
        event_sentence(&s.t, i, &out);
        assert_string_equal(out.p, said[i]);
    }
}

static void assert_place(const struct scene *s, const char *code, const char *why,
                         enum place_kind kind, size_t index)
{
    struct flag_place p = flag_place_of(&s->t, code, why);
    assert_string_equal(flag_place_name(p.kind), flag_place_name(kind));
    assert_int_equal(p.index, index);
}

static void flags_know_their_place(void **state)
{
    struct scene s;
    (void)state;
    make_scene(&s);
    assert_place(&s, "R1", s.failed.message, PLACE_RUN, 0); /* the very test that said it */
    assert_place(&s, "R1", "got 3 or so", PLACE_RUN, 1);    /* else the grading */
    assert_place(&s, "S3", NULL, PLACE_RUN, 0);
    assert_place(&s, "P4", NULL, PLACE_EVENT, 0);
    assert_place(&s, "P6", NULL, PLACE_END, 0); /* nothing ran twice */
    s.runs[2].row.program_hash = "aa";
    assert_place(&s, "P6", NULL, PLACE_RUN, 2);
    assert_place(&s, "V1", NULL, PLACE_RUN, 3);
    assert_place(&s, "F1", NULL, PLACE_CALL, 2);
    assert_place(&s, "B2", "ended by budget:calls", PLACE_END, 0);
    s.t.n_calls = s.t.n_runs = s.t.n_events = 0; /* nothing there must be no place */
    static const char *const codes[] = {"I1", "B1", "F1", "F2", "F3", "T1", "T3", "T4",
                                        "T5", "T6", "S1", "S3", "S6", "P1", "P4", "P6",
                                        "V1", "V2", "V3", "V5", "R1", "R4"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_place(&s, codes[i], "step 1 was never carried out", PLACE_END, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stand_in_the_order_of_the_ledger),
        cmocka_unit_test(what_no_event_follows_is_not_lost),
        cmocka_unit_test(the_moment_of_solving_is_the_last_change),
        cmocka_unit_test(events_are_sentences),
        cmocka_unit_test(flags_know_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
