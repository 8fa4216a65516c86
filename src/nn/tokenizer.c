/* Encoding and decoding; making a tokenizer from merges or from a file's lists. */
#include "nn/tokenizer.h"
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "nn/pretok.h"

const char *const nn_control_text[NN_CONTROLS] = {"<|end|>", "<|system|>", "<|user|>",
                                                  "<|assistant|>"};

enum { BYTES = 256, NO_MERGE = -1, TYPE_NORMAL = 1, TYPE_CONTROL = 3 };

struct nn_tokenizer {
    struct nn_merge *merges; /* [n_merges] in rank order */
    size_t n_merges;
    struct str *bytes; /* [size] */
    int size;
    int *slots; /* [n_slots] hash table over (left, right): rank or NO_MERGE */
    size_t n_slots;
};

static size_t slot_of(const struct nn_tokenizer *t, int left, int right)
{
    uint64_t h = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(h >> 32) & (t->n_slots - 1);

    while (t->slots[i] != NO_MERGE) {
        const struct nn_merge *m = &t->merges[t->slots[i]];
        if (m->left == left && m->right == right)
            break;
        i = (i + 1) & (t->n_slots - 1);
    }
    return i;
}

static int rank_of(const struct nn_tokenizer *t, int left, int right)
{
    return t->slots[slot_of(t, left, right)];
}

struct nn_tokenizer *nn_tokenizer_new(const int (*merges)[2], size_t n_merges)
{
    struct nn_tokenizer *t = xcalloc(1, sizeof *t);

    t->size = BYTES + (int)n_merges + NN_CONTROLS;
    t->n_merges = n_merges;
    t->merges = xcalloc(n_merges + 1, sizeof *t->merges);
    t->bytes = xcalloc((size_t)t->size, sizeof *t->bytes);
    for (t->n_slots = 16; t->n_slots < 4 * n_merges; t->n_slots *= 2)
        ;
    t->slots = xmalloc(t->n_slots * sizeof *t->slots);
    for (size_t i = 0; i < t->n_slots; i++)
        t->slots[i] = NO_MERGE;
    for (int i = 0; i < BYTES; i++)
        str_addc(&t->bytes[i], (char)i);
    for (size_t i = 0; i < n_merges; i++) {
        int left = merges[i][0], right = merges[i][1];
        size_t slot = slot_of(t, left, right);
        struct str *whole = &t->bytes[BYTES + i];
        t->merges[i] = (struct nn_merge){.left = left, .right = right, .whole = BYTES + (int)i};
        if (t->slots[slot] == NO_MERGE) /* a repeated pair keeps its first rank */
            t->slots[slot] = (int)i;
        str_addn(whole, t->bytes[left].p, t->bytes[left].len);
        str_addn(whole, t->bytes[right].p, t->bytes[right].len);
    }
    for (int i = 0; i < NN_CONTROLS; i++)
        str_add(&t->bytes[nn_tokenizer_control(t, (enum nn_control)i)], nn_control_text[i]);
    return t;
}

void nn_tokenizer_free(struct nn_tokenizer *t)
{
    if (!t)
        return;
    for (int i = 0; i < t->size; i++)
        str_free(&t->bytes[i]);
    free(t->bytes);
    free(t->merges);
    free(t->slots);
    free(t);
}

int nn_tokenizer_size(const struct nn_tokenizer *t)
{
    return t->size;
}

int nn_tokenizer_control(const struct nn_tokenizer *t, enum nn_control which)
{
    return t->size - NN_CONTROLS + (int)which;
}

bool nn_tokenizer_is_control(const struct nn_tokenizer *t, int token)
{
    return token >= t->size - NN_CONTROLS;
}

size_t nn_tokenizer_merges(const struct nn_tokenizer *t, const struct nn_merge **merges)
{
    *merges = t->merges;
    return t->n_merges;
}

const char *nn_tokenizer_bytes(const struct nn_tokenizer *t, int token, size_t *n)
{
    *n = t->bytes[token].len;
    return t->bytes[token].p;
}

/* Applies merges by rising rank, each from left to right wherever it fits: one sweep per rank that
 * occurs, so a pre-token of any length costs at most n_merges sweeps. Returns the new length. */
static size_t merge_word(const struct nn_tokenizer *t, int *tok, size_t n)
{
    for (;;) {
        int best = NO_MERGE;
        size_t to = 0;

        for (size_t i = 0; i + 1 < n; i++) {
            int rank = rank_of(t, tok[i], tok[i + 1]);
            if (rank != NO_MERGE && (best == NO_MERGE || rank < best))
                best = rank;
        }
        if (best == NO_MERGE)
            return n;
        const struct nn_merge *m = &t->merges[best];
        for (size_t i = 0; i < n; i++) {
            bool fits = i + 1 < n && tok[i] == m->left && tok[i + 1] == m->right;
            tok[to++] = fits ? m->whole : tok[i];
            i += fits;
        }
        n = to;
    }
}

