/* Replies as models write them: tests/replies/ holds what was misread once, by kind; behind that,
 * one program in thousands of wrappings must come out the same for every role. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "tool/extract.h"
#include "tool/tool_call.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What each role does with a reply: the coders take extract_code's program, solver and verifier
 * tool_call_program's, the flat arm of math tool_call_find's. */
static void assert_same_for_all_roles(const char *reply, const char *entry_point, struct arena *a)
{
    struct tool_call call = {0}, found = {0};
    const char *code = extract_code(reply, entry_point, a);
    if (tool_call_program(reply, entry_point, &call, a) && call.program)
        assert_string_equal(call.program, code);
    code = extract_code(reply, NULL, a);
    if (tool_call_find(reply, &found, a) && found.program)
        assert_string_equal(found.program, code);
    if (tool_call_program(reply, NULL, &call, a) && call.program)
        assert_string_equal(call.program, code);
}

static void each_row(const char *path, size_t at_least,
                     void (*check)(const json_t *row, struct arena *a))
{
    char *text CLEANUP_FREE = NULL;
    size_t len, n = 0;
    struct err err = {0};
    if (file_read(path, 0, &text, &len, &err) < 0)
        fail_msg("%s", err.msg);
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), n++) {
        if (*line == '#')
            continue;
        json_t *row CLEANUP_JSON = json_parse(line, strlen(line), path, &err);
        struct arena *a = arena_new();
        if (!row)
            fail_msg("%s", err.msg);
        check(row, a);
        arena_free(a);
    }
    assert_true(n >= at_least);
}

static void check_row(const json_t *row, const char *got, const char *want, const char *ambiguous)
{
    if (strcmp(got, want) != 0)
        fail_msg("%s: %s: got '%s', expected '%s'", json_get_str(row, "kind", ""),
                 json_get_str(row, "raw", ""), got, want);
    if ((ambiguous != NULL) != json_get_bool(row, "ambiguous", false))
        fail_msg("%s: %s: ambiguous: %s", json_get_str(row, "kind", ""),
                 json_get_str(row, "raw", ""), ambiguous ? ambiguous : "no");
}

static void check_code(const json_t *row, struct arena *a)
{
    const char *raw = json_get_str(row, "raw", NULL), *entry = json_get_str(row, "entry_point", "");
    const char *ambiguous, *got = extract_code_flagged(raw, entry, &ambiguous, a);
    check_row(row, got, json_get_str(row, "program", NULL), ambiguous);
    assert_same_for_all_roles(raw, entry, a);
}

static void check_answer(const json_t *row, struct arena *a)
{
    const char *raw = json_get_str(row, "raw", NULL), *ambiguous;
    const char *got = extract_answer_flagged(raw, &ambiguous, a);
    check_row(row, got, json_get_str(row, "answer", NULL), ambiguous);
    assert_same_for_all_roles(raw, NULL, a);
}

/* Blank lines between stretches of code are free. */
static bool same_but_for_space(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " \t\n");
        b += strspn(b, " \t\n");
        if (*a != *b || !*a)
            return *a == *b;
        a++;
        b++;
    }
}

static void programs_are_read(void **state)
{
    (void)state;
    each_row("tests/replies/code.jsonl", 100, check_code);
}

static void answers_are_read(void **state)
{
    (void)state;
    each_row("tests/replies/answer.jsonl", 150, check_answer);
}

/* What strangers reported, where the data is there. */
static void published_faults_are_read(void **state)
{
    glob_t found;
    size_t n = 0;
    (void)state;
    if (glob("../shared/data/faults/*.json", 0, NULL, &found) != 0) {
        print_message("skipped: ../shared/data/faults is not there\n");
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *text CLEANUP_FREE = NULL;
        size_t len;
        struct arena *a = arena_new();
        assert_int_equal(file_read(found.gl_pathv[i], 0, &text, &len, NULL), 0);
        json_t *j CLEANUP_JSON = json_parse(text, len, found.gl_pathv[i], NULL);
        const json_t *input = json_object_get(j, "input");
        const char *id = json_get_str(j, "id", ""), *raw = json_get_str(input, "raw", NULL),
                   *right = json_get_str(j, "right", "");
        const char *entry = json_get_str(input, "entry_point", NULL);
        bool answer = str_starts(id, "answer-"), code = str_starts(id, "code-");
        const char *got = !raw ? "" : answer ? extract_answer(raw, a) : extract_code(raw, entry, a);
        if (raw && (answer || code) && !same_but_for_space(got, right))
            fail_msg("%s: got '%s', expected '%s'", id, got, right);
        if (raw)
            assert_same_for_all_roles(raw, entry, a);
        n += raw && (answer || code);
        arena_free(a);
    }
    globfree(&found);
    assert_true(n > 0);
}

static size_t n_replies; /* in the transcripts */

/* The replies of the other tests' fixtures. */
static void check_transcript(const json_t *row, struct arena *a)
{
    const json_t *calls = json_object_get(json_object_get(row, "episode"), "calls"), *call;
    size_t i;
    json_array_foreach (calls, i, call) {
        const char *reply = json_get_str(call, "reply_text", "");
        assert_same_for_all_roles(reply, "rle", a);
        assert_same_for_all_roles(reply, NULL, a);
        n_replies += *reply != '\0';
    }
}

static void replies_of_transcripts_are_read_alike(void **state)
{
    (void)state;
    each_row("tests/taxonomy/cases.jsonl", 100, check_transcript);
    assert_true(n_replies > 200);
}

/* ---- one program in many wrappings ---- */

