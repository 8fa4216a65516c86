/* The table of operations and their interpreter. Every function below must do what the `code` of
 * its row does in Python 3; the suite's validation runs the two against each other. */
#include "gen/gen_code_ops.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BIGGEST 1000000000000LL

static bool list_in_range(const struct gen_value *x)
{
    for (int i = 0; i < x->n; i++)
        if (x->v[i] > BIGGEST || x->v[i] < -BIGGEST)
            return false;
    return true;
}

static bool list_reverse(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0, j = x->n - 1; i < j; i++, j--) {
        long long t = x->v[i];
        x->v[i] = x->v[j];
        x->v[j] = t;
    }
    return true;
}

static bool list_sort(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 1; i < x->n; i++) {
        long long t = x->v[i];
        int j = i;
        for (; j > 0 && x->v[j - 1] > t; j--)
            x->v[j] = x->v[j - 1];
        x->v[j] = t;
    }
    return true;
}

static bool list_sort_down(struct gen_value *x, int param)
{
    return list_sort(x, param) && list_reverse(x, param);
}

static bool list_unique(struct gen_value *x, int param)
{
    (void)param;
    int n = 0;
    for (int i = 0; i < x->n; i++) {
        int j = 0;
        while (j < n && x->v[j] != x->v[i])
            j++;
        if (j == n)
            x->v[n++] = x->v[i];
    }
    x->n = n;
    return true;
}

static bool list_add(struct gen_value *x, int param)
{
    for (int i = 0; i < x->n; i++)
        x->v[i] += param;
    return list_in_range(x);
}

static bool list_multiply(struct gen_value *x, int param)
{
    for (int i = 0; i < x->n; i++)
        x->v[i] *= param;
    return list_in_range(x);
}

static bool list_square(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0; i < x->n; i++) {
        if (llabs(x->v[i]) > 1000000)
            return false;
        x->v[i] *= x->v[i];
    }
    return true;
}

static bool list_abs(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0; i < x->n; i++)
        x->v[i] = llabs(x->v[i]);
    return true;
}

static bool keep_parity(struct gen_value *x, bool odd)
{
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if ((x->v[i] % 2 != 0) == odd)
            x->v[n++] = x->v[i];
    x->n = n;
    return true;
}

static bool list_evens(struct gen_value *x, int param)
{
    (void)param;
    return keep_parity(x, false);
}

static bool list_odds(struct gen_value *x, int param)
{
    (void)param;
    return keep_parity(x, true);
}

static bool list_greater(struct gen_value *x, int param)
{
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if (x->v[i] > param)
            x->v[n++] = x->v[i];
    x->n = n;
    return true;
}

static bool list_first(struct gen_value *x, int param)
{
    if (x->n > param)
        x->n = param;
    return true;
}

static bool list_drop(struct gen_value *x, int param)
{
    int skip = x->n < param ? x->n : param;
    x->n -= skip;
    memmove(x->v, x->v + skip, (size_t)x->n * sizeof x->v[0]);
    return true;
}

static bool list_every_second(struct gen_value *x, int param)
{
    (void)param;
    int n = 0;
    for (int i = 0; i < x->n; i += 2)
        x->v[n++] = x->v[i];
    x->n = n;
    return true;
}

static bool list_running_sums(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 1; i < x->n; i++)
        x->v[i] += x->v[i - 1];
    return list_in_range(x);
}

static bool list_differences(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0; i + 1 < x->n; i++)
        x->v[i] = x->v[i + 1] - x->v[i];
    if (x->n > 0)
        x->n--;
    return true;
}

static bool become_int(struct gen_value *x, long long number)
{
    x->type = GEN_INT;
    x->n = 1;
    x->v[0] = number;
    return number <= BIGGEST && number >= -BIGGEST;
}

static bool list_sum(struct gen_value *x, int param)
{
    (void)param;
    long long sum = 0;
    for (int i = 0; i < x->n; i++)
        sum += x->v[i];
    return become_int(x, sum);
}

static bool list_max(struct gen_value *x, int param)
{
    list_sort(x, param);
    return become_int(x, x->n > 0 ? x->v[x->n - 1] : 0);
}