void nn_tokenizer_encode(const struct nn_tokenizer *t, const char *s, size_t n, int **out,
                         size_t *len, size_t *cap)
{
    while (n > 0) {
        size_t piece = nn_pretok_next(s, n);
        *out = xgrow(*out, cap, *len + piece, sizeof **out);
        for (size_t i = 0; i < piece; i++)
            (*out)[*len + i] = (unsigned char)s[i];
        *len += merge_word(t, *out + *len, piece);
        s += piece;
        n -= piece;
    }
}

void nn_tokenizer_decode(const struct nn_tokenizer *t, const int *tokens, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++)
        if (!nn_tokenizer_is_control(t, tokens[i]))
            str_addn(out, t->bytes[tokens[i]].p, t->bytes[tokens[i]].len);
}

/* The letter GPT-2 shows a byte as: itself where printable, else one from U+0100 on. */
static int letter_of(unsigned char byte)
{
    static const unsigned char first_hidden[] = {0, 127, 173}, last_hidden[] = {32, 160, 173};
    int hidden = 0;

    for (size_t i = 0; i < sizeof first_hidden; i++) {
        if (byte > last_hidden[i])
            hidden += last_hidden[i] - first_hidden[i] + 1;
        else if (byte >= first_hidden[i])
            return 0x100 + hidden + byte - first_hidden[i];
    }
    return byte;
}

void nn_tokenizer_spell(const struct nn_tokenizer *t, int token, struct str *out)
{
    const struct str *b = &t->bytes[token];

    if (nn_tokenizer_is_control(t, token)) {
        str_add(out, b->p);
        return;
    }
    for (size_t i = 0; i < b->len; i++) {
        int c = letter_of((unsigned char)b->p[i]);
        if (c >= 0x80)
            str_addc(out, (char)(0xC0 | c >> 6));
        str_addc(out, (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c));
    }
}

struct spelling {
    const char *text;
    int token;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct spelling *)a)->text, ((const struct spelling *)b)->text);
}

static int token_spelt(const struct spelling *sorted, size_t n, const char *text)
{
    struct spelling key = {.text = text};
    const struct spelling *hit = bsearch(&key, sorted, n, sizeof *sorted, by_text);
    return hit ? hit->token : -1;
}

/* "left right" -> tokens made before token `limit` */
static bool parse_merge(const struct spelling *sorted, size_t n, const char *merge, int limit,
                        int pair[2])
{
    const char *space = strchr(merge, ' ');
    char *left CLEANUP_FREE = space ? xstrndup(merge, (size_t)(space - merge)) : NULL;

    if (!left)
        return false;
    pair[0] = token_spelt(sorted, n, left);
    pair[1] = token_spelt(sorted, n, space + 1);
    return pair[0] >= 0 && pair[0] < limit && pair[1] >= 0 && pair[1] < limit;
}

/* Does the rebuilt tokenizer agree with the file's lists? */
static bool agrees(const struct nn_tokenizer *t, const char *const *tokens, const int32_t *types)
{
    bool same = true;

    for (int i = 0; i < t->size && same; i++) {
        struct str spelt = {0};
        nn_tokenizer_spell(t, i, &spelt);
        same = strcmp(str_text(&spelt), tokens[i]) == 0 &&
               types[i] == (nn_tokenizer_is_control(t, i) ? TYPE_CONTROL : TYPE_NORMAL);
        str_free(&spelt);
    }
    return same;
}

int nn_tokenizer_from_lists(const char *const *tokens, const int32_t *types, size_t n_tokens,
                            const char *const *merges, size_t n_merges, const char *what,
                            struct nn_tokenizer **out, struct err *err)
{
    struct spelling *sorted CLEANUP_FREE = xcalloc(n_tokens, sizeof *sorted);
    int(*pairs)[2] CLEANUP_FREE = xcalloc(n_merges, sizeof *pairs);
    struct nn_tokenizer *t;

    if (n_tokens != BYTES + n_merges + NN_CONTROLS)
        return err_input(
            err,
            "%s: %zu tokens and %zu merges; this program reads tokenizers of 256 bytes, the "
            "merges and %d control tokens",
            what, n_tokens, n_merges, NN_CONTROLS);
    for (size_t i = 0; i < n_tokens; i++)
        sorted[i] = (struct spelling){.text = tokens[i], .token = (int)i};
    qsort(sorted, n_tokens, sizeof *sorted, by_text);
    for (size_t i = 0; i < n_merges; i++)
        if (!parse_merge(sorted, n_tokens, merges[i], BYTES + (int)i, pairs[i]))
            return err_input(err, "%s: merge %zu, '%.40s', does not join two earlier tokens", what,
                             i, merges[i]);
    t = nn_tokenizer_new((const int(*)[2])pairs, n_merges);
    if (!agrees(t, tokens, types)) {
        nn_tokenizer_free(t);
        return err_input(err, "%s: the token list does not follow from the merges", what);
    }
    *out = t;
    return 0;
}
