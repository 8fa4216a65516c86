/* Reading and comparing answers, also of two published collections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "tool/answer.h"
#include "tool/extract.h"
#include "tool/unit.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void readings(void **state)
{
    const struct {
        const char *reply, *text, *unit;
        bool percent;
    } rows[] = {
        {"The answer is 18 dollars.", "18", "dollars", false},
        {"The answer is $1,234.50", "1234.50", "$", false},
        {"#### 5 km per hour", "5", "km per hour", false},
        {"\\boxed{125\\textnormal{ miles}}", "125", "\\textnormal{ miles}", false},
        {"\\boxed{15\\mbox{ cm}^2}", "15", "\\mbox{ cm}^2", false},
        {"\\boxed{90^\\circ}", "90", "^\\circ", false},
        {"\\boxed{28\\%}", "28", "\\%", true},
        {"The answer is 50 percent", "50", "percent", true},
        {"ANSWER: **7** apples", "7", "apples", false},
        {"Answer: 3 and that is all", "3", NULL, false},
        {"so he has 15cm left", "15", "cm", false},
        {"It took 2\u00bd hours", "2 1/2", "hours", false},
        {"The answer is \u00be", "3/4", NULL, false},
        {"Answer: $2.5 million", "2500000", "$", false},
        {"Answer: $50k", "50000", "$", false},
        {"Answer: 2 thousand", "2000", NULL, false},
        {"Answer: 5 kg", "5", "kg", false},
        {"Answer: 1.2 \\times 10^{5}", "1.2e5", NULL, false},
        {"Answer: 3 \u00d7 10^-2", "3e-2", NULL, false},
        {"\\boxed{-\\frac{-1}{2}}", "1/2", NULL, false},
        {"\\boxed{\\frac{1.5}{-2}}", "-0.75", NULL, false},
        {"Answer: 12,34,567", "1234567", NULL, false},
        {"\\boxed{11,\\! 111,\\! 100}", "11111100", NULL, false},
        {"Answer: 18 dollars (16 + 2)", "18", "dollars", false},
        {"Answer: 18 dollars. Each of the 3 friends pays 6.", "18", "dollars", false},
        {"Answer: Tom paid 18 dollars. Each of the 3 friends pays 6.", "18", "dollars", false},
        {"We know x_1 = 3, so she owes -$5", "-5", "$", false},
        /* no number: only the beginning of something else */
        {"\\boxed{2-2p}", "2-2p", NULL, false},
        {"\\boxed{4\\sqrt{2}}", "4\\sqrt{2}", NULL, false},
        {"$\\frac{9}{4}\\pi$", "\\frac{9}{4}\\pi", NULL, false},
        {"\\boxed{7:32}", "7:32", NULL, false},
        {"\\boxed{1, 2}", "1, 2", NULL, false},
        {"\\boxed{(1, 4.5)}", "(1, 4.5)", NULL, false},
        {"\\boxed{6 \\text{ and } 8}", "6 \\text{ and } 8", NULL, false},
        {"\\boxed{204_5}", "204_5", NULL, false},
        {"Answer: 2 * 9", "2 * 9", NULL, false},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer_reading got;
        answer_read(rows[i].reply, &got, a);
        if (!str_eq(got.text, rows[i].text) || !str_eq(got.unit, rows[i].unit) ||
            got.percent != rows[i].percent)
            fail_msg("%s: got '%s' with unit '%s'%s", rows[i].reply, got.text,
                     got.unit ? got.unit : "none", got.percent ? ", per cent" : "");
    }
    arena_free(a);
}

