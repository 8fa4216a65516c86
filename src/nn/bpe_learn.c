/* Learning the merges of a byte-level BPE from a corpus kept as distinct pre-tokens with counts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "nn/pretok.h"
#include "nn/tokenizer.h"

struct word {
    size_t at, len; /* into text */
    uint64_t count;
};

struct nn_bpe_corpus {
    char *text;
    size_t text_len, text_cap;
    struct word *words;
    size_t n_words, words_cap;
    size_t *slots; /* [n_slots] word + 1, 0 = free */
    size_t n_slots;
};

struct nn_bpe_corpus *nn_bpe_corpus_new(void)
{
    struct nn_bpe_corpus *c = xcalloc(1, sizeof *c);
    c->n_slots = 1024;
    c->slots = xcalloc(c->n_slots, sizeof *c->slots);
    return c;
}

void nn_bpe_corpus_free(struct nn_bpe_corpus *c)
{
    if (!c)
        return;
    free(c->text);
    free(c->words);
    free(c->slots);
    free(c);
}

static size_t hash(const char *s, size_t n) /* FNV-1a */
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static size_t *slot_of(const struct nn_bpe_corpus *c, const char *s, size_t n)
{
    size_t i = hash(s, n) & (c->n_slots - 1);

    while (c->slots[i]) {
        const struct word *w = &c->words[c->slots[i] - 1];
        if (w->len == n && memcmp(c->text + w->at, s, n) == 0)
            break;
        i = (i + 1) & (c->n_slots - 1);
    }
    return &c->slots[i];
}

static void rehash(struct nn_bpe_corpus *c)
{
    free(c->slots);
    c->n_slots *= 2;
    c->slots = xcalloc(c->n_slots, sizeof *c->slots);
    for (size_t i = 0; i < c->n_words; i++)
        *slot_of(c, c->text + c->words[i].at, c->words[i].len) = i + 1;
}

static void count_word(struct nn_bpe_corpus *c, const char *s, size_t n)
{
    size_t *slot = slot_of(c, s, n);

    if (*slot) {
        c->words[*slot - 1].count++;
        return;
    }
    c->text = xgrow(c->text, &c->text_cap, c->text_len + n, 1);
    memcpy(c->text + c->text_len, s, n);
    c->words = xgrow(c->words, &c->words_cap, c->n_words + 1, sizeof *c->words);
    c->words[c->n_words++] = (struct word){.at = c->text_len, .len = n, .count = 1};
    c->text_len += n;
    *slot = c->n_words;
    if (2 * c->n_words > c->n_slots)
        rehash(c);
}

void nn_bpe_corpus_add(struct nn_bpe_corpus *c, const char *text, size_t n)
{
    while (n > 0) {
        size_t piece = nn_pretok_next(text, n);
        count_word(c, text, piece);
        text += piece;
        n -= piece;
    }
}

struct learner {
    const struct nn_bpe_corpus *corpus;
    int *tok;    /* the corpus text as tokens; words[i] starts at its old place */
    size_t *len; /* [n_words] tokens left of each word */
    int n_tokens, max_tokens;
    uint64_t *pairs;  /* [max_tokens][max_tokens] occurrences */
    char (*made)[64]; /* [max_tokens] bytes of each token */
    size_t *made_len; /* [max_tokens] */
};

static uint64_t *pair_count(struct learner *l, int left, int right)
{
    return &l->pairs[(size_t)left * (size_t)l->max_tokens + (size_t)right];
}

static void count_pairs(struct learner *l)
{
    memset(l->pairs, 0, (size_t)l->max_tokens * (size_t)l->max_tokens * sizeof *l->pairs);
    for (size_t w = 0; w < l->corpus->n_words; w++) {
        const int *tok = l->tok + l->corpus->words[w].at;
        for (size_t i = 0; i + 1 < l->len[w]; i++)
            *pair_count(l, tok[i], tok[i + 1]) += l->corpus->words[w].count;
    }
}

/* Two pairs may spell the same bytes ("a"+"bc", "ab"+"c"); a list must not hold them twice. */
static bool is_new(const struct learner *l, int left, int right)
{
    size_t n = l->made_len[left] + l->made_len[right];

    if (n > sizeof l->made[0])
        return false;
    for (int i = 0; i < l->n_tokens; i++)
        if (l->made_len[i] == n && memcmp(l->made[i], l->made[left], l->made_len[left]) == 0 &&
            memcmp(l->made[i] + l->made_len[left], l->made[right], l->made_len[right]) == 0)
            return false;
    return true;
}

static bool best_pair(struct learner *l, int best[2])
{
    uint64_t most = 1; /* a pair that occurs once gets no token */

    for (int left = 0; left < l->n_tokens; left++)
        for (int right = 0; right < l->n_tokens; right++)
            if (*pair_count(l, left, right) > most && is_new(l, left, right)) {
                most = *pair_count(l, left, right);
                best[0] = left;
                best[1] = right;
            }
    return most > 1;
}

static void make_token(struct learner *l, const int pair[2])
{
    char *bytes = l->made[l->n_tokens];

    memcpy(bytes, l->made[pair[0]], l->made_len[pair[0]]);
    memcpy(bytes + l->made_len[pair[0]], l->made[pair[1]], l->made_len[pair[1]]);
    l->made_len[l->n_tokens] = l->made_len[pair[0]] + l->made_len[pair[1]];
    for (size_t w = 0; w < l->corpus->n_words; w++) {
        int *tok = l->tok + l->corpus->words[w].at;
        size_t to = 0;
        for (size_t i = 0; i < l->len[w]; i++) {
            bool fits = i + 1 < l->len[w] && tok[i] == pair[0] && tok[i + 1] == pair[1];
            tok[to++] = fits ? l->n_tokens : tok[i];
            i += fits;
        }
        l->len[w] = to;
    }
    l->n_tokens++;
}

struct nn_tokenizer *nn_bpe_learn(const struct nn_bpe_corpus *c, int vocab)
{
    enum { BYTES = 256 };
    int room = vocab - NN_CONTROLS > BYTES ? vocab - NN_CONTROLS : BYTES;
    size_t n = (size_t)room;
    struct learner l = {.corpus = c, .n_tokens = BYTES, .max_tokens = room};
    int *tok CLEANUP_FREE = l.tok = xcalloc(c->text_len, sizeof *tok);
    size_t *len CLEANUP_FREE = l.len = xcalloc(c->n_words, sizeof *len);
    uint64_t *pairs CLEANUP_FREE = l.pairs = xcalloc(n * n, sizeof *pairs);
    char(*made)[64] CLEANUP_FREE = l.made = xcalloc(n, sizeof *made);
    size_t *made_len CLEANUP_FREE = l.made_len = xcalloc(n, sizeof *made_len);
    int(*merges)[2] CLEANUP_FREE = xcalloc(n, sizeof *merges);
    size_t n_merges = 0;

    for (size_t i = 0; i < c->text_len; i++)
        tok[i] = (unsigned char)c->text[i];
    for (size_t w = 0; w < c->n_words; w++)
        len[w] = c->words[w].len;
    for (int i = 0; i < BYTES; i++) {
        made[i][0] = (char)i;
        made_len[i] = 1;
    }
    while (l.n_tokens < room) {
        count_pairs(&l);
        if (!best_pair(&l, merges[n_merges]))
            break;
        make_token(&l, merges[n_merges++]);
    }
    return nn_tokenizer_new((const int(*)[2])merges, n_merges);
}
