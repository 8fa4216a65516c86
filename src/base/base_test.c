/* The base room: text, memory, numbers, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cores.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"

static void errors_carry_one_sentence(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_input(&e, "suite.yaml:%d: unknown key", 7), -EINVAL);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_string_equal(e.msg, "suite.yaml:7: unknown key");
    assert_int_equal(err_prefix(&e, "run %s", "x"), -EINVAL);
    assert_string_equal(e.msg, "run x: suite.yaml:7: unknown key");
    assert_int_equal(err_errno(&e, ENOENT, "open"), -ENOENT);
    assert_string_equal(e.msg, "open: No such file or directory");
    char *lengthy CLEANUP_FREE = xmalloc(5001);
    memset(lengthy, 'a', 5000);
    lengthy[5000] = '\0';
    err_input(&e, "%s", lengthy);
    assert_true(str_ends(e.msg, "a..."));
    err_prefix(&e, "%s", lengthy);
    assert_true(str_ends(e.msg, "..."));
    assert_int_equal(err_input(NULL, "nobody listens"), -EINVAL);
}

static void strings_grow_and_hold_nul(void **state)
{
    (void)state;
    struct str s = {0};
    assert_string_equal(str_text(&s), "");
    for (int i = 0; i < 1000; i++)
        str_addf(&s, "%d,", i);
    assert_int_equal(s.len, 10 * 2 + 90 * 3 + 900 * 4);
    str_clear(&s);
    str_addn(&s, "a\0b", 3);
    assert_int_equal(s.len, 3);
    char *taken CLEANUP_FREE = str_take(&s);
    assert_memory_equal(taken, "a\0b", 4);
    assert_null(s.p);
    const char *names[] = {"max-iters", "samples", "seed"};
    assert_string_equal(str_nearest("max-iter", names, 3), "max-iters");
    assert_null(str_nearest("verbose", names, 3));
    assert_true(str_is_blank("") && str_is_blank(" \t\r\n"));
    assert_false(str_is_blank(" \n."));
}

static void arenas_align_and_zero(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t n = 0; n < 9000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
    }
    assert_string_equal(arena_printf(a, "%s-%d", "x", 5), "x-5");
    assert_null(arena_strdup(a, NULL));
    arena_free(a);
    arena_free(NULL);
}

/* First outputs of the authors' C code for the state {1,2,3,4}. */
static void generator_matches_its_reference(void **state)
{
    (void)state;
    struct rng r = {.s = {1, 2, 3, 4}};
    assert_true(rng_u64(&r) == 11520u);
    assert_true(rng_u64(&r) == 0u);
    assert_true(rng_u64(&r) == 1509978240u);
    assert_true(rng_u64(&r) == 1215971899390074240u);
}

static void draws_are_uniform_and_normal(void **state)
{
    (void)state;
    struct rng r = rng_make(7);
    int count[5] = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < 50000; i++) {
        count[rng_below(&r, 5)]++;
        double z = rng_normal(&r);
        sum += z;
        squares += z * z;
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(count[i], 9600, 10400);
    assert_true(fabs(sum / 50000) < 0.02);
    assert_true(fabs(squares / 50000 - 1) < 0.03);
    int items[6] = {0, 1, 2, 3, 4, 5}, seen = 0;
    rng_shuffle(&r, items, 6, sizeof *items);
    for (int i = 0; i < 6; i++)
        seen |= 1 << items[i];
    assert_int_equal(seen, 63);
}

static void seeds_depend_on_every_part(void **state)
{
    (void)state;
    uint64_t a = seed_derive(1, "call/%s/%d", "t", 0);
    assert_true(a == seed_derive(1, "call/t/0"));
    assert_true(a != seed_derive(2, "call/t/0"));
    assert_true(a != seed_derive(1, "call/t/1"));
    /* sha256("1\0call/t/0") by coreutils: printf '1\0call/t/0' | sha256sum */
    uint8_t digest[32];
    hash_sha256("1\0call/t/0", 10, digest);
    for (int i = 0; i < 8; i++)
        assert_int_equal(a >> (8 * i) & 0xff, digest[i]);
}

