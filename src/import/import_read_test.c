/* Reading benchmark files: both forms, with and without gzip, and the line in every message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "import/import_read.h"

static char path[] = "/tmp/import_read_XXXXXX";

static void write_file(const char *text)
{
    struct err err = {0};
    if (file_write(path, text, strlen(text), &err) < 0)
        fail_msg("%s", err.msg);
}

static struct import_reader *open_text(const char *text)
{
    struct import_reader *r = NULL;
    struct err err = {0};
    write_file(text);
    if (import_open(path, &r, &err) < 0)
        fail_msg("%s", err.msg);
    return r;
}

/* "line:n line:n ..." of rows {"n": n}, and the first complaint. Caller frees. */
static char *rows_of(struct import_reader *r)
{
    struct str s = {0};
    struct err err = {0};
    json_t *row = NULL;
    int line, rc;
    while ((rc = import_next(r, &row, &line, &err)) == IMPORT_ROW) {
        str_addf(&s, "%d:%lld ", line, json_get_int(row, "n", -1));
        json_decref(row);
    }
    if (rc < 0)
        str_addf(&s, "%s %s", rc == -EBADMSG ? "end" : "bad", err.msg + strlen(path));
    import_close(r);
    return str_take(&s);
}

static void assert_rows(const char *text, const char *expected)
{
    char *rows CLEANUP_FREE = rows_of(open_text(text));
    assert_string_equal(rows ? rows : "", expected);
}

static void lines_and_arrays_give_the_same_rows(void **state)
{
    (void)state;
    assert_rows("{\"n\": 1}\n{\"n\": 2}", "1:1 2:2 ");
    assert_rows("\xef\xbb\xbf{\"n\": 1}\r\n\n  \n{\"n\": 2}\n\n", "1:1 4:2 ");
    assert_rows("[{\"n\": 1}, {\"n\": 2}]", "1:1 1:2 ");
    assert_rows(
        "\n[\n  {\n    \"n\": 1,\n    \"s\": \"]},\\\"\"\n  },\n  {\"n\": 2, \"m\": [[], {}]}\n]\n",
        "3:1 7:2 ");
    assert_rows("[]", "");
    assert_rows("", "");
}

static void complaints_name_the_line(void **state)
{
    (void)state;
    assert_rows("{\"n\": 1}\n{\"n\": \n{\"n\": 3}\n",
                "1:1 bad :2: not valid JSON: unexpected token near end of file (column 6)");
    assert_rows("7\n", "bad :1: found a value that is no object; expected one object per row");
    assert_rows("{\"n\": 1, \"n\": 2}\n",
                "bad :1: not valid JSON: duplicate object key near '\"n\"' (column 12)");
    assert_rows("[\n{\"n\": 1},\n{\"n\":\n tru}\n]",
                "2:1 end :4: not valid JSON: invalid token near 'tru' (column 4)");
    assert_rows("[{\"n\": 1},\n{\"n\": 2}",
                "1:1 2:2 end :2: not valid JSON: the array is not closed, the file is incomplete");
    assert_rows("[{\"n\": 1}] x", "1:1 end :1: not valid JSON: text after the array");
    assert_rows("[", "end :1: not valid JSON: the array is not closed, the file is incomplete");
}

static void reading_goes_on_behind_a_bad_line(void **state)
{
    (void)state;
    struct import_reader *r = open_text("{]\n{\"n\": 2}\n");
    struct err err = {0};
    json_t *row = NULL;
    int line = 0;
    assert_int_equal(import_next(r, &row, &line, &err), -EINVAL);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(line, 1);
    char *rest CLEANUP_FREE = rows_of(r);
    assert_string_equal(rest, "2:2 ");
}

static void pack(const char *text, const char *mode)
{
    gzFile gz = gzopen(path, mode);
    assert_int_equal(gzwrite(gz, text, (unsigned)strlen(text)), (int)strlen(text));
    gzclose(gz);
}

static void gzip_is_told_by_its_first_bytes(void **state)
{
    (void)state;
    struct import_reader *r = NULL;
    struct err err = {0};
    char packed[HASH_HEX], plain[HASH_HEX];
    pack("{\"n\": 1}\n", "wb");
    pack("{\"n\": 2}\n", "ab"); /* a second member, as from cat a.gz b.gz */
    assert_int_equal(import_open(path, &r, &err), 0);
    import_sha256(r, packed);
    char *rows CLEANUP_FREE = rows_of(r);
    assert_string_equal(rows, "1:1 2:2 ");
    r = open_text("{\"n\": 1}\n{\"n\": 2}\n");
    import_sha256(r, plain);
    import_close(r);
    assert_string_equal(packed, plain);
}

static void assert_unreadable(const char *message)
{
    struct import_reader *r = NULL;
    struct err err = {0};
    assert_true(import_open(path, &r, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(r);
    assert_non_null(strstr(err.msg, message));
}

static void damaged_files_get_a_sentence(void **state)
{
    (void)state;
    char *bytes CLEANUP_FREE = NULL;
    size_t n = 0;
    struct err err = {0};
    pack("{\"n\": 1}\n{\"n\": 22222}\n", "wb");
    assert_int_equal(file_read(path, 0, &bytes, &n, &err), 0);
    assert_int_equal(truncate(path, (off_t)n - 9), 0);
    assert_unreadable(": the gzip data ends too early, the file is incomplete");
    bytes[n - 6] ^= 1; /* in the checksum */
    assert_int_equal(file_write(path, bytes, n, &err), 0);
    assert_unreadable(": incorrect data check");
    unlink(path);
    assert_unreadable(": cannot open: No such file or directory");
}

static int make_path(void **state)
{
    (void)state;
    return mkstemp(path) < 0;
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_arrays_give_the_same_rows),
        cmocka_unit_test(complaints_name_the_line),
        cmocka_unit_test(reading_goes_on_behind_a_bad_line),
        cmocka_unit_test(gzip_is_told_by_its_first_bytes),
        cmocka_unit_test(damaged_files_get_a_sentence),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
