/* The harness's side of the sandbox: reports are read with suspicion, runs end as they should, lost
 * boxes are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "base/err.h"
#include "base/str.h"
#include "sandbox/box.h"
#include "sandbox/pool.h"

static void test_report_lengths(void **state)
{
    const struct {
        const char *bytes;
        size_t n;
        size_t items;
    } rows[] = {{"", 0, 0},
                {"\1\0\0\0a", 5, 1},
                {"\0\0\0\0\2\0\0\0ab", 10, 2},
                {"\2\0\0\0a", 5, 0},         /* shorter than it claims */
                {"\377\377\377\377a", 5, 0}, /* 4 GB */
                {"\1\0\0\0a\1\0", 7, 1},     /* cut in a length */
                {"\1\0\0\0a\373\377\377\377x", 10, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str report = {(char *)rows[i].bytes, rows[i].n, rows[i].n};
        struct box_bytes item;
        size_t pos = 0, n = 0;
        while (box_next(&report, &pos, &item))
            n++;
        assert_int_equal(n, rows[i].items);
    }
}

static struct box *open_box(void)
{
    struct err err = {0};
    struct box *b = NULL;
    if (box_open(&(struct box_config){.slot = 9}, &b, &err) < 0)
        fail_msg("%s", err.msg);
    return b;
}

static struct box_run run_of(struct box *b, const char *code, struct box_bytes input[2])
{
    input[0] = (struct box_bytes){code, strlen(code)};
    input[1] = (struct box_bytes){"", 0};
    return (struct box_run){.box = b,
                            .job = BOX_PROGRAM,
                            .cpu_s = 0.3,
                            .wall_s = 1,
                            .memory_bytes = 256u << 20,
                            .output_bytes = 100,
                            .report_bytes = 4096,
                            .input = input,
                            .n_input = 2,
                            .capture = true,
                            .rpc = -1};
}

static void test_ends(void **state)
{
    const struct {
        const char *code;
        enum box_end end;
        bool over;
    } rows[] = {{"pass", BOX_END_SELF, false},
                {"while True: pass", BOX_END_CPU, false},
                {"import time; time.sleep(9)", BOX_END_WALL, false},
                {"import time; print('x' * 200, flush=True); time.sleep(9)", BOX_END_ASKED, true}};
    struct box *b = open_box();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box_bytes input[2];
        struct box_run r = run_of(b, rows[i].code, input);
        if (rows[i].end == BOX_END_CPU)
            r.wall_s = 60; /* a busy machine may take its time over 0.3 s */
        assert_int_equal(box_run_all(&(struct box_run *){&r}, 1, NULL), 0);
        assert_false(r.lost);
        assert_int_equal(r.reply.end, rows[i].end);
        assert_int_equal(r.output_over, rows[i].over);
        assert_true(r.out.len <= 100);
        box_run_free(&r);
    }
    box_close(b);
}

static void test_floor(void **state)
{
    struct box *b = open_box();
    struct box_bytes input[2];
    struct box_run r = run_of(b, "", input);
    (void)state;
    r.job = BOX_NOTHING;
    assert_int_equal(box_run_all(&(struct box_run *){&r}, 1, NULL), 0);
    assert_true(WIFEXITED(r.reply.wait_status) && WEXITSTATUS(r.reply.wait_status) == 0);
    box_run_free(&r);
    box_close(b);
}

static void test_lost(void **state)
{
    struct box *b = open_box();
    struct box_bytes input[2];
    struct box_run r = run_of(b, "print(1)", input);
    (void)state;
    kill(box_pid(b), SIGKILL);
    assert_int_equal(box_run_all(&(struct box_run *){&r}, 1, NULL), 0);
    assert_true(r.lost);
    box_run_free(&r);
    box_close(b);
}

static void test_layers(void **state)
{
    struct box *b = open_box();
    const struct box_hello *h = box_hello(b);
    const uint32_t all = BOX_LAYER_NAMESPACES | BOX_LAYER_ROOT | BOX_LAYER_UID |
                         BOX_LAYER_LANDLOCK | BOX_LAYER_SECCOMP;
    (void)state;
    assert_int_equal(h->layers & all, all);
    assert_int_equal(h->error, 0);
    box_close(b);
}

static void test_pool(void **state)
{
    struct err err = {0};
    struct pool *p;
    struct box *plain, *again;
    (void)state;
    if (pool_open(2, false, &p, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(pool_slots(p), 2);
    struct pool_slot *a = pool_take(p), *b = pool_take(p);
    assert_ptr_not_equal(a, b);
    assert_int_equal(pool_box(a, false, false, &plain, &err), 0);
    assert_int_equal(pool_box(a, false, false, &again, &err), 0);
    assert_ptr_equal(plain, again);
    int before = box_pid(plain);
    pool_drop(a, false, false);
    assert_int_equal(pool_box(a, false, false, &again, &err), 0);
    assert_int_not_equal(box_pid(again), before);
    pool_give(p, b);
    assert_ptr_equal(pool_take(p), b);
    pool_give(p, a);
    pool_give(p, b);
    pool_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_lengths), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_floor),          cmocka_unit_test(test_lost),
        cmocka_unit_test(test_layers),         cmocka_unit_test(test_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