static void sha256_of_abc(void **state)
{
    (void)state;
    char hex[HASH_HEX];
    hash_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void utf8_is_cleaned_and_cut(void **state)
{
    (void)state;
    assert_true(utf8_valid("na\xc3\xafve", 6));
    assert_false(utf8_valid("\xed\xa0\x80", 3)); /* a lone surrogate */
    assert_false(utf8_valid("\xc0\x80", 2));     /* overlong NUL */
    char *clean CLEANUP_FREE = utf8_clean("a\0\xff\xc3", 4);
    assert_string_equal(clean, "a\xe2\x90\x80\xef\xbf\xbd\xef\xbf\xbd");
    assert_int_equal(utf8_cut("a\xc3\xaf", 2), 1);
    assert_int_equal(utf8_cut("a\xc3\xaf", 3), 3);
    assert_int_equal(utf8_cut("\xf0\x9f\x98\x80", 3), 0);
    assert_int_equal(utf8_width("a\xe4\xb8\xad"), 3);
}

static void a_json_file_is_read_whole_or_refused(void **state)
{
    static const struct {
        const char *bytes, *says; /* behind the path; NULL = it is read */
    } files[] = {{"{\"a\": [1,\n 2]}\n", NULL},
                 {"{\"a\":\n  tru}", ":2:5: not valid JSON: invalid token near 'tru'"},
                 {"{\"a\":1,\"a\":2}", ":1:10: not valid JSON: duplicate object key near '\"a\"'"},
                 {"{} {}", ":1:4: not valid JSON: end of file expected near '{'"},
                 {"", ":1:0: not valid JSON: "}};
    char path[] = "/tmp/hrm-json-XXXXXX";
    struct err e = {0};
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(file_write(path, files[i].bytes, strlen(files[i].bytes), &e), 0);
        json_t *j CLEANUP_JSON = json_read_file(path, &e);
        if ((j == NULL) != (files[i].says != NULL) ||
            (!j && !str_starts(e.msg + strlen(path), files[i].says)))
            fail_msg("%s: %s", files[i].bytes, e.msg);
    }
    unlink(path);
    assert_null(json_read_file(path, &e));
    assert_true(str_starts(e.msg + strlen(path), ": cannot open"));
    assert_int_equal(e.kind, ERR_INPUT);
    assert_null(json_read_file("/", NULL)); /* no sentence is asked for */
}

static void json_is_strict_and_short(void **state)
{
    (void)state;
    struct err e = {0};
    assert_null(json_parse("{\"a\":1,\"a\":2}", 13, "x.jsonl:3", &e));
    assert_true(str_starts(e.msg, "x.jsonl:3: not valid JSON"));
    json_t *j CLEANUP_JSON = json_parse("{\"b\":0.1,\"a\":[1e300,\"\\u0000\"]}", 30, "x", &e);
    assert_non_null(j);
    char *text CLEANUP_FREE = json_text(j);
    assert_string_equal(text, "{\"b\":0.1,\"a\":[1e300,\"\\u0000\"]}");
    assert_true(json_get_num(j, "b", 0) == 0.1);
    assert_int_equal(json_get_int(j, "missing", 4), 4);
    json_t *bytes CLEANUP_JSON = json_bytes("\xff", 1);
    assert_string_equal(json_string_value(bytes), "\xef\xbf\xbd");
}

/* What is written without a tree is what the tree's printer writes: hashes of requests rest on it.
 */
static void json_is_written_as_jansson_does(void **state)
{
    (void)state;
    static const double reals[] = {0,    1,    0.1,  0.2,  0.95, 1.5,        2,     100,    1e15,
                                   1e16, 1e-4, 1e-5, 1e22, -3,   123456.789, 1e300, 1.0 / 3};
    struct rng rng = rng_make(3);
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        struct str got CLEANUP_STR = {0};
        json_t *j CLEANUP_JSON = json_real(reals[i]);
        char *want CLEANUP_FREE = json_text(j);
        json_add_real(reals[i], &got);
        assert_string_equal(got.p, want);
    }
    for (int i = 0; i < 3000; i++) {
        char bytes[20] = {0};
        struct str got CLEANUP_STR = {0};
        for (uint64_t k = 0, n = rng_below(&rng, sizeof bytes); k < n; k++) /* half of it ASCII */
            bytes[k] = (char)(1 + rng_below(&rng, rng_below(&rng, 2) ? 127 : 255));
        json_t *j CLEANUP_JSON = json_bytes(bytes, strlen(bytes));
        char *want CLEANUP_FREE = json_text(j);
        json_add_string(bytes, &got);
        assert_string_equal(got.p, want);
    }
}

