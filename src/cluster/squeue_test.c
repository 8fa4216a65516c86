/* What squeue answers, in the spellings of several versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "cluster/slurm.h"

static const char *const jobs[] = {"12", "20"};

static void check(struct slurm_job *found, size_t n)
{
    assert_int_equal(n, 3);
    assert_string_equal(found[0].job, "12");
    assert_int_equal(found[0].index, 3);
    assert_string_equal(found[0].state, "RUNNING");
    assert_int_equal(found[1].index, -2); /* tasks that wait together */
    assert_string_equal(found[1].state, "PENDING");
    assert_string_equal(found[1].reason, "Priority");
    assert_string_equal(found[2].job, "20");
    assert_int_equal(found[2].index, -1);
    free(found);
}

static void read(const char *text)
{
    struct slurm_job *found = NULL;
    struct err err = {0};
    size_t n = 0;
    assert_int_equal(slurm_parse_json(text, strlen(text), jobs, 2, &found, &n, &err), 0);
    check(found, n);
}

static void json_of_22_05(void **state)
{
    (void)state;
    read(
        "{\"jobs\": ["
        "{\"job_id\": 14, \"array_job_id\": 12, \"array_task_id\": 3, \"job_state\": \"RUNNING\","
        " \"state_reason\": \"None\"},"
        "{\"job_id\": 12, \"array_job_id\": 12, \"array_task_id\": null, \"job_state\": "
        "\"PENDING\","
        " \"state_reason\": \"Priority\"},"
        "{\"job_id\": 13, \"array_job_id\": 0, \"array_task_id\": null, \"job_state\": "
        "\"RUNNING\"},"
        "{\"job_id\": 20, \"array_job_id\": 0, \"array_task_id\": null, \"job_state\": \"PENDING\","
        " \"state_reason\": \"Dependency\"}]}");
}

static void json_of_newer_ones(void **state)
{
    (void)state;
    read("{\"jobs\": ["
         "{\"job_id\": 14, \"array_job_id\": {\"set\": true, \"number\": 12},"
         " \"array_task_id\": {\"set\": true, \"number\": 3}, \"job_state\": [\"RUNNING\"],"
         " \"state_reason\": \"None\"},"
         "{\"job_id\": 12, \"array_job_id\": {\"set\": true, \"number\": 12},"
         " \"array_task_id\": {\"set\": false, \"number\": 0}, \"job_state\": [\"PENDING\"],"
         " \"state_reason\": \"Priority\"},"
         "{\"job_id\": 20, \"array_job_id\": {\"set\": true, \"number\": 0},"
         " \"job_state\": [\"PENDING\"], \"state_reason\": \"Dependency\"}]}");
}

static void tables(void **state)
{
    char text[] = "12_3|RUNNING|None\n12_[4-8]|PENDING|Priority\n13_1|RUNNING|None\n"
                  "20|PENDING|Dependency\nnonsense\n";
    struct slurm_job *found = NULL;
    size_t n = 0;
    (void)state;
    slurm_parse_table(text, jobs, 2, &found, &n);
    check(found, n);
}

static void what_is_no_answer(void **state)
{
    static const char *const texts[] = {"", "{}", "{\"jobs\": 3}", "squeue: error"};
    struct slurm_job *found = NULL;
    struct err err = {0};
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(slurm_parse_json(texts[i], strlen(texts[i]), jobs, 2, &found, &n, &err) < 0);
    assert_null(found);
}

static void what_is_over(void **state)
{
    (void)state;
    assert_true(slurm_is_over("TIMEOUT"));
    assert_true(slurm_is_over("COMPLETED"));
    assert_false(slurm_is_over("PENDING"));
    assert_false(slurm_is_over("REQUEUED"));
    assert_false(slurm_is_over("COMPLETING"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_of_22_05), cmocka_unit_test(json_of_newer_ones),
        cmocka_unit_test(tables),        cmocka_unit_test(what_is_no_answer),
        cmocka_unit_test(what_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
