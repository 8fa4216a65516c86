/* Hashes of a sequence of training problems and of its multiset, and its overlap with the tests. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "gen/curriculum_data.h"
#include "gen/grams.h"

struct curriculum_known {
    const char **texts; /* [n] sorted copies */
    size_t n;
    struct gram_set *grams;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct curriculum_known *curriculum_known_new(const struct suite *tests)
{
    struct curriculum_known *k = xcalloc(1, sizeof *k);
    k->grams = gram_set_new();
    k->texts = xcalloc(tests->n_tasks + 1, sizeof *k->texts);
    for (; k->n < tests->n_tasks; k->n++) {
        k->texts[k->n] = xstrdup(tests->tasks[k->n].prompt);
        gram_set_add(k->grams, tests->tasks[k->n].prompt);
    }
    qsort(k->texts, k->n, sizeof *k->texts, by_text);
    return k;
}

void curriculum_known_free(struct curriculum_known *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->n; i++)
        free((char *)k->texts[i]);
    free(k->texts);
    gram_set_free(k->grams);
    free(k);
}

unsigned curriculum_known_has(const struct curriculum_known *k, const char *prompt)
{
    bool exact = bsearch(&prompt, k->texts, k->n, sizeof *k->texts, by_text) != NULL;
    return (exact ? CURRICULUM_EXACT : 0) |
           (gram_set_meets(k->grams, prompt) ? CURRICULUM_NGRAM : 0);
}

static int by_digest(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void fingerprint(uint8_t (*digest)[32], size_t n, char out[HASH_HEX])
{
    hash_sha256_hex(digest, n * sizeof *digest, out);
}

int curriculum_check(const struct curriculum_set *s, const size_t *sequence,
                     struct curriculum_check *out, struct err *err)
{
    uint8_t(*digest)[32] = xcalloc(s->n + 1, sizeof *digest);
    int rc = 0;
    *out = (struct curriculum_check){0};
    for (size_t i = 0; i < s->n && rc == 0; i++) {
        struct arena *arena = arena_new();
        struct gen_math_item item;
        rc = curriculum_item(s, sequence[i], &item, arena, err);
        if (rc == 0) {
            unsigned found = s->known ? curriculum_known_has(s->known, item.prompt) : 0;
            hash_sha256(item.prompt, strlen(item.prompt), digest[i]);
            out->exact += (found & CURRICULUM_EXACT) != 0;
            out->ngrams += (found & CURRICULUM_NGRAM) != 0;
        }
        arena_free(arena);
    }
    fingerprint(digest, s->n, out->order);
    qsort(digest, s->n, sizeof *digest, by_digest);
    fingerprint(digest, s->n, out->multiset);
    free(digest);
    return rc;
}