static const char *const programs[] = {
    "def f(x):\n    return x\n",
    "import math\n\n\ndef f(x):\n    if x > 1:\n        return math.floor(x)\n    return 0\n",
    "def g(x):\n  return x\n\ndef f(x):\n  return g(x)\n\nprint(f(3))\n",
    "def f(x):\n    \"\"\"Doc.\n\n    ```\n    f(1)\n    ```\n    \"\"\"\n    return x\n",
    "def f(x):\n    '''```python\n    f(1)\n    ```'''\n    return \"```\"\n",
    "class A:\n    def f(self):\n        return 1\n\n\ndef f(x):\n    return A().f() + x\n",
    "from typing import List\n\ndef f(x: List[int]) -> int:\n\treturn sum(x)\n",
    "f = lambda x: (x +\n               1)\n",
    "LIMIT = 10\n\ndef f(x):\n    text = \"</s> <|im_end|>\"\n    return LIMIT, text\n",
    "def f(x):\n    # 1. a comment\n    return {\n        'a': [x],\n    }\n\nanswer = f(2)\n",
    "def f(x):\n    return x  # as ``` does\n\n\n# ```\n# f(1)\n# ```\nLIMIT = f(3)\n",
    "n = 5 * 8\nanswer = n + 12\nprint(answer)\nf = None\n",
    "def f(x):\n    s = '```'\n    return f\"{x:>3}\" > s\n",
};

static const char *const before[] = {
    "",
    "Here is the program.\n\n",
    "I write it in a ```python block, as asked.\n\n",
    "**Plan**\n\n1. Read `x`.\n2. Return it.\n\n",
    "<think>\n```python\ndef f(x): pass\n```\n</think>\n\n",
    "The function f(x): takes x.\n\nUse ```f(x)``` to call it.\n\n",
    "<|im_start|>assistant\n",
};

static const char *const behind[] = {
    "",
    "\nIt returns x. That is all.\n",
    "\nOutput:\n```\n42\n```\n",
    "\n```bash\n$ python main.py\n```\n",
    "<|im_end|>",
    "</s>",
    "\n- it is short\n- it is clear\n",
};

static const char *pick(struct rng *r, const char *const *list, size_t n)
{
    return list[rng_below(r, n)];
}
#define PICK(r, list) pick(r, list, COUNT(list))

/* Lists and quotes around the block: what stands before its first line, and before the others. */
static void add_container(struct rng *r, struct str *first, struct str *others)
{
    static const char *const marks[] = {"- ", "* ", "1. ", "12) ", "+ "};
    for (uint64_t depth = rng_below(r, 4); depth > 0; depth--) {
        bool quote = rng_below(r, 3) == 0;
        const char *mark = quote ? "> " : PICK(r, marks);
        str_add(first, mark);
        for (size_t i = 0; i < strlen(mark); i++)
            str_addc(others, quote ? mark[i] : ' ');
    }
    if (rng_below(r, 3) == 0) { /* a paragraph of the item stands before the block */
        str_clear(first);
        str_add(first, str_text(others));
    }
}

static void add_lines(struct str *out, const char *prefix, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n > 0)
            str_addf(out, "%s%.*s", prefix, (int)n, text);
        str_addc(out, '\n');
        text += n + (text[n] == '\n');
    }
}

static void add_with_line_ends(struct str *out, const char *text, bool crlf)
{
    for (; *text; text++) {
        if (*text == '\n' && crlf)
            str_addc(out, '\r');
        str_addc(out, *text);
    }
}

static void wrap(struct rng *r, const char *program, struct str *reply)
{
    static const char *const labels[] = {"python", "py", "Python", "", "python3", " python"};
    static const char *const fences[] = {"```", "````", "~~~"};
    struct str first CLEANUP_STR = {0}, others CLEANUP_STR = {0}, text CLEANUP_STR = {0};
    const char *fence = PICK(r, fences), *start = PICK(r, before), *end = PICK(r, behind);
    add_container(r, &first, &others);
    bool prose = first.len == 0 && rng_below(r, 3) == 0;
    str_addf(&text, "%s%s%s%s%s\n", start, str_text(&first),
             prose && *fence == '`' ? "The code: " : "", fence, PICK(r, labels));
    add_lines(&text, str_text(&others), program);
    bool glued = *end == '<';
    str_addf(&text, "%s%s%s%s", str_text(&others), fence, glued ? "" : "\n", end);
    add_with_line_ends(reply, str_text(&text), rng_below(r, 3) == 0);
}

static void one_program_for_every_role(void **state)
{
    enum { REPLIES = 3000 };
    struct rng r = rng_make(13);
    (void)state;
    for (int i = 0; i < REPLIES; i++) {
        struct arena *a = arena_new();
        struct str reply CLEANUP_STR = {0};
        const char *program = PICK(&r, programs);
        struct tool_call call, found;
        wrap(&r, program, &reply);
        const char *code = extract_code(str_text(&reply), "f", a);
        if (strcmp(code, program) != 0)
            fail_msg("reply %d:\n%s\ngave:\n%s", i, str_text(&reply), code);
        assert_string_equal(extract_code(str_text(&reply), NULL, a), program);
        assert_true(tool_call_program(str_text(&reply), NULL, &call, a));
        assert_string_equal(call.program, program);
        assert_true(tool_call_find(str_text(&reply), &found, a));
        assert_string_equal(found.program, program);
        assert_string_equal(found.hash, call.hash);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_read),
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(published_faults_are_read),
        cmocka_unit_test(replies_of_transcripts_are_read_alike),
        cmocka_unit_test(one_program_for_every_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
