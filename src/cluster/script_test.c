/* The shipped templates make scripts, and hostile values do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cluster/script.h"

static char *made(const char *template, const char *options)
{
    char to[] = "/tmp/hrm-script-XXXXXX", *text = NULL;
    struct script_values v = {{[SCRIPT_NAME] = "exp1",
                               [SCRIPT_STUDY] = "/shared/s",
                               [SCRIPT_HRM] = "/opt/hrm",
                               [SCRIPT_WORKDIR] = "/home/u",
                               [SCRIPT_LEAD] = "90",
                               [SCRIPT_OPTIONS] = options,
                               [SCRIPT_SHARDS] = "8"}};
    struct err err = {0};
    size_t n;
    int fd = mkstemp(to);
    assert_true(fd >= 0);
    close(fd);
    if (script_make(template, &v, to, &err) < 0 || file_read(to, 0, &text, &n, &err) < 0)
        fail_msg("%s", err.msg);
    unlink(to);
    return text;
}

static void shipped_templates(void **state)
{
    char *array CLEANUP_FREE = made("cluster/array.sbatch.in", "#SBATCH --gres=gpu:1");
    char *merge CLEANUP_FREE = made("cluster/merge.sbatch.in", "");
    (void)state;
    assert_non_null(strstr(array, "#SBATCH --signal=B:TERM@90\n#SBATCH --gres=gpu:1\n"));
    assert_non_null(strstr(array, "exec \"/opt/hrm\" slurm task \"/shared/s\" --offset"));
    assert_null(strstr(array, "HRM_HOME"));
    assert_null(strstr(array, "{{"));
    assert_non_null(strstr(merge, "exec \"/opt/hrm\" slurm merge \"/shared/s\""));
    assert_null(strstr(merge, "{{"));
}

static void hostile_values(void **state)
{
    struct err err = {0};
    (void)state;
    assert_int_equal(script_check_path("x", "/a/b-c_d.e", &err), 0);
    assert_true(script_check_path("x", "/a b", &err) < 0);
    assert_true(script_check_path("x", "/a\"$(id)", &err) < 0);
    assert_true(script_check_path("x", "/a\n#SBATCH", &err) < 0);
    assert_int_equal(script_check_option("--mem=8G", &err), 0);
    assert_true(script_check_option("--mem=8G\nrm -rf", &err) < 0);
    assert_true(script_check_option("mem", &err) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_templates),
                                       cmocka_unit_test(hostile_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
