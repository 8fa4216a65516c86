/* The first screen: never more lines than it may have, whatever the run, and no wider than the
 * terminal where words allow. */
#include <string.h>
#include "base/utf8.h"
#include "fixtures/made_run.h"
#include "report/screen.h"

#define MANIFEST                                                                                   \
    "{\"experiment\":{\"name\":\"exp\",\"arms\":[{\"name\":\"hrm\",\"controller\":\"hrm\"},"       \
    "{\"name\":\"flat\"}],\"budget\":{\"max_iters\":3}},\"criteria\":[{\"name\":\"more\","         \
    "\"arms\":[\"hrm\",\"flat\"],\"metric\":\"pass@1\",\"criterion\":\"difference >= 0.05\"},"     \
    "{\"name\":\"fast\",\"arms\":[\"hrm\",\"flat\"],\"metric\":\"accuracy_within_seconds\","       \
    "\"seconds\":3,\"criterion\":\"difference >= 0\"},{\"name\":\"both\",\"all_of\":[\"more\","    \
    "\"fast\"]}],\"model\":{\"name\":\"a-model\"},\"suite\":{\"name\":\"a-suite\"}}"

static const struct screen_place place = {"exp", "runs/exp/a-model-0123456789ab/report.html", 80};

static size_t lines(const char *text, int width)
{
    size_t n = 0;
    for (const char *end; *text; text = end + (*end == '\n'), n++) {
        end = strchrnul(text, '\n');
        char *line CLEANUP_FREE = xstrndup(text, (size_t)(end - text));
        if (width && utf8_width(line) > width)
            fail_msg("wider than %d: %s", width, line);
    }
    return n;
}

static void two_arms(void **state)
{
    (void)state;
    struct analysis_run run = run_of(100, 90, 50, MANIFEST);
    struct str out CLEANUP_STR = {0};
    run.played[0].cap = CAP_ITERATIONS;
    report_screen(&run, &place, &out);
    static const char *const says[] = {
        "exp: a-model on a-suite\nNo: the hierarchy ",
        "hrm   90.0 [82.6, 94.5] ",
        "Audit: one budget for all arms, which ended 1 of 200 episodes (hrm 1 by\niterations).",
        "\nReport: runs/exp/a-model-0123456789ab/report.html\nNext:   hrm report exp --full\n",
    };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (!strstr(out.p, says[i]))
            fail_msg("lacks '%s':\n%s", says[i], out.p);
    assert_null(strstr(out.p, "Warning"));
    assert_true(lines(out.p, 80) <= SCREEN_LINES);
    analysis_run_free(&run);
}

/* Columns go from the right; the rates stay. */
static void a_narrow_terminal(void **state)
{
    (void)state;
    struct analysis_run run = run_of(100, 90, 50, MANIFEST);
    struct screen_place narrow = {"exp", NULL, 40};
    struct str out CLEANUP_STR = {0};
    report_screen(&run, &narrow, &out);
    lines(out.p, 40);
    assert_non_null(strstr(out.p, "90.0 [82.6, 94.5]"));
    assert_null(strstr(out.p, "seconds\n"));
    analysis_run_free(&run);
}

/* Forty arms, faults, an unfinished run: the table gives way. */
static void forty_arms(void **state)
{
    enum { MANY = 40, TASKS = 20 };
    (void)state;
    struct analysis_run run = make_run(TASKS, MANIFEST);
    struct str out CLEANUP_STR = {0};
    const char *names[MANY] = {"hrm", "flat"};
    for (size_t a = 2; a < MANY; a++)
        names[a] = arena_printf(run.arena, "arm%zu", a);
    run.arms = names;
    run.n_arms = MANY;
    free(run.tallies);
    run.tallies = xcalloc(TASKS * MANY, sizeof *run.tallies);
    for (size_t i = 0; i < TASKS * MANY; i++)
        run.tallies[i] = (struct analysis_tally){.samples = 1, .solved = i % MANY < 3};
    run.dropped = 7;
    run.unfinished = run.pending = 9;
    run.disputed = 2;
    run.first_fault = "the server is gone";
    report_screen(&run, &place, &out);
    if (lines(out.p, 80) > SCREEN_LINES)
        fail_msg("%zu lines:\n%s", lines(out.p, 0), out.p);
    assert_non_null(strstr(out.p, " more: --full has them\n"));
    assert_non_null(strstr(out.p, "Warning: 7 of 27 sets were dropped after faults (first: the"));
    analysis_run_free(&run);
}

static void nothing_yet(void **state)
{
    (void)state;
    struct analysis_run run = make_run(3, MANIFEST);
    struct str out CLEANUP_STR = {0};
    run.sets = 0;
    run.episodes = run.pending = 6;
    report_screen(&run, &place, &out);
    assert_string_equal(out.p, "exp: a-model on a-suite\nNothing to compare yet: no task is "
                               "finished by every arm (0 of 6 episodes done).\n");
    analysis_run_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_arms),
        cmocka_unit_test(a_narrow_terminal),
        cmocka_unit_test(forty_arms),
        cmocka_unit_test(nothing_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