static bool list_min(struct gen_value *x, int param)
{
    list_sort(x, param);
    return become_int(x, x->n > 0 ? x->v[0] : 0);
}

static bool count_items(struct gen_value *x, int param)
{
    (void)param;
    return become_int(x, x->n);
}

static bool text_reverse(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0, j = x->n - 1; i < j; i++, j--) {
        char t = x->s[i];
        x->s[i] = x->s[j];
        x->s[j] = t;
    }
    return true;
}

static bool text_upper(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0; i < x->n; i++)
        x->s[i] = (char)toupper((unsigned char)x->s[i]);
    return true;
}

static bool text_swap_case(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 0; i < x->n; i++) {
        unsigned char c = (unsigned char)x->s[i];
        x->s[i] = (char)(isupper(c) ? tolower(c) : toupper(c));
    }
    return true;
}

static bool is_vowel(char c)
{
    return c != '\0' && strchr("aeiouAEIOU", c);
}

static bool text_remove_vowels(struct gen_value *x, int param)
{
    (void)param;
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if (!is_vowel(x->s[i]))
            x->s[n++] = x->s[i];
    x->n = n;
    return true;
}

static bool text_remove(struct gen_value *x, int param)
{
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if (x->s[i] != param)
            x->s[n++] = x->s[i];
    x->n = n;
    return true;
}

static bool text_sort(struct gen_value *x, int param)
{
    (void)param;
    for (int i = 1; i < x->n; i++) {
        char t = x->s[i];
        int j = i;
        for (; j > 0 && x->s[j - 1] > t; j--)
            x->s[j] = x->s[j - 1];
        x->s[j] = t;
    }
    return true;
}

static bool text_unique(struct gen_value *x, int param)
{
    (void)param;
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if (!memchr(x->s, x->s[i], (size_t)n))
            x->s[n++] = x->s[i];
    x->n = n;
    return true;
}

static bool text_first(struct gen_value *x, int param)
{
    if (x->n > param)
        x->n = param;
    return true;
}

/* The next run of non-spaces at or after *at: its start, with its length in *len; -1 at the end. */
static int next_word(const struct gen_value *x, int *at, int *len)
{
    while (*at < x->n && x->s[*at] == ' ')
        ++*at;
    int start = *at;
    while (*at < x->n && x->s[*at] != ' ')
        ++*at;
    *len = *at - start;
    return *len > 0 ? start : -1;
}

static bool text_reverse_words(struct gen_value *x, int param)
{
    (void)param;
    struct gen_value out = {.type = GEN_TEXT};
    int end = GEN_VALUE_BYTES, at = 0, len, start;
    while ((start = next_word(x, &at, &len)) >= 0) {
        if (end < GEN_VALUE_BYTES)
            out.s[--end] = ' ';
        end -= len;
        memcpy(out.s + end, x->s + start, (size_t)len);
    }
    x->n = GEN_VALUE_BYTES - end;
    memcpy(x->s, out.s + end, (size_t)x->n);
    return true;
}

static bool text_count_vowels(struct gen_value *x, int param)
{
    (void)param;
    int vowels = 0;
    for (int i = 0; i < x->n; i++)
        vowels += is_vowel(x->s[i]);
    return become_int(x, vowels);
}

static bool text_count_words(struct gen_value *x, int param)
{
    (void)param;
    int words = 0, at = 0, len;
    while (next_word(x, &at, &len) >= 0)
        words++;
    return become_int(x, words);
}

static bool text_word_lengths(struct gen_value *x, int param)
{
    (void)param;
    struct gen_value out = {.type = GEN_LIST};
    int at = 0, len;
    while (out.n < GEN_VALUE_ITEMS && next_word(x, &at, &len) >= 0)
        out.v[out.n++] = len;
    *x = out;
    return true;
}

