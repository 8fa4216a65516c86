/* The first sentence of a report, in every case that a run can come to. */
#include <math.h>
#include "analysis/headline.h"
#include "fixtures/made_run.h"

#define ARMS                                                                                       \
    "\"arms\":[{\"name\":\"hrm\",\"controller\":\"hrm\"},{\"name\":\"flat\",\"controller\":"       \
    "\"flat\"}]"
#define WITH(criteria) "{\"experiment\":{" ARMS "},\"criteria\":[" criteria "]}"
#define CLAIM(name, metric, criterion, more)                                                       \
    "{\"name\":\"" name "\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"" metric                      \
    "\",\"criterion\":\"" criterion "\"" more "}"
#define PRIMARY(metric, criterion, more) WITH(CLAIM("primary", metric, criterion, more))

/* ---- two arms, one sample per task: who solves what ---- */

struct two_arms {
    const char *name, *manifest;
    size_t n, hrm, flat; /* hrm solves the first ones, flat the last ones */
    int calls[2];        /* of every episode */
    long pending, dropped_arms;
    enum analysis_outcome outcome;
    const char *word, *sentence, *question;
};

static const struct two_arms two_arms[] = {
    {"not met, on the other side",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     50,
     90,
     {4, 2},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: the hierarchy solved 40.0 points fewer tasks than flat, 50.0 % against 90.0 %, with "
     "twice the calls (95 % interval -53.2 to -26.8, 100 tasks).",
     "Does the hierarchy solve at least 5.0 points more tasks than flat?"},
    {"not met, though ahead",
     PRIMARY("pass@1", "difference >= 0.8", ""),
     100,
     90,
     50,
     {2, 2},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: the hierarchy solved 40.0 points more tasks than flat, 90.0 % against 50.0 %, with as "
     "many calls; asked for: at least 80.0 points more (95 % interval +26.8 to +53.2, 100 tasks).",
     "Does the hierarchy solve at least 80.0 points more tasks than flat?"},
    {"met",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     90,
     50,
     {3, 2},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: the hierarchy solved 40.0 points more tasks than flat, 90.0 % against 50.0 %, with 1.5 "
     "times the calls; asked for: at least 5.0 points more (95 % interval +26.8 to +53.2, 100 "
     "tasks).",
     NULL},
    {"cannot tell",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     58,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: the hierarchy solved 8.0 points more tasks than flat, 58.0 % against 50.0 %; "
     "asked for: at least 5.0 points more (95 % interval -11.1 to +27.1, 100 tasks; about 8050 "
     "would tell).",
     NULL},
    {"no difference asked for",
     PRIMARY("pass@1", "difference >= 0", ""),
     100,
     90,
     50,
     {1, 2},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: the hierarchy solved 40.0 points more tasks than flat, 90.0 % against 50.0 %, with half "
     "the calls (95 % interval +26.8 to +53.2, 100 tasks).",
     "Does the hierarchy solve more tasks than flat?"},
    {"not worse than",
     PRIMARY("pass@1", "difference >= -0.5", ""),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "asked for: at most 50.0 points fewer (",
     "Does the hierarchy solve at most 50.0 points fewer tasks than flat?"},
    {"equal",
     PRIMARY("pass@1", "difference >= 0", ""),
     20,
     12,
     12,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: the hierarchy solved as many tasks as flat, 60.0 % against 60.0 % (95 % ",
     NULL},
    {"ratio",
     PRIMARY("pass@1", "ratio >= 1.2", ""),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: the hierarchy solved 1.80 times as many tasks as flat, 90.0 % against 50.0 %; asked "
     "for: at least 1.20 times as many (95 % interval 1.4",
     "Does the hierarchy solve at least 1.20 times as many tasks as flat?"},
    {"part of the tasks",
     PRIMARY("pass@1", "difference >= 0", ",\"steps\":[5,6]"),
     100,
     90,
     50,
     {4, 2},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "more tasks than flat on those of 5 to 6 steps, 90.0 % against 50.0 % (",
     "Does the hierarchy solve more tasks than flat on those of 5 to 6 steps?"},
    {"within seconds",
     PRIMARY("accuracy_within_seconds", "difference >= 0", ",\"seconds\":3"),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: the hierarchy solved 50.0 points fewer tasks within 3 s than flat, 0.0 % against 50.0 %",
     "Does the hierarchy solve more tasks within 3 s than flat?"},
    {"less time is better",
     PRIMARY("time_to_solve", "difference <= 0", ",\"seconds\":10"),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: the hierarchy needed 1.40 s less time per task (unsolved: 10 s) than flat, 4.60 s "
     "against 6.00 s (95 % interval -",
     "Does the hierarchy need less time per task (unsolved: 10 s) than flat?"},
    {"fewer calls",
     PRIMARY("calls", "ratio <= 0.8", ""),
     30,
     9,
     4,
     {6, 3},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: the hierarchy made 2.00 times as many calls per episode as flat, 6.0 against "
     "3.0; asked for: at most 0.80 times as many (no interval, 30 tasks).",
     "Does the hierarchy make at most 0.80 times as many calls per episode as flat?"},
    {"floor",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     30,
     0,
     0,
     {4, 2},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: the hierarchy and flat solved nothing (30 tasks); easier tasks, or a stronger "
     "model, would tell.",
     NULL},
    {"ceiling",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     30,
     30,
     30,
     {4, 2},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: the hierarchy and flat solved everything (30 tasks); harder tasks, or a weaker "
     "model, would tell.",
     NULL},
    {"one arm",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     50,
     90,
     {0, 0},
     0,
     1,
     ANALYSIS_CANNOT_TELL,
     "No comparison",
     "No comparison: only hrm was played; it solved 50.0 % of tasks (95 % interval 40.4 to 59.6, "
     "100 tasks).",
     ""},
    {"no criterion",
     WITH(""),
     100,
     50,
     90,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "No criterion",
     "No criterion was declared: of 2 arms flat solved most, 90.0 % of tasks (95 % interval 82.6 "
     "to 94.5, 100 tasks), and hrm least, 50.0 % of tasks.",
     ""},
    {"no criterion, equal",
     WITH(""),
     20,
     12,
     12,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "No criterion",
     "No criterion was declared: all 2 arms solved 60.0 % of tasks (",
     ""},
    {"not over",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     50,
     90,
     {0, 0},
     40,
     0,
     ANALYSIS_NOT_MET,
     "So far no",
     "So far no (200 of 240 episodes done): the hierarchy solved 40.0 points fewer tasks than "
     "flat",
     NULL},
    {"not over, open",
     PRIMARY("pass@1", "difference >= 0.05", ""),
     100,
     58,
     50,
     {0, 0},
     40,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell yet",
     "Cannot tell yet (200 of 240 episodes done): ",
     NULL},
    {"several, mixed",
     WITH(CLAIM("a", "pass@1", "difference >= 0.05", "") "," CLAIM("b", "pass@1",
                                                                   "difference >= 0.8", "")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Partly",
     "Partly: of 2 criteria 1 met, 1 not met; the first: the hierarchy solved 40.0 points more "
     "tasks than flat",
     "Does the hierarchy solve at least 5.0 points more tasks than flat? And 1 more."},
    {"several, all met",
     WITH(CLAIM("a", "pass@1", "difference >= 0.05", "") "," CLAIM("b", "pass@1",
                                                                   "difference >= 0.02", "")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: all 2 criteria are met; the first: ",
     NULL},
    {"several, none met",
     WITH(CLAIM("a", "pass@1", "difference >= 0.9", "") "," CLAIM("b", "pass@1",
                                                                  "difference >= 0.8", "")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: none of 2 criteria is met; the first: ",
     NULL},
    {"primary and another",
     WITH(CLAIM("primary", "pass@1", "difference >= 0.05", "") "," CLAIM("b", "pass@1",
                                                                         "difference >= 0.8", "")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "100 tasks); 1 further criterion: 1 not met.",
     NULL},
    {"added later does not count",
     WITH(CLAIM("a", "pass@1", "difference >= 0.05", "") "," CLAIM(
         "b", "pass@1", "difference >= 0.8", ",\"added\":true,\"frozen\":\"2026-05-05\"")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "+53.2, 100 tasks).",
     NULL},
    {"but alone it is marked",
     WITH(CLAIM("b", "pass@1", "difference >= 0.8", ",\"added\":true,\"frozen\":\"2026-05-05\"")),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "100 tasks; declared after the first call: exploratory).",
     NULL},
    {"all of, not all met",
     WITH(CLAIM("more", "pass@1", "difference >= 0",
                "") "," CLAIM("fast", "accuracy_within_seconds", "difference >= 0",
                              ",\"seconds\":3") ","
                                                "{\"name\":\"E\",\"all_of\":[\"more\",\"fast\"]}"),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: the hierarchy solved 50.0 points fewer tasks within 3 s than flat, 0.0 % against 50.0 % "
     "(95 % interval -60.0 to -40.0, 100 tasks): not met; and it solved 40.0 points more tasks "
     "than flat, 90.0 % against 50.0 % (95 % interval +26.8 to +53.2, 100 tasks): met.",
     "Does the hierarchy solve more tasks than flat? And: Does the hierarchy solve more tasks "
     "within 3 s than flat?"},
    {"all of, three parts",
     WITH(CLAIM("more", "pass@1", "difference >= 0", "") "," CLAIM(
         "fast", "accuracy_within_seconds", "difference >= 0",
         ",\"seconds\":3") "," CLAIM("faster", "accuracy_within_seconds", "difference >= 0",
                                     ",\"seconds\":2") ","
                                                       "{\"name\":\"E\",\"all_of\":[\"more\","
                                                       "\"fast\",\"faster\"]}"),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_NOT_MET,
     "No",
     "No: the hierarchy solved 50.0 points fewer tasks within 3 s than flat, 0.0 % against 50.0 % "
     "(95 % interval -60.0 to -40.0, 100 tasks): not met; of its 3 parts 1 met, 2 not met.",
     "Does the hierarchy solve more tasks than flat? And: Does the hierarchy solve more tasks "
     "within 3 s than flat? And: Does the hierarchy solve more tasks within 2 s than flat?"},
    {"all of, met",
     WITH(CLAIM("more", "pass@1", "difference >= 0",
                "") "," CLAIM("fast", "accuracy_within_seconds", "difference >= 0",
                              ",\"seconds\":9") ","
                                                "{\"name\":\"E\",\"all_of\":[\"more\",\"fast\"]}"),
     100,
     90,
     50,
     {0, 0},
     0,
     0,
     ANALYSIS_MET,
     "Yes",
     "Yes: the hierarchy solved 40.0 points more tasks than flat",
     NULL},
    {"arm not played",
     "{\"criteria\":[{\"name\":\"c\",\"arms\":[\"hrm\",\"gone\"],\"metric\":\"pass@1\","
     "\"criterion\":\"difference >= 0\"}]}",
     20,
     9,
     4,
     {0, 0},
     0,
     0,
     ANALYSIS_CANNOT_TELL,
     "Cannot tell",
     "Cannot tell: arm gone was not played.",
     NULL},
};

static struct analysis_run play(const struct two_arms *c)
{
    struct analysis_run run = run_of(c->n, c->hrm, c->flat, c->manifest);
    run.done = run.episodes = (long)(2 * c->n);
    run.pending = c->pending;
    run.episodes += c->pending;
    for (size_t i = 0; i < 2 * c->n; i++) {
        run.played[i].calls = c->calls[i % 2];
        run.tallies[i].calls = c->calls[i % 2];
    }
    if (c->dropped_arms) { /* as if it had never been played */
        struct analysis_tally *kept = xcalloc(c->n, sizeof *kept);
        for (size_t i = 0; i < c->n; i++)
            kept[i] = run.tallies[2 * i];
        free(run.tallies);
        run.tallies = kept;
        run.n_arms = 1;
        run.n_played = 0;
    }
    return run;
}

static void two_arms_in_words(void **state)
{
    (void)state;
    int wrong = 0; /* all of them are shown */
    for (size_t i = 0; i < sizeof two_arms / sizeof *two_arms; i++) {
        const struct two_arms *c = &two_arms[i];
        struct analysis_run run = play(c);
        struct analysis_headline h = analysis_headline(&run);
        if (h.outcome != c->outcome || !str_eq(h.word, c->word) ||
            !strstr(h.sentence, c->sentence) || (c->question && !str_eq(h.question, c->question))) {
            wrong++;
            print_error("%s:\n%s\n%s\nexpected %s\n%s\n", c->name, h.sentence, h.question,
                        c->sentence, c->question ? c->question : "");
        }
        analysis_run_free(&run);
    }
    assert_int_equal(wrong, 0);
}

/* ---- what has no table ---- */

/* T and S flags in 9 of hrm's 40 tasks and 21 of flat's. */
static void fewer_errors(void **state)
{
    (void)state;
    struct analysis_run run =
        make_run(40, PRIMARY("tool_misuse_and_spec_errors", "ratio <= 0.8", ""));
    for (size_t i = 0; i < 24; i++) {
        run.played[2 * i].flags = i < 9 ? taxonomy_parse("S4 R1") : 0;
        run.played[2 * i + 1].flags = i < 21 ? taxonomy_parse("T3") : 0;
    }
    struct analysis_headline h = analysis_headline(&run);
    assert_non_null(strstr(h.sentence, "the hierarchy had tool misuse or spec errors in 0.43 times "
                                       "as many episodes as flat, 22.5 % against 52.5 %; asked "
                                       "for: at most 0.80 times as many (95 % interval 0.2"));
    assert_string_equal(h.question, "Does the hierarchy have tool misuse or spec errors in at most "
                                    "0.80 times as many episodes as flat?");
    for (size_t i = 0; i < 40; i++) /* flat has none: no finite ratio */
        run.played[2 * i + 1].flags = 0;
    h = analysis_headline(&run);
    assert_non_null(strstr(h.sentence, "spec errors in more episodes than flat, 22.5 % "
                                       "against 0.0 %"));
    run.untagged = 3;
    h = analysis_headline(&run);
    assert_string_equal(h.sentence, "Cannot tell: 3 failed episodes carry no failure tags.");
    analysis_run_free(&run);
}

/* No set is complete: there is no number. */
static void nothing_is_complete(void **state)
{
    (void)state;
    struct analysis_run run = run_of(20, 9, 4, PRIMARY("pass@1", "difference >= 0", ""));
    run.sets = 0;
    run.done = 3;
    run.episodes = 40;
    assert_string_equal(analysis_headline(&run).sentence,
                        "Nothing to compare yet: no task is finished by every arm (3 of 40 "
                        "episodes done).");
    analysis_run_free(&run);
}

/* A run that its evidence stopped: the interval holds at any time, of the tasks that had counted;
 * its level is not that of all tasks. */
static void stopped_on_evidence(void **state)
{
    (void)state;
    struct analysis_run run =
        run_of(100, 90, 50,
               "{\"experiment\":{" ARMS "},\"criteria\":[" CLAIM(
                   "primary", "pass@1", "difference >= 0.05",
                   "") "],\"decided\":{\"criterion\":\"primary\",\"tasks\":40,\"e_value\":25,"
                       "\"estimate\":0.45,\"low\":0.1,\"high\":0.8}}");
    run.manifest.stopping = run.manifest.decided;
    run.pending = 60; /* not played, and not wanted any more */
    struct analysis_headline h = analysis_headline(&run);
    assert_string_equal(h.sentence,
                        "Yes: the hierarchy solved 45.0 points more tasks than flat; asked for: at "
                        "least 5.0 points more (95 % interval that holds at any stopping time, "
                        "+10.0 to +80.0, 40 tasks).");
    analysis_run_free(&run);
}

/* ---- an ablation: eight arms ---- */

enum { MANY = 8, TASKS = 40 };

/* Arm a solves the first solved[a] of the tasks. */
static struct analysis_run ablation(const size_t solved[MANY], const char *manifest)
{
    static const char *names[MANY] = {"hrm",     "flat",    "noplan", "noverify",
                                      "notools", "oneshot", "best",   "retry"};
    struct analysis_run run = make_run(TASKS, manifest);
    run.arms = names;
    run.n_arms = MANY;
    free(run.tallies);
    free(run.played);
    run.tallies = xcalloc(TASKS * MANY, sizeof *run.tallies);
    run.played = xcalloc(TASKS * MANY, sizeof *run.played);
    run.n_played = TASKS * MANY;
    for (uint32_t i = 0; i < TASKS; i++)
        for (uint32_t a = 0; a < MANY; a++) {
            bool passed = i < solved[a];
            run.tallies[i * MANY + a] =
                (struct analysis_tally){.samples = 1, .solved = passed, .calls = a + 1};
            run.played[i * MANY + a] = (struct analysis_episode){.task = i,
                                                                 .arm = a,
                                                                 .status = STORE_DONE,
                                                                 .counts = true,
                                                                 .passed = passed,
                                                                 .cap = N_CAPS};
        }
    return run;
}

static void eight_arms(void **state)
{
    (void)state;
    static const size_t solved[MANY] = {30, 10, 20, 20, 5, 4, 36, 20};
    struct analysis_run run = ablation(solved, PRIMARY("pass@1", "difference >= 0.05", ""));
    struct analysis_headline h = analysis_headline(&run);
    assert_string_equal(h.word, "Yes");
    assert_non_null(strstr(h.sentence, "the hierarchy solved 50.0 points more tasks than flat, "
                                       "75.0 % against 25.0 %, with half the calls; asked for: at "
                                       "least 5.0 points more (95 % interval +33.8 to +66.2, 40 "
                                       "tasks); of all 8 arms best solved most, 90.0 %."));
    analysis_run_free(&run);
    run = ablation(solved, WITH(""));
    h = analysis_headline(&run);
    assert_string_equal(h.sentence,
                        "No criterion was declared: of 8 arms best solved most, 90.0 % of tasks "
                        "(95 % interval 76.9 to 96.0, 40 tasks), and oneshot least, 10.0 % of "
                        "tasks.");
    analysis_run_free(&run);
    /* Two hierarchies: "the hierarchy" would not say which. */
    run = ablation(solved, "{\"experiment\":{\"arms\":[{\"name\":\"hrm\",\"controller\":\"hrm\"},"
                           "{\"name\":\"noplan\",\"controller\":\"hrm\"}]},\"criteria\":[" CLAIM(
                               "primary", "pass@1", "difference >= 0", "") "]}");
    assert_non_null(strstr(analysis_headline(&run).sentence, "Yes: hrm solved 50.0 points more"));
    analysis_run_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_arms_in_words),   cmocka_unit_test(fewer_errors),
        cmocka_unit_test(nothing_is_complete), cmocka_unit_test(stopped_on_evidence),
        cmocka_unit_test(eight_arms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
