/* No life of a shard begins beside another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"
#include "cluster/life.h"
#include "cluster/record.h"

static const double STALE_S = 1.5;

static int setup(void **state)
{
    char *dir = xstrdup("/tmp/hrm-life-XXXXXX");
    *state = dir;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    record_remove_scratch(*state);
    free(*state);
    return 0;
}

static int begin(const char *dir, const char *job, int restarts, struct life *l, char **why)
{
    struct life_owner owner = {.job = job, .restarts = restarts, .log = ""};
    struct err err = {0};
    int rc = life_begin(dir, &owner, STALE_S, l, why, &err);
    if (rc < 0)
        fail_msg("%s", err.msg);
    return rc;
}

static void lives_are_counted(void **state)
{
    struct life l = {0};
    char *why = NULL;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(begin(*state, "7", i - 1, &l, &why), 0);
        assert_int_equal(l.number, i);
        assert_false(life_is_superseded(&l));
        assert_int_equal(life_finish(&l, LIFE_STOPPED, "stopped", 5, NULL), 0);
        assert_int_equal(life_ended(*state, i), LIFE_STOPPED);
        life_close(&l);
    }
    assert_int_equal(life_newest(*state), 3);
}

static void another_job_leaves_one_that_plays(void **state)
{
    struct life l = {0}, second = {0};
    char *why CLEANUP_FREE = NULL;
    assert_int_equal(begin(*state, "7", 0, &l, &why), 0); /* this process: it is alive */
    assert_int_equal(begin(*state, "8", 0, &second, &why), 1);
    assert_non_null(strstr(why, "job 7 plays this shard"));
    assert_false(life_is_superseded(&l));
    life_close(&l);
}

/* Claims a life in a child, which then ends by itself when it is superseded, or never. */
static pid_t child(const char *dir, bool listens)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct life l = {0};
        char *why = NULL;
        struct life_owner owner = {.job = "7", .log = ""};
        struct err err = {0};
        if (life_begin(dir, &owner, STALE_S, &l, &why, &err) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        while (!listens || !life_is_superseded(&l))
            patience_sleep(0.05);
        life_finish(&l, LIFE_SUPERSEDED, "", 0, NULL);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

/* Slurm started the job again while its first life still runs: that one hears it and ends. */
static void an_earlier_start_of_the_job_is_ended(void **state)
{
    struct life l = {0};
    char *why = NULL;
    int status = -1;
    pid_t pid = child(*state, true);
    assert_int_equal(begin(*state, "7", 1, &l, &why), 0);
    assert_int_equal(life_ended(*state, 1), LIFE_SUPERSEDED); /* before we go on */
    assert_int_equal(l.number, 2);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    life_close(&l);
}

static void one_that_was_killed_is_over(void **state)
{
    struct life l = {0};
    char *why = NULL;
    pid_t pid = child(*state, false);
    json_t *claim CLEANUP_JSON = life_read(*state, 1, "claim.json");
    assert_int_equal(life_process(claim), 1);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(life_process(claim), 0);
    assert_int_equal(begin(*state, "9", 0, &l, &why), 0); /* at once, though it left no word */
    assert_int_equal(l.number, 2);
    life_close(&l);
}

/* As if the first life were on another machine: only its signs of life count. */
static void move_away(const char *dir)
{
    char *path CLEANUP_FREE = xasprintf("%s/life1/claim.json", dir);
    json_t *claim CLEANUP_JSON = life_read(dir, 1, "claim.json");
    json_object_set_new(claim, "machine", json_string("elsewhere 0"));
    char *text CLEANUP_FREE = json_text(claim);
    assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
}

static void a_silent_one_elsewhere_is_over_in_time(void **state)
{
    struct life l = {0}, second = {0};
    char *why = NULL;
    assert_int_equal(begin(*state, "7", 0, &l, &why), 0);
    move_away(*state);
    assert_int_equal(begin(*state, "8", 0, &second, &why), 0);
    assert_int_equal(second.number, 2);
    assert_true(life_is_superseded(&l));
    life_close(&l);
    life_close(&second);
}

static void one_elsewhere_that_shows_signs_is_left(void **state)
{
    struct life l = {0}, second = {0};
    char *why CLEANUP_FREE = NULL;
    assert_int_equal(begin(*state, "7", 0, &l, &why), 0);
    move_away(*state);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 40; i++) {
            json_t *o CLEANUP_JSON = json_pack("{s:i}", "n", i);
            life_beat(&l, o, NULL);
            patience_sleep(0.1);
        }
        _exit(0);
    }
    assert_int_equal(begin(*state, "8", 0, &second, &why), 1);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    life_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lives_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(another_job_leaves_one_that_plays, setup, teardown),
        cmocka_unit_test_setup_teardown(an_earlier_start_of_the_job_is_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_was_killed_is_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_one_elsewhere_is_over_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(one_elsewhere_that_shows_signs_is_left, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