static void comparisons(void **state)
{
    const struct {
        const char *given;
        double expected, tolerance;
        const char *unit;
        enum answer_match want;
    } rows[] = {
        {"18", 18, 1e-6, NULL, ANSWER_RIGHT},
        {"18.0000001", 18, 1e-6, NULL, ANSWER_RIGHT},
        {"18.00001", 18, 1e-6, NULL, ANSWER_WRONG},
        {"33.33", 100. / 3, .005, NULL, ANSWER_RIGHT},
        {"33.33", 100. / 3, 1e-6, NULL, ANSWER_ROUNDED},
        {"33", 100. / 3, 1e-6, NULL, ANSWER_ROUNDED},
        {"34", 100. / 3, 1e-6, NULL, ANSWER_WRONG},
        {"0", .3, 1e-6, NULL, ANSWER_WRONG},
        /* the tolerance does not grow with the number; what binary fractions leave behind does */
        {"2880001", 2880000, 1e-6, NULL, ANSWER_WRONG},
        {"3000000.0000003", 3000000.0000000005, 1e-9, NULL, ANSWER_RIGHT},
        {"1/3", 1. / 3, 1e-6, NULL, ANSWER_RIGHT},
        {"2 1/2", 2.5, 0, NULL, ANSWER_RIGHT},
        {"-18", 18, 1e-6, NULL, ANSWER_SIGN},
        {"0", 0, 0, NULL, ANSWER_RIGHT},
        {"", 0, 1e-6, NULL, ANSWER_NONE},
        {"eighteen", 18, 1e-6, NULL, ANSWER_NONE},
        {"1/0", 18, 1e-6, NULL, ANSWER_NONE},
        /* units */
        {"18 dollars", 18, 1e-6, "dollars", ANSWER_RIGHT},
        {"$18", 18, 1e-6, "dollars", ANSWER_RIGHT},
        {"$18", 18, 1e-6, "dollars per day", ANSWER_RIGHT},
        {"18 cents", 18, 1e-6, "dollars", ANSWER_UNIT},
        {"1800 cents", 18, 1e-6, "dollars", ANSWER_CONVERTED},
        {"18 km", 18, 1e-6, "dollars", ANSWER_UNIT},
        {"\u20ac18", 18, 1e-6, "dollars", ANSWER_UNIT},
        {"2 hours", 120, 1e-6, "minutes", ANSWER_CONVERTED},
        {"120 min", 120, 1e-6, "minutes", ANSWER_RIGHT},
        {"120 hours", 120, 1e-6, "minutes", ANSWER_UNIT},
        {"7 hours", 120, 1e-6, "minutes", ANSWER_WRONG},
        {"60 mph", 60, 1e-6, "miles per hour", ANSWER_RIGHT},
        {"60 miles/h", 60, 1e-6, "mph", ANSWER_RIGHT},
        {"1 mile per minute", 60, 1e-6, "mph", ANSWER_CONVERTED},
        {"60 m", 60, 1e-6, "square meters", ANSWER_UNIT},
        {"60 m\u00b2", 60, 1e-6, "square meters", ANSWER_RIGHT},
        {"60 sq m", 60, 1e-6, "m^2", ANSWER_RIGHT},
        {"600000 cm^2", 60, 1e-6, "m^2", ANSWER_CONVERTED},
        {"5 pounds", 5, 1e-6, "pounds", ANSWER_RIGHT},
        {"\u00a35", 5, 1e-6, "pounds", ANSWER_RIGHT},
        {"18 eggs", 18, 1e-6, "duck eggs", ANSWER_RIGHT}, /* nouns contradict nothing */
        {"18 dollars", 18, 1e-6, "eggs", ANSWER_RIGHT},
        {"18 dollars", 18, 1e-6, NULL, ANSWER_RIGHT},
        /* per cent */
        {"50%", 50, 1e-6, "percent", ANSWER_RIGHT},
        {"50", 50, 1e-6, "percent", ANSWER_RIGHT},
        {"0.5", 50, 1e-6, "percent", ANSWER_FACTOR_100},
        {"0.5%", 50, 1e-6, "percent", ANSWER_FACTOR_100},
        {"50%", .5, 1e-6, "percent", ANSWER_FACTOR_100},
        {"50%", 50, 1e-6, NULL, ANSWER_RIGHT},
        {"50%", .5, 1e-6, NULL, ANSWER_RIGHT},
        {"50", .5, 1e-6, NULL, ANSWER_FACTOR_100},
        {"0.5", 50, 1e-6, NULL, ANSWER_FACTOR_100},
        {"50 pct", 50, 1e-6, "dollars", ANSWER_UNIT},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer_reading got;
        answer_read(rows[i].given, &got, a);
        enum answer_match m =
            answer_compare(&got, rows[i].expected, rows[i].tolerance, rows[i].unit);
        if (m != rows[i].want)
            fail_msg("'%s' for %g %s: %s; expected %s", rows[i].given, rows[i].expected,
                     rows[i].unit ? rows[i].unit : "", answer_match_name(m),
                     answer_match_name(rows[i].want));
    }
    arena_free(a);
}