static void files_are_replaced_whole(void **state)
{
    (void)state;
    char dir[] = "/tmp/hrm-base-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char *deep CLEANUP_FREE = xasprintf("%s/a/b", dir);
    char *path CLEANUP_FREE = file_join(deep, "f");
    struct err e = {0};
    assert_int_equal(file_mkdirs(deep, &e), 0);
    assert_int_equal(file_write(path, "one", 3, &e), 0);
    assert_int_equal(file_write(path, "two!", 4, &e), 0);
    char *text = NULL;
    size_t n;
    assert_int_equal(file_read(path, 0, &text, &n, &e), 0);
    assert_string_equal(text, "two!");
    free(text);
    assert_int_equal(file_read(path, 3, &text, &n, &e), -EINVAL);
    assert_int_equal(file_read(deep, 0, &text, &n, &e), -EINVAL);
    assert_non_null(strstr(e.msg, "is a directory"));
    assert_true(file_write("/dev/full", "x", 1, &e) < 0);
    assert_non_null(strstr(e.msg, "No space left"));
    assert_int_equal(e.kind, ERR_FAULT);
    char *over CLEANUP_FREE = file_join(path, "under-a-file");
    assert_true(file_write(over, "x", 1, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT); /* a path that was given wrong */
    assert_true(file_mkdirs(over, &e) < 0);
    char *up CLEANUP_FREE = file_dir(path);
    assert_string_equal(up, deep);
    assert_string_equal(file_base(path), "f");
    unlink(path);
    rmdir(deep);
    char *mid CLEANUP_FREE = file_dir(deep);
    rmdir(mid);
    assert_int_equal(rmdir(dir), 0); /* no temporary file was left behind */
}

/* The temporary file of a write to `path`, by this process of that machine. */
static char *left_behind(const char *path, const char *host, pid_t pid)
{
    char *name = xasprintf("%s.%s.%ld.tmp", path, host, (long)pid);
    FILE *f = fopen(name, "we");
    assert_non_null(f);
    fclose(f);
    return name;
}

static void temporaries_of_the_killed_are_removed(void **state)
{
    (void)state;
    char dir[] = "/tmp/hrm-base-XXXXXX", host[32] = "";
    assert_non_null(mkdtemp(dir));
    gethostname(host, sizeof host - 1);
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    assert_int_equal(waitpid(dead, NULL, 0), dead);
    char *path CLEANUP_FREE = file_join(dir, "x.json"), *other CLEANUP_FREE = file_join(dir, "y");
    char *killed CLEANUP_FREE = left_behind(path, host, dead);
    char *kept[] = {left_behind(path, host, getppid()), left_behind(path, "elsewhere", dead),
                    left_behind(other, host, dead)};
    struct err e = {0};
    assert_int_equal(file_write(path, "one", 3, &e), 0);
    assert_false(file_exists(killed));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        assert_true(file_exists(kept[i])); /* at work; not to be known; of another file */
        unlink(kept[i]);
        free(kept[i]);
    }
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* and nothing else was there */
}

/* A unit program stands in BUILD/src, so the build's own files are above it. */
static void files_are_found_upward_from_the_program(void **state)
{
    char *dir CLEANUP_FREE = file_program_dir();
    char *top CLEANUP_FREE = file_dir(dir);
    char *ninja CLEANUP_FREE = file_join(top, "build.ninja");
    char *self CLEANUP_FREE = file_join(dir, "base_test");
    char *found CLEANUP_FREE = file_find_near("no-such-file", "build.ninja");
    char *beside CLEANUP_FREE = file_find_near("base_test", "build.ninja");
    (void)state;
    assert_non_null(found);
    assert_string_equal(found, ninja);
    assert_string_equal(beside, self);
    assert_null(file_find_near("no-such-file", NULL));
    assert_null(file_find_data("no-such-file"));
}

static void cores_are_those_of_the_affinity(void **state)
{
    (void)state;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(cores_allowed(), CPU_COUNT(&before));
    int core = 0;
    while (!CPU_ISSET(core, &before))
        core++;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cores_allowed(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_are_those_of_the_affinity),
        cmocka_unit_test(errors_carry_one_sentence),
        cmocka_unit_test(strings_grow_and_hold_nul),
        cmocka_unit_test(arenas_align_and_zero),
        cmocka_unit_test(generator_matches_its_reference),
        cmocka_unit_test(draws_are_uniform_and_normal),
        cmocka_unit_test(seeds_depend_on_every_part),
        cmocka_unit_test(sha256_of_abc),
        cmocka_unit_test(utf8_is_cleaned_and_cut),
        cmocka_unit_test(json_is_strict_and_short),
        cmocka_unit_test(a_json_file_is_read_whole_or_refused),
        cmocka_unit_test(json_is_written_as_jansson_does),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(temporaries_of_the_killed_are_removed),
        cmocka_unit_test(files_are_found_upward_from_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
