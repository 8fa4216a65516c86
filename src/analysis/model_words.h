/* What a model's name says: "Qwen/Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf" is qwen, 2.5, coder,
 * 0.5b, instruct. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/mem.h"

enum { WORDS_MAX = 32 };

struct word_list {
    char *text[WORDS_MAX]; /* owned, in lower case */
    size_t n;
};

void words_free(struct word_list *w);
#define CLEANUP_WORDS CLEANUP(words_free)

/* The words that say which model it is: without what stands before the last '/', a quantisation and
 * those of `ignored`. A number behind letters is a word of its own. */
void words_of_model(const char *name, const char *const *ignored, size_t n_ignored,
                    struct word_list *out);
/* "Q4_K_M" out of a name; "" when it has none. Caller frees. */
char *words_quantisation(const char *name);
bool word_is_listed(const char *word, const char *const *list, size_t n); /* whatever its case */