/* Lines of a file of shared data, or a skipped test. Caller frees the text. */
static char *shared_lines(const char *path)
{
    char *text = NULL;
    size_t len;
    if (!file_exists(path) || file_read(path, 0, &text, &len, NULL) < 0) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    return text;
}

/* Every solution of GSM8K's test split is read as the number that stands behind its "####". */
static void all_of_gsm8k_is_read(void **state)
{
    char *text CLEANUP_FREE = shared_lines("../shared/data/gsm8k/test.jsonl");
    struct arena *a = arena_new();
    size_t n = 0, right = 0;
    (void)state;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), n++) {
        json_t *row CLEANUP_JSON = json_parse(line, strlen(line), "gsm8k", NULL);
        const char *solution = json_get_str(row, "answer", "");
        struct answer_reading whole, alone;
        struct str digits CLEANUP_STR = {0}; /* an independent reading: commas out, then strtod */
        for (const char *p = strstr(solution, "#### ") + 5; *p; p++)
            if (*p != ',')
                str_addc(&digits, *p);
        char *end;
        double want = strtod(str_text(&digits), &end);
        assert_int_equal(*end, '\0');
        answer_read(solution, &whole, a);
        answer_read(strstr(solution, "#### ") + 5, &alone, a);
        bool ok = answer_compare(&whole, want, 0, NULL) == ANSWER_RIGHT &&
                  answer_compare(&alone, want, 0, NULL) == ANSWER_RIGHT;
        if (!ok)
            print_message("row %zu: %s\n", n + 1, strstr(solution, "####"));
        right += ok;
    }
    print_message("GSM8K: %zu/%zu answers read\n", right, n);
    assert_int_equal(n, 1319);
    assert_int_equal(right, n);
    arena_free(a);
}

enum kind {
    KIND_NUMBER,
    KIND_ROOT,
    KIND_ALGEBRA,
    KIND_LIST,
    KIND_RELATION,
    KIND_MATRIX,
    KIND_WORD
};

static bool matches(const char *pattern, const char *text)
{
    regex_t re;
    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool yes = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return yes;
}

/* The inside of the last box, or the text itself. Counts the boxes that differ from the last. */
static char *inside_of(const char *text, size_t *n_others)
{
    char *last = NULL;
    size_t n_boxes = 0;
    *n_others = 0;
    for (const char *p = text; (p = strstr(p, "boxed{")); n_boxes++) {
        size_t depth = 1, n = 0;
        for (p += 6; p[n] && (depth += (size_t)(p[n] == '{') - (size_t)(p[n] == '}')) > 0;)
            n++;
        char *before CLEANUP_FREE = last;
        last = xasprintf("%.*s", (int)n, p);
        *n_others = before && strcmp(before, last) != 0 ? n_boxes : *n_others;
    }
    return last ? last : xstrdup(text);
}