/* clang-format off */
static const struct gen_op ops[] = {
    {"reverse", GEN_LIST, GEN_LIST, NULL, "x = x[::-1]",
     {"reverse the list", "put the list in reverse order", "turn the list around"}, list_reverse},
    {"sort_up", GEN_LIST, GEN_LIST, NULL, "x = sorted(x)",
     {"sort the list in increasing order", "order the numbers from smallest to largest",
      "arrange the list with the smallest number at the start"}, list_sort},
    {"sort_down", GEN_LIST, GEN_LIST, NULL, "x = sorted(x, reverse=True)",
     {"sort the list in decreasing order", "order the numbers from largest to smallest",
      "arrange the list with the largest number at the start"}, list_sort_down},
    {"unique", GEN_LIST, GEN_LIST, NULL, "x = list(dict.fromkeys(x))",
     {"remove repeated numbers but keep the first of each", "keep only the first copy of each number",
      "drop every number that came earlier in the list"}, list_unique},
    {"add", GEN_LIST, GEN_LIST, "1-12", "x = [v + {k} for v in x]",
     {"add {k} to each number", "increase every number by {k}", "make each number larger by {k}"},
     list_add},
    {"multiply", GEN_LIST, GEN_LIST, "2-9", "x = [v * {k} for v in x]",
     {"multiply each number by {k}", "scale every number by a factor of {k}",
      "make each number {k} times as large"}, list_multiply},
    {"square", GEN_LIST, GEN_LIST, NULL, "x = [v * v for v in x]",
     {"square each number", "replace each number with its square", "multiply each number by itself"},
     list_square},
    {"abs", GEN_LIST, GEN_LIST, NULL, "x = [abs(v) for v in x]",
     {"take the absolute value of each number", "drop the sign of every number",
      "make every negative number positive"}, list_abs},
    {"evens", GEN_LIST, GEN_LIST, NULL, "x = [v for v in x if v % 2 == 0]",
     {"keep only the even numbers", "remove the odd numbers", "drop every odd number"}, list_evens},
    {"odds", GEN_LIST, GEN_LIST, NULL, "x = [v for v in x if v % 2 == 1]",
     {"keep only the odd numbers", "remove the even numbers", "drop every even number"}, list_odds},
    {"greater", GEN_LIST, GEN_LIST, "0-12", "x = [v for v in x if v > {k}]",
     {"keep only the numbers greater than {k}", "remove every number that is at most {k}",
      "take the numbers that are larger than {k}"}, list_greater},
    {"first", GEN_LIST, GEN_LIST, "2-6", "x = x[:{k}]",
     {"take the first {k} numbers", "keep only the {k} leading numbers",
      "cut the list off after {k} numbers"}, list_first},
    {"drop", GEN_LIST, GEN_LIST, "2-5", "x = x[{k}:]",
     {"drop the first {k} numbers", "remove the {k} leading numbers",
      "skip {k} numbers at the start"}, list_drop},
    {"every_second", GEN_LIST, GEN_LIST, NULL, "x = x[::2]",
     {"keep every second number starting with the first",
      "take the numbers at positions 0, 2, 4 and so on",
      "skip every other number but keep the first"}, list_every_second},
    {"running_sums", GEN_LIST, GEN_LIST, NULL, "x = [sum(x[:i + 1]) for i in range(len(x))]",
     {"replace the list with its running totals", "turn the list into its cumulative sums",
      "replace each number with the sum of the list up to it"}, list_running_sums},
    {"differences", GEN_LIST, GEN_LIST, NULL, "x = [b - a for a, b in zip(x, x[1:])]",
     {"subtract from each number the one before it and leave out the first",
      "list how much each number exceeds the one before it",
      "replace the list with the steps from each number to the next"}, list_differences},
    {"sum", GEN_LIST, GEN_INT, NULL, "x = sum(x)",
     {"add up the numbers", "compute the sum of the list", "find the total of the numbers"}, list_sum},
    {"max", GEN_LIST, GEN_INT, NULL, "x = max(x, default=0)",
     {"take the largest number or 0 if there is none", "find the maximum or 0 for an empty list",
      "compute the maximum of the numbers or 0 if there are none"}, list_max},
    {"min", GEN_LIST, GEN_INT, NULL, "x = min(x, default=0)",
     {"take the smallest number or 0 if there is none", "find the minimum or 0 for an empty list",
      "compute the minimum of the numbers or 0 if there are none"}, list_min},
    {"length", GEN_LIST, GEN_INT, NULL, "x = len(x)",
     {"count the numbers", "compute the length of the list", "find how many numbers there are"},
     count_items},
    {"text_reverse", GEN_TEXT, GEN_TEXT, NULL, "x = x[::-1]",
     {"reverse the string", "write the string backwards", "turn the string around"}, text_reverse},
    {"upper", GEN_TEXT, GEN_TEXT, NULL, "x = x.upper()",
     {"convert the string to upper case", "make every letter a capital",
      "replace every letter with its capital"}, text_upper},
    {"swap_case", GEN_TEXT, GEN_TEXT, NULL, "x = x.swapcase()",
     {"swap upper and lower case", "change the case of every letter",
      "make capitals small and small letters capital"}, text_swap_case},
    {"remove_vowels", GEN_TEXT, GEN_TEXT, NULL,
     "x = ''.join(c for c in x if c not in 'aeiouAEIOU')",
     {"remove the vowels", "delete every vowel", "leave out all vowels"}, text_remove_vowels},
    {"remove", GEN_TEXT, GEN_TEXT, "adehilnorst", "x = x.replace('{k}', '')",
     {"remove every '{k}'", "delete the letter '{k}' everywhere", "leave out each '{k}'"}, text_remove},
    {"text_sort", GEN_TEXT, GEN_TEXT, NULL, "x = ''.join(sorted(x))",
     {"sort the characters by code", "order the characters by their codes",
      "arrange the characters in increasing order of code"}, text_sort},
    {"text_unique", GEN_TEXT, GEN_TEXT, NULL, "x = ''.join(dict.fromkeys(x))",
     {"remove repeated characters but keep the first of each",
      "keep only the first copy of each character",
      "drop every character that came earlier in the string"}, text_unique},
    {"text_first", GEN_TEXT, GEN_TEXT, "3-8", "x = x[:{k}]",
     {"take the first {k} characters", "keep only the {k} leading characters",
      "cut the string off after {k} characters"}, text_first},
    {"reverse_words", GEN_TEXT, GEN_TEXT, NULL, "x = ' '.join(x.split()[::-1])",
     {"reverse the order of the words", "write the words from last to first",
      "put the words in backward order"}, text_reverse_words},
    {"word_lengths", GEN_TEXT, GEN_LIST, NULL, "x = [len(w) for w in x.split()]",
     {"list the length of each word", "replace the string with its word lengths",
      "compute how long each word is"}, text_word_lengths},
    {"text_length", GEN_TEXT, GEN_INT, NULL, "x = len(x)",
     {"count the characters", "compute the length of the string",
      "find how many characters there are"}, count_items},
    {"count_vowels", GEN_TEXT, GEN_INT, NULL, "x = sum(c in 'aeiouAEIOU' for c in x)",
     {"count the vowels", "compute the number of vowels", "find how many vowels there are"},
     text_count_vowels},
    {"count_words", GEN_TEXT, GEN_INT, NULL, "x = len(x.split())",
     {"count the words", "compute the number of words", "find how many words there are"},
     text_count_words},
};
/* clang-format on */

size_t gen_op_count(void)
{
    return sizeof ops / sizeof ops[0];
}

const struct gen_op *gen_op(size_t i)
{
    return &ops[i];
}

bool gen_op_param_is_letter(const struct gen_op *op)
{
    return op->params && isalpha((unsigned char)op->params[0]);
}

int gen_op_param_count(const struct gen_op *op)
{
    if (!op->params)
        return 1;
    if (gen_op_param_is_letter(op))
        return (int)strlen(op->params);
    return atoi(strchr(op->params, '-') + 1) - atoi(op->params) + 1;
}

int gen_op_param(const struct gen_op *op, int index)
{
    if (!op->params)
        return 0;
    return gen_op_param_is_letter(op) ? op->params[index] : atoi(op->params) + index;
}

bool gen_value_equal(const struct gen_value *a, const struct gen_value *b)
{
    if (a->type != b->type || a->n != b->n)
        return false;
    size_t n = (size_t)a->n;
    return a->type == GEN_TEXT ? memcmp(a->s, b->s, n) == 0
                               : memcmp(a->v, b->v, n * sizeof a->v[0]) == 0;
}
