/* Splitting, learning, encoding, and the byte alphabet of GGUF's gpt2 tokenizers. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "nn/pretok.h"
#include "nn/tokenizer.h"

/* The pieces of text joined by "|"; expectations were produced by the rule's regular expression in
 * Python's `regex` module. */
static void assert_split(const char *text, const char *want)
{
    struct str got = {0};
    size_t n = strlen(text);

    for (size_t at = 0; at < n;) {
        size_t piece = nn_pretok_next(text + at, n - at);
        assert_in_range(piece, 1, n - at);
        if (at)
            str_addc(&got, '|');
        str_addn(&got, text + at, piece);
        at += piece;
    }
    assert_string_equal(str_text(&got), want);
    str_free(&got);
}

static void test_split(void **state)
{
    (void)state;
    assert_split("Hello world", "Hello| world");
    assert_split("x = x + 5*8", "x| =| x| +| |5|*|8");
    assert_split("12345", "1|2|3|4|5");
    assert_split("I'm we'Re don't 'quoted'", "I|'m| we|'Re| don|'t| '|quoted|'");
    assert_split("def f(xs):\n    return xs[-1]\n", "def| f|(xs|):\n|   | return| xs|[-|1|]\n");
    assert_split("a  b", "a| | b");
    assert_split("a  ", "a|  ");
    assert_split(" \n \n x", " \n \n| x");
    assert_split("\r\n\r\ny", "\r\n\r\n|y");
    assert_split("\tx", "\tx");
    assert_split("  42", " | |4|2");
    assert_split("  !?", " | !?");
    assert_split("!\n\nz", "!\n\n|z");
    assert_split("'", "'");
    assert_split("'re", "'re");
    assert_split("'rx", "'rx");
    assert_split("\xc3\xa9t\xc3\xa9 na\xc3\xafve", "\xc3\xa9t\xc3\xa9| na\xc3\xafve");
    assert_split("\xe6\xb1\x89\xe5\xad\x97\xef\xbc\x8cok",
                 "\xe6\xb1\x89\xe5\xad\x97|\xef\xbc\x8cok");
    assert_split("\xc2\xbd\xe2\x85\xa7",
                 "\xc2\xbd|\xe2\x85\xa7");                      /* a half, Roman eight: numbers */
    assert_split("x\xc2\xa0\xc2\xa0y", "x|\xc2\xa0|\xc2\xa0y"); /* no-break spaces */
    assert_split("\xf0\x9f\x98\x80\xf0\x9f\x98\x80 x", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80| x");
    assert_split("e\xcc\x81x", "e|\xcc\x81x"); /* a combining mark is not a letter */
    assert_split("\xff\xfeGH", "\xff\xfe|GH"); /* not UTF-8: symbols */
}

static struct nn_tokenizer *learn(const char *text, int vocab)
{
    struct nn_bpe_corpus *c = nn_bpe_corpus_new();
    struct nn_tokenizer *t;

    nn_bpe_corpus_add(c, text, strlen(text));
    t = nn_bpe_learn(c, vocab);
    nn_bpe_corpus_free(c);
    return t;
}

static void assert_round_trip(const struct nn_tokenizer *t, const char *bytes, size_t n)
{
    int *tok CLEANUP_FREE = NULL;
    size_t len = 0, cap = 0;
    struct str back = {0};

    nn_tokenizer_encode(t, bytes, n, &tok, &len, &cap);
    nn_tokenizer_decode(t, tok, len, &back);
    assert_int_equal(back.len, n);
    if (n)
        assert_memory_equal(back.p, bytes, n);
    str_free(&back);
}

static void test_learns_frequent_words(void **state)
{
    struct nn_tokenizer *t =
        learn("reverse the list\nreverse the words\nsort the list\nreverse the list", 300);
    int *tok CLEANUP_FREE = NULL;
    size_t len = 0, cap = 0, n;
    (void)state;

    assert_true(nn_tokenizer_size(t) < 300); /* nothing else occurs twice */
    nn_tokenizer_encode(t, "reverse the list", 16, &tok, &len, &cap);
    assert_int_equal(len, 3);
    assert_memory_equal(nn_tokenizer_bytes(t, tok[1], &n), " the", 4);
    assert_int_equal(n, 4);
    nn_tokenizer_free(t);
}

static void test_round_trips_any_bytes(void **state)
{
    struct nn_tokenizer *t = learn("aaaaaaaa aaaa abab abab\n\n\n\n    \n    ''''", 280);
    struct rng r = rng_make(1);
    (void)state;

    for (int i = 0; i < 500; i++) {
        static const char alphabet[] = "ab' \n\r\t0\xc3\xa9\xff";
        char text[64];
        size_t n = rng_below(&r, sizeof text);
        for (size_t j = 0; j < n; j++)
            text[j] = i % 2 ? (char)rng_u64(&r) : alphabet[rng_below(&r, sizeof alphabet)];
        assert_round_trip(t, text, n);
    }
    assert_round_trip(t, "<|end|>", 7);
    nn_tokenizer_free(t);
}

/* The order of merges decides, not the greedy longest match: as llama.cpp's queue of bigrams. */
static void test_merge_order(void **state)
{
    static const int merges[][2] = {{'b', 'c'}, {'a', 'b'}, {256, 'd'}, {'a', 'a'}, {259, 259}};
    struct nn_tokenizer *t = nn_tokenizer_new(merges, 5);
    int *tok CLEANUP_FREE = NULL;
    size_t len = 0, cap = 0;
    (void)state;

    nn_tokenizer_encode(t, "abcd", 4, &tok, &len, &cap);
    assert_int_equal(len, 2);
    assert_int_equal(tok[0], 'a');
    assert_int_equal(tok[1], 258); /* bcd */
    len = 0;
    nn_tokenizer_encode(t, "aaaaa", 5, &tok, &len, &cap);
    assert_int_equal(len, 2);
    assert_int_equal(tok[0], 260);
    assert_int_equal(tok[1], 'a');
    nn_tokenizer_free(t);
}

static void test_long_word_is_linear(void **state)
{
    struct nn_tokenizer *t = learn("aaaaaaaaaaaaaaaa aaaaaaaa aaaa", 300);
    size_t n = 1 << 20;
    char *text CLEANUP_FREE = xmalloc(n);
    (void)state;
    memset(text, 'a', n);
    assert_round_trip(t, text, n); /* would take hours if quadratic */
    nn_tokenizer_free(t);
}

static void test_spelling(void **state)
{
    struct nn_tokenizer *t = learn("", 256);
    struct str s = {0};
    (void)state;
    nn_tokenizer_spell(t, ' ', &s);
    nn_tokenizer_spell(t, '\n', &s);
    nn_tokenizer_spell(t, 'A', &s);
    nn_tokenizer_spell(t, 0, &s);
    nn_tokenizer_spell(t, 0xAD, &s);
    nn_tokenizer_spell(t, 0xFF, &s);
    nn_tokenizer_spell(t, nn_tokenizer_control(t, NN_USER), &s);
    assert_string_equal(str_text(&s), "\xc4\xa0\xc4\x8a"
                                      "A\xc4\x80\xc5\x83\xc3\xbf<|user|>");
    str_free(&s);
    nn_tokenizer_free(t);
}

struct lists {
    struct str tokens[400], merges[400];
    const char *token_p[400], *merge_p[400];
    int32_t types[400];
    size_t n_tokens, n_merges;
};

static void list(const struct nn_tokenizer *t, struct lists *l)
{
    const struct nn_merge *m;

    memset(l, 0, sizeof *l);
    l->n_tokens = (size_t)nn_tokenizer_size(t);
    for (size_t i = 0; i < l->n_tokens; i++) {
        nn_tokenizer_spell(t, (int)i, &l->tokens[i]);
        l->token_p[i] = l->tokens[i].p;
        l->types[i] = nn_tokenizer_is_control(t, (int)i) ? 3 : 1;
    }
    l->n_merges = nn_tokenizer_merges(t, &m);
    for (size_t i = 0; i < l->n_merges; i++) {
        str_addf(&l->merges[i], "%s %s", l->token_p[m[i].left], l->token_p[m[i].right]);
        l->merge_p[i] = l->merges[i].p;
    }
}

static void test_lists(void **state)
{
    struct nn_tokenizer *t = learn("the cat sat on the mat\nthe cat sat", 290), *u = NULL;
    struct lists *l = xmalloc(sizeof *l);
    struct err err = {0};
    const char *keep;
    (void)state;

    list(t, l);
    assert_true(l->n_merges > 5);
    assert_int_equal(nn_tokenizer_from_lists(l->token_p, l->types, l->n_tokens, l->merge_p,
                                             l->n_merges, "x", &u, &err),
                     0);
    assert_int_equal(nn_tokenizer_size(u), nn_tokenizer_size(t));
    nn_tokenizer_free(u);

    keep = l->merge_p[2];
    l->merge_p[2] = "nospace";
    assert_true(nn_tokenizer_from_lists(l->token_p, l->types, l->n_tokens, l->merge_p, l->n_merges,
                                        "x", &u, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    l->merge_p[2] = keep;
    l->token_p[65] = "B";
    assert_true(nn_tokenizer_from_lists(l->token_p, l->types, l->n_tokens, l->merge_p, l->n_merges,
                                        "x", &u, &err) < 0);
    for (size_t i = 0; i < 400; i++) {
        str_free(&l->tokens[i]);
        str_free(&l->merges[i]);
    }
    free(l);
    nn_tokenizer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_learns_frequent_words),
        cmocka_unit_test(test_round_trips_any_bytes),
        cmocka_unit_test(test_merge_order),
        cmocka_unit_test(test_long_word_is_linear),
        cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
