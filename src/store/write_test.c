/* Writes: committed in batches but failing alone, queued writes in order and without gaps, and
 * after kill -9 at any moment nothing is lost that was reported as written. */
#include "fixtures/record.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "store/db.h"

/* ---- many threads ---- */

struct worker {
    struct store *s;
    int number, failed;
};

static void *write_calls(void *arg)
{
    struct worker *w = arg;
    char role[16];
    snprintf(role, sizeof role, "role%d", w->number);
    for (int i = 0; i < 100; i++) {
        struct store_call c = a_call(role, i, "h");
        w->failed |= store_call_put(w->s, 1, &c, NULL) < 0;
    }
    return NULL;
}

static void threads_share_one_store(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct worker w[8];
    pthread_t thread[8];
    long long id;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    for (int i = 0; i < 8; i++) {
        w[i] = (struct worker){s, i, 0};
        pthread_create(&thread[i], NULL, write_calls, &w[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(w[i].failed, 0);
    }
    struct collected seen = {0};
    assert_int_equal(each_call(s, id, collect_call, &seen, &f->err), 0);
    assert_int_equal(seen.n, 800);
    str_free(&seen.text);
    store_close(s);
}

/* A write that fails after its first statement. */
static int half_write(struct store *s, const void *id, struct err *err)
{
    struct str sql CLEANUP_STR = {0};
    str_addf(&sql, "INSERT INTO events (episode, \"index\") VALUES (%lld, 0)",
             *(const long long *)id);
    int rc = db_exec(s, sql.p, err);
    return rc < 0 ? rc : err_fault(err, "no more of this");
}

static void *write_in_vain(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < 100; i++) {
        struct err err = {0};
        int rc = db_write(w->s, half_write, &(long long){1}, &err);
        w->failed |= rc >= 0 || strcmp(err.msg, "no more of this") != 0;
    }
    return NULL;
}

static int write_inside(void *ctx, long long id, const struct store_episode *row)
{
    struct worker *w = ctx;
    struct store_tag tag = {id, "T1", "T1", ""};
    (void)row;
    w->number++;
    w->failed |= store_tags_put(w->s, &tag, 1, NULL) < 0;
    return 0;
}

/* Writes are committed together, but fail alone; and a thread that reads may write meanwhile. */
static void a_write_that_fails_takes_no_other_along(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct worker w[16], reader = {.s = s};
    pthread_t thread[16];
    long long id;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    for (int i = 0; i < 16; i++) {
        w[i] = (struct worker){s, i, 0};
        pthread_create(&thread[i], NULL, i % 2 ? write_in_vain : write_calls, &w[i]);
    }
    int rc = 0;
    while (rc == 0 && reader.number < 50)
        rc = store_episodes(s, write_inside, &reader, &f->err);
    int failed = reader.failed;
    for (int i = 0; i < 16; i++) {
        pthread_join(thread[i], NULL);
        failed |= w[i].failed;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(failed, 0);
    struct collected seen = {0};
    int n = 0;
    assert_int_equal(each_call(s, id, collect_call, &seen, &f->err), 0);
    assert_int_equal(seen.n, 8 * 100);
    assert_int_equal(each_event(s, id, count_event, &n, &f->err), 0);
    assert_int_equal(n, 0);
    str_free(&seen.text);
    store_close(s);
}

/* ---- queued writes ---- */

/* A queued write is a copy, and its own thread reads it at once. */
static void a_queued_write_is_a_copy_and_seen_by_its_thread(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct collected seen = {0};
    struct str expected CLEANUP_STR = {0};
    long long id;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    for (int i = 0; i < 200; i++) {
        char role[16], hash[16];
        snprintf(role, sizeof role, "role%d", i);
        snprintf(hash, sizeof hash, "hash%d", i);
        struct store_call c = a_call(role, i, hash);
        assert_int_equal(store_call_put(s, id, &c, &f->err), 0);
        memset(role, 'x', sizeof role - 1);
        memset(hash, 'x', sizeof hash - 1);
        str_addf(&expected, "role%d%d:hash%d ", i, i, i);
    }
    assert_int_equal(each_call(s, id, collect_call, &seen, &f->err), 0);
    assert_string_equal(str_text(&seen.text), str_text(&expected));
    str_free(&seen.text);
    store_close(s);
}

static void closing_waits_for_the_queue(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct collected seen = {0};
    long long id;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    for (int i = 0; i < 500; i++) {
        struct store_call c = a_call("coder", i, "h");
        assert_int_equal(store_call_put(s, id, &c, &f->err), 0);
    }
    store_close(s);
    s = open_or_fail(f, STORE_READ);
    assert_int_equal(each_call(s, id, collect_call, &seen, &f->err), 0);
    assert_int_equal(seen.n, 500);
    str_free(&seen.text);
    store_close(s);
}

/* The record has no gaps: after a failed queued write later ones fail, and so does the episode's
 * end. */
static void nothing_follows_a_failed_write(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct store_event twice = {.index = 7, .kind = "answer"}, later = {.index = 8};
    struct store_episode row = a_row(STORE_DONE);
    long long id, other;
    int n = 0;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    assert_int_equal(store_episode_add(s, "flat", "t", 1, &other, &f->err), 0);
    assert_int_equal(store_event_put(s, id, &twice, &f->err), 0);
    assert_int_equal(store_event_put(s, id, &twice, &f->err), 0); /* nobody waits for it */
    store_event_put(s, id, &later, &f->err);
    assert_true(store_episode_finish(s, id, &row, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "UNIQUE"));
    f->err = (struct err){0};
    assert_true(store_event_put(s, other, &later, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "UNIQUE"));
    store_close(s);

    s = open_or_fail(f, STORE_WRITE);
    struct collected seen = {0};
    assert_int_equal(each_event(s, id, count_event, &n, &f->err), 0);
    assert_int_equal(n, 1);
    assert_int_equal(store_episode_restart(s, id, &f->err), 0);
    assert_int_equal(store_event_put(s, id, &later, &f->err), 0);
    assert_int_equal(store_episode_finish(s, id, &row, &f->err), 0);
    str_free(&seen.text);
    store_close(s);
}

/* ---- a full disk ---- */

static void a_full_disk_is_no_fault_of_ours(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    assert_int_equal(db_exec(s, "PRAGMA max_page_count = 1", &f->err), 0); /* no more than now */
    int rc = 0;
    long long id;
    for (int i = 0; i < 5000 && rc == 0; i++)
        rc = store_episode_add(s, "flat", "t", i, &id, &f->err);
    assert_true(rc < 0);
    assert_int_equal(f->err.kind, ERR_ENV);
    assert_non_null(strstr(f->err.msg, "the disk is full"));
    store_close(s);
    s = open_or_fail(f, STORE_WRITE); /* with room again */
    assert_int_equal(store_episode_add(s, "flat", "t", 5000, &id, &f->err), 0);
    store_close(s);
}

/* A thread that only queues writes gets the fault, too, though later. */
static void a_full_disk_fails_later_writes(void **state)
{
    struct fixture *f = *state;
    struct store *s = open_or_fail(f, STORE_WRITE);
    struct collected seen = {0};
    long long id;
    assert_int_equal(store_episode_add(s, "flat", "t", 0, &id, &f->err), 0);
    assert_int_equal(db_exec(s, "PRAGMA max_page_count = 40", &f->err), 0);
    int rc = 0, given = 0;
    for (; given < 10000 && rc == 0; given++) {
        struct store_call c = a_call("coder", given, "h");
        rc = store_call_put(s, id, &c, &f->err);
        if (given % 100 == 0)
            db_flush(s);
    }
    assert_true(rc < 0);
    assert_int_equal(f->err.kind, ERR_ENV);
    assert_non_null(strstr(f->err.msg, "the disk is full"));
    assert_int_equal(each_call(s, id, collect_call, &seen, NULL), 0);
    assert_in_range(seen.n, 1, given - 1);
    for (int i = 0; i < seen.n; i++) { /* the first of them, without a gap */
        char one[32];
        snprintf(one, sizeof one, "coder%d:h ", i);
        assert_non_null(strstr(seen.text.p, one));
    }
    str_free(&seen.text);
    store_close(s);
}

/* ---- kill -9 ---- */

enum { KILLS = 25, CALLS_PER_EPISODE = 3 };

/* Plays episodes as a run does, and reports each finished one by one byte. */
static void play_until_killed(const char *path, int ack)
{
    struct store *s = NULL;
    struct arena *arena = arena_new();
    if (store_open(path, STORE_WRITE, &s, NULL) < 0)
        _exit(1);
    for (int e = 0;; e++) {
        char task[32];
        snprintf(task, sizeof task, "t%d", e);
        struct store_plan_item item = {.arm = "hrm", .task = task};
        if (store_plan(s, &item.arm, 1, &item.task, 1, &item, 1, NULL) < 0)
            _exit(2);
        if (item.status == STORE_DONE)
            continue;
        if (store_episode_restart(s, item.id, NULL) < 0)
            _exit(3);
        for (int i = 0; i < CALLS_PER_EPISODE; i++) {
            struct store_call c = a_call("coder", i, "h"), got;
            struct store_tool_run tool = {.index = i, .role = "coder", .kind = "run"};
            int found = store_call_find(s, item.id, "coder", i, "h", &got, arena, NULL);
            if (found < 0 || (!found && store_call_put(s, item.id, &c, NULL) < 0) ||
                store_tool_put(s, item.id, &tool, NULL) < 0)
                _exit(4);
        }
        struct store_episode row = a_row(STORE_DONE);
        if (store_episode_finish(s, item.id, &row, NULL) < 0 || write(ack, "e", 1) != 1)
            _exit(5);
    }
}

struct tally {
    struct store *s;
    long done;
};

/* A finished episode is whole; of another there is the beginning. */
static int tally_episode(void *ctx, long long id, const struct store_episode *row)
{
    static const char all[] = "coder0:h coder1:h coder2:h ";
    struct tally *t = ctx;
    struct collected calls = {0};
    struct err err = {0};
    int tools = 0;
    assert_int_equal(each_call(t->s, id, collect_call, &calls, &err), 0);
    assert_int_equal(each_tool(t->s, id, count_tool, &tools, &err), 0);
    assert_int_equal(strncmp(all, str_text(&calls.text), calls.text.len), 0);
    assert_in_range(tools, 0, calls.n);
    if (row->status == STORE_DONE) {
        assert_int_equal(calls.n, CALLS_PER_EPISODE);
        assert_int_equal(tools, CALLS_PER_EPISODE);
        t->done++;
    }
    str_free(&calls.text);
    return 0;
}

/* Counts what the writer acknowledged: until the pipe's end, or until there is one more. */
static void count_acks(int fd, bool to_the_end, long *done)
{
    long before = *done;
    for (char byte; (to_the_end || *done == before) && read(fd, &byte, 1) == 1;)
        ++*done;
}

static void a_killed_writer_loses_and_doubles_nothing(void **state)
{
    struct fixture *f = *state;
    long done = 0;
    unsigned dice = 12345;
    for (int kills = 0; kills < KILLS; kills++) {
        int ack[2];
        assert_int_equal(pipe(ack), 0);
        pid_t pid = fork();
        if (pid == 0)
            play_until_killed(f->db, ack[1]);
        close(ack[1]);
        if (kills % 4 == 3) /* however slow the machine is, some get somewhere */
            count_acks(ack[0], false, &done);
        dice = dice * 1103515245u + 12345u;
        nanosleep(&(struct timespec){.tv_nsec = 1000000 + (long)(dice >> 8) % 40000000}, NULL);
        kill(pid, SIGKILL);
        int status;
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status));
        count_acks(ack[0], true, &done);
        close(ack[0]);

        struct store *s = open_or_fail(f, STORE_WRITE);
        struct tally t = {.s = s};
        assert_int_equal(store_episodes(s, tally_episode, &t, &f->err), 0);
        store_close(s);
        /* What was acknowledged is there; at most one episode's end before each kill was written
         * and not yet acknowledged. */
        assert_in_range(t.done, done, done + kills + 1);
    }
    assert_true(done > 0);
    print_message("%d kills: %ld episodes, none lost, none doubled\n", KILLS, done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(threads_share_one_store),
        T(a_write_that_fails_takes_no_other_along),
        T(a_queued_write_is_a_copy_and_seen_by_its_thread),
        T(closing_waits_for_the_queue),
        T(nothing_follows_a_failed_write),
        T(a_full_disk_is_no_fault_of_ours),
        T(a_full_disk_fails_later_writes),
        T(a_killed_writer_loses_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
