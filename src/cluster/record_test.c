/* Copies of a record: whole, of one moment, and no write-ahead log in the study. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cluster/record.h"
#include "cluster/study.h"

struct places {
    char dir[64];
    char *node, *study, *next;
};

static int setup(void **state)
{
    struct places *p = xcalloc(1, sizeof *p);
    strcpy(p->dir, "/tmp/hrm-record-XXXXXX");
    if (!mkdtemp(p->dir))
        return -1;
    p->node = file_join(p->dir, "node");
    p->study = file_join(p->dir, "study");
    p->next = file_join(p->dir, "next");
    *state = p;
    return file_mkdirs(p->node, NULL) || file_mkdirs(p->study, NULL);
}

static int teardown(void **state)
{
    struct places *p = *state;
    record_remove_scratch(p->dir);
    free(p->node);
    free(p->study);
    free(p->next);
    free(p);
    return 0;
}

static struct store *make_record(const char *dir, enum store_mode mode, int episodes)
{
    char *db CLEANUP_FREE = file_join(dir, "run.db");
    struct store *s = NULL;
    struct err err = {0};
    long long id;
    if (store_open(db, mode, &s, &err) < 0)
        fail_msg("%s", err.msg);
    for (int i = 0; i < episodes; i++)
        assert_int_equal(store_episode_add(s, "hrm", "a", i, &id, &err), 0);
    return s;
}

/* Byte 18 of an SQLite file: 2 = it may have a write-ahead log. */
static int write_version(const char *dir)
{
    char *db CLEANUP_FREE = file_join(dir, "run.db"), *bytes CLEANUP_FREE = NULL;
    size_t n;
    assert_int_equal(file_read(db, 0, &bytes, &n, NULL), 0);
    return bytes[18];
}

static long episodes_of(const char *dir)
{
    struct store *s = NULL;
    struct store_counts c = {0};
    struct err err = {0};
    if (record_open(dir, &s, &err) < 0 || (s && store_count(s, &c, &err) < 0))
        fail_msg("%s", err.msg);
    store_close(s);
    return c.planned;
}

/* The copy is made while the record is open for writing, with commits that are in its log only. */
static void a_copy_needs_no_log(void **state)
{
    struct places *p = *state;
    struct store *writer = make_record(p->node, STORE_WRITE, 3), *reader = NULL;
    struct err err = {0};
    assert_string_equal(store_journal(writer), "wal");
    assert_int_equal(record_open(p->node, &reader, &err), 0);
    assert_int_equal(record_publish(reader, p->node, p->study, false, &err), 0);
    assert_int_equal(write_version(p->node), 2);
    assert_int_equal(write_version(p->study), 1);
    assert_int_equal(episodes_of(p->study), 3);
    store_close(reader);
    store_close(writer);
    assert_int_equal(record_fetch(p->study, p->next, &err), 0);
    assert_int_equal(episodes_of(p->next), 3);
    writer = make_record(p->next, STORE_WRITE, 4); /* the next life goes on with it */
    assert_string_equal(store_journal(writer), "wal");
    store_close(writer);
    assert_int_equal(episodes_of(p->next), 4);
    assert_int_equal(episodes_of(p->study), 3);
}

static void a_record_in_the_study_has_a_rollback_journal(void **state)
{
    struct places *p = *state;
    struct store *writer = make_record(p->study, STORE_WRITE_ROLLBACK, 2);
    struct err err = {0};
    assert_string_equal(store_journal(writer), "rollback");
    store_close(writer);
    assert_int_equal(write_version(p->study), 1);
    struct store *reader = NULL; /* one directory: nothing is copied onto itself */
    assert_int_equal(record_open(p->study, &reader, &err), 0);
    assert_int_equal(record_publish(reader, p->study, p->study, true, &err), 0);
    store_close(reader);
    assert_int_equal(episodes_of(p->study), 2);
}

static void models_travel(void **state)
{
    struct places *p = *state;
    struct err err = {0};
    char *models CLEANUP_FREE = file_join(p->node, "models");
    char *model CLEANUP_FREE = file_join(models, "strict-24-s0.gguf");
    char *half CLEANUP_FREE = file_join(models, "strict-48-s0.gguf.77.tmp");
    char *there CLEANUP_FREE = file_join(p->study, "models/strict-24-s0.gguf");
    char *not_there CLEANUP_FREE = file_join(p->study, "models/strict-48-s0.gguf.77.tmp");
    assert_int_equal(file_mkdirs(models, &err), 0);
    assert_int_equal(file_write(model, "weights", 7, &err), 0);
    assert_int_equal(file_write(half, "wei", 3, &err), 0);
    assert_int_equal(record_copy_models(p->node, p->study, &err), 0);
    assert_true(file_exists(there));
    assert_false(file_exists(not_there));
    record_remove(p->study);
    assert_false(file_exists(there));
}

static void scratch_is_where_the_node_says(void **state)
{
    struct places *p = *state;
    struct study s = {.scratch = "auto"};
    setenv("TMPDIR", p->study, 1);
    setenv("SLURM_TMPDIR", p->node, 1);
    char *found = record_scratch(&s);
    assert_string_equal(found, p->node);
    free(found);
    setenv("SLURM_TMPDIR", "/nowhere", 1);
    found = record_scratch(&s);
    assert_string_equal(found, p->study);
    free(found);
    unsetenv("TMPDIR");
    assert_null(record_scratch(&s));
    setenv("SLURM_TMPDIR", p->node, 1);
    s.scratch = "direct";
    assert_null(record_scratch(&s));
    unsetenv("SLURM_TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_needs_no_log, setup, teardown),
        cmocka_unit_test_setup_teardown(a_record_in_the_study_has_a_rollback_journal, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(models_travel, setup, teardown),
        cmocka_unit_test_setup_teardown(scratch_is_where_the_node_says, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
