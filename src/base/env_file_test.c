/* Files of environment variables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env_file.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

/* "A=1|B=x", in the order of the file. */
static char *read_as(const char *text)
{
    struct env_file f;
    struct err err = {0};
    struct str s = {0};
    int rc = env_file_parse(".env", text, strlen(text), &f, &err);
    if (rc < 0)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < f.n; i++)
        str_addf(&s, "%s%s=%s", i ? "|" : "", f.v[i].name, f.v[i].value);
    env_file_free(&f);
    return s.p ? str_take(&s) : xstrdup("");
}

static void files_as_common_tools_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *means;
    } files[] = {
        {"", ""},
        {"\n\n# only a comment\n   # another\n", ""},
        {"A=1", "A=1"},
        {"A=1\nB=2\n", "A=1|B=2"},
        {"A=1\r\nB=2\r\n", "A=1|B=2"},
        {"\xef\xbb\xbf"
         "A=1\n",
         "A=1"},
        {"export A=1\n  export\tB=2\n", "A=1|B=2"},
        {"exported=1\nexport=2\n", "exported=1|export=2"},
        {"A = 1 \n\tB\t=\t2\t\n", "A=1|B=2"},
        {"A=\nB= \nC=\"\"\n", "A=|B=|C="},
        {"A=a b c\n", "A=a b c"},
        {"A=sk-a#b=c==\n", "A=sk-a#b=c=="},
        {"A=1 # one\nB= # nothing\nC=#c\n", "A=1|B=|C=#c"},
        {"A='a # b' # why\nB=\"a # b\"#why\n", "A=a # b|B=a # b"},
        {"A='$HOME ${HOME} \\n \"'\n", "A=$HOME ${HOME} \\n \""},
        {"A=\"a\\nb\\tc\\\"d\\\\e\\${f} \\d '\"\n", "A=a\nb\tc\"d\\e${f} \\d '"},
        {"A=$HOME `id` $(id)\n", "A=$HOME `id` $(id)"},
        {"A='one\ntwo'\nB=\"three\r\nfour\"\n", "A=one\ntwo|B=three\nfour"},
        {"A=don't\nB=it's\n", "A=don't|B=it's"},
        {"A=1\nA=2\n", "A=1|A=2"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *got CLEANUP_FREE = read_as(files[i].text);
        assert_string_equal(got, files[i].means);
    }
}

/* File, line, what was expected; and nothing of what stands there. */
static void what_is_wrong_is_said_without_showing_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } files[] = {
        {"A=1\n\nsk-secret\n", ".env:3: expected NAME=VALUE, found a line without '='"},
        {"export A\n", ".env:1: expected NAME=VALUE, found a line without '='"},
        {"sk-secret==\n", ".env:1: expected NAME=VALUE with a name of letters"},
        {"1A=secret\n", ".env:1: expected NAME=VALUE with a name"},
        {"=secret\n", ".env:1: expected NAME=VALUE with a name"},
        {"A=1\nB=\"secret\nC=2\n", ".env:2: expected a closing \""},
        {"A='secret\n", ".env:1: expected a closing '"},
        {"A='x\ny' secret\n", ".env:2: expected the end of the line after the closing quote"},
        {"A=${secret}\n", ".env:1: expected text as it is: ${NAME} is not expanded"},
        {"A=\"x${secret}\"\n", ".env:1: expected text as it is"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct env_file f;
        struct err err = {0};
        assert_true(env_file_parse(".env", files[i].text, strlen(files[i].text), &f, &err) < 0);
        assert_int_equal(err.kind, ERR_INPUT);
        if (!str_starts(err.msg, files[i].says))
            fail_msg("%s", err.msg);
        assert_null(strstr(err.msg, "secret"));
        assert_int_equal(f.n, 0);
    }
    struct env_file f;
    struct err err = {0};
    assert_true(env_file_parse(".env", "A=a\0b", 5, &f, &err) < 0);
    assert_true(str_starts(err.msg, ".env: expected lines of NAME=VALUE"));
}

/* A variable that is there keeps its value, also an empty one; of two in the file the last counts.
 */
static void the_environment_wins(void **state)
{
    (void)state;
    static const char text[] = "HRM_T_NEW=1\nHRM_T_NEW=2\nHRM_T_SET=3\nHRM_T_EMPTY=4\n";
    char path[] = "/tmp/hrm_env_XXXXXX";
    struct err err = {0};
    close(mkstemp(path));
    assert_int_equal(file_write(path, text, strlen(text), &err), 0);
    setenv("HRM_T_SET", "mine", 1);
    setenv("HRM_T_EMPTY", "", 1);
    unsetenv("HRM_T_NEW");
    assert_int_equal(env_file_load(path, &err), 0);
    assert_string_equal(getenv("HRM_T_NEW"), "2");
    assert_string_equal(getenv("HRM_T_SET"), "mine");
    assert_string_equal(getenv("HRM_T_EMPTY"), "");
    unlink(path);
    assert_true(env_file_load(path, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_as_common_tools_write_them),
        cmocka_unit_test(what_is_wrong_is_said_without_showing_it),
        cmocka_unit_test(the_environment_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
