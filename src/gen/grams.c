/* Hashes of runs of words in a table with open addressing. A collision can only report a text as
 * seen that is new.
 */
#include "gen/grams.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

enum { GRAM_WORDS = 13, FIRST_SLOTS = 1024 };

struct gram_set {
    uint64_t *hash; /* [n_slots] 0 = free; a power of two, at most half full */
    size_t n, n_slots;
};

struct gram_set *gram_set_new(void)
{
    struct gram_set *s = xcalloc(1, sizeof *s);
    s->n_slots = FIRST_SLOTS;
    s->hash = xcalloc(s->n_slots, sizeof *s->hash);
    return s;
}

void gram_set_free(struct gram_set *s)
{
    if (!s)
        return;
    free(s->hash);
    free(s);
}

/* The slot that holds the hash, or the free one where it belongs. */
static uint64_t *slot_of(const struct gram_set *s, uint64_t hash)
{
    size_t i = hash & (s->n_slots - 1);
    while (s->hash[i] && s->hash[i] != hash)
        i = (i + 1) & (s->n_slots - 1);
    return &s->hash[i];
}

static void grow(struct gram_set *s)
{
    struct gram_set old = *s;
    s->n_slots *= 2;
    s->hash = xcalloc(s->n_slots, sizeof *s->hash);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.hash[i])
            *slot_of(s, old.hash[i]) = old.hash[i];
    free(old.hash);
}

/* FNV-1a of GRAM_WORDS words from `at`, never 0; 0 when the text ends before. */
static uint64_t hash_at(const char *at)
{
    uint64_t hash = 14695981039346656037u;
    for (int words = 0; words < GRAM_WORDS; words++) {
        if (!*at)
            return 0;
        for (; *at && *at != ' '; at++)
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
        hash = (hash ^ ' ') * 1099511628211u;
        at += strspn(at, " ");
    }
    return hash ? hash : 1;
}

static const char *next_word(const char *at)
{
    at += strcspn(at, " ");
    return at + strspn(at, " ");
}

void gram_set_add(struct gram_set *s, const char *text)
{
    uint64_t hash;
    for (const char *at = text + strspn(text, " "); (hash = hash_at(at)); at = next_word(at)) {
        uint64_t *slot = slot_of(s, hash);
        s->n += *slot == 0;
        *slot = hash;
        if (2 * s->n > s->n_slots)
            grow(s);
    }
}

bool gram_set_meets(const struct gram_set *s, const char *text)
{
    uint64_t hash;
    for (const char *at = text + strspn(text, " "); (hash = hash_at(at)); at = next_word(at))
        if (*slot_of(s, hash))
            return true;
    return false;
}