/* What a gold answer is; told by its characters and not by the code under test. */
static enum kind kind_of(const char *text)
{
    static const char number[] =
        "^[ $]*-?([0-9][0-9 ]*([.,][0-9]+)*|[0-9]+/[0-9]+|"
        "\\\\[dtc]?frac *\\{?[0-9]+\\}? *\\{?[0-9]+\\}?)[ $]*"
        "(\\\\?%|\\^\\\\circ|\\\\(text|mbox|textnormal)\\{ *[a-z]+ *\\}(\\^2)?|[a-z]+)?[ $.]*$";
    size_t n_others;
    char *s CLEANUP_FREE = inside_of(text, &n_others);
    if (n_others > 0 && strlen(text) < 100)
        return KIND_LIST;
    if (matches(number, s))
        return KIND_NUMBER;
    if (strstr(s, "matrix"))
        return KIND_MATRIX;
    if (matches("[<>=]|\\\\(le|ge|lt|gt|neq|in)[^a-z]|:", s))
        return KIND_RELATION;
    if (matches("[0-9a-z}$)] *[,;] *[^ ]|and|or|\\\\cup|^[ $\\]*[{[]", s))
        return KIND_LIST;
    if (matches("\\\\(text|mathrm)|^[ $]*[A-Za-z ]+[ $]*$", s))
        return KIND_WORD;
    return matches("sqrt|pi", s) && !matches("[a-z]\\^|[xyhr] *[+-]", s) ? KIND_ROOT : KIND_ALGEBRA;
}

/* Both sides as numbers, or as texts. */
static bool same_answer(const char *gold, const char *pred, struct arena *a)
{
    struct answer_reading want, got;
    answer_read(gold, &want, a);
    answer_read(pred, &got, a);
    if (!want.found)
        return !got.found && str_eq(want.text, got.text);
    return answer_compare(&got, want.value, 1e-6, want.percent ? "percent" : NULL) == ANSWER_RIGHT;
}

/* Judged otherwise by those who published them, though both sides are numbers: they read formulas
 * in dollar signs on one line only, and they work sums out. */
static bool is_exception(const char *pred)
{
    static const char *const exceptions[] = {"Answer $ \n 9 \n $", "Answer \\( \n 9 \n \\)",
                                             "Answer \\( (9+1) \\)"};
    for (size_t i = 0; i < COUNT(exceptions); i++)
        if (str_eq(pred, exceptions[i]))
            return true;
    return false;
}

static void published_cases_by_kind(void **state)
{
    static const char *const names[] = {
        "a number", "roots and pi", "algebra", "list, tuple, interval",
        "relation", "matrix",       "words"};
    char *text CLEANUP_FREE =
        shared_lines("../shared/data/answer_extraction/math_verify_cases.jsonl");
    struct arena *a = arena_new();
    size_t n[COUNT(names)] = {0}, alike[COUNT(names)] = {0}, exceptions = 0, sum = 0;
    (void)state;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), sum++) {
        json_t *row CLEANUP_JSON = json_parse(line, strlen(line), "math_verify", NULL);
        const char *gold = json_get_str(row, "gold", ""), *pred = json_get_str(row, "pred", "");
        enum kind kind = kind_of(gold);
        bool same = same_answer(gold, pred, a) == (json_get_int(row, "expected", 0) == 1);
        n[kind]++;
        alike[kind] += same;
        if (kind != KIND_NUMBER || same)
            continue;
        exceptions += is_exception(pred);
        if (!is_exception(pred))
            print_message("differs: %s | %.2000s\n", gold, pred);
    }
    print_message("gold answer is                 cases   judged alike\n");
    for (size_t i = 0; i < COUNT(names); i++)
        print_message("  %-24s %8zu %14zu\n", names[i], n[i], alike[i]);
    print_message("numbers judged otherwise on purpose: %zu\n", exceptions);
    assert_int_equal(sum, 254);
    assert_int_equal(n[KIND_NUMBER], 100);
    assert_int_equal(exceptions, 3);
    assert_int_equal(n[KIND_NUMBER], alike[KIND_NUMBER] + exceptions);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(all_of_gsm8k_is_read),
        cmocka_unit_test(published_cases_by_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
