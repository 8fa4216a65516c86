/* See model_words.h. */
#include "analysis/model_words.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

void words_free(struct word_list *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->text[i]);
}
static void add_word(struct word_list *w, const char *text, size_t n)
{
    if (n == 0 || w->n == WORDS_MAX)
        return;
    char *word = xstrndup(text, n);
    for (char *c = word; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    w->text[w->n++] = word;
}

/* A dot between digits belongs to a number: "2.5". */
static bool parts_words(const char *name, size_t i)
{
    unsigned char c = (unsigned char)name[i];
    if (c == '.')
        return i == 0 || !isdigit((unsigned char)name[i - 1]) ||
               !isdigit((unsigned char)name[i + 1]);
    return !isalnum(c) && c != '*';
}

/* "Qwen/Qwen2.5-Coder:0.5B_x" as qwen2.5, coder, 0.5b, x. */
static void split_name(const char *name, struct word_list *out)
{
    const char *base = file_base(name);
    size_t start = 0, i = 0;
    for (; base[i]; i++) {
        if (!parts_words(base, i))
            continue;
        add_word(out, base + start, i - start);
        start = i + 1;
    }
    add_word(out, base + start, i - start);
}

bool word_is_listed(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, list[i]) == 0)
            return true;
    return false;
}

/* "q4", "iq3": the first word of a quantisation. */
static bool begins_quantisation(const char *word)
{
    word += *word == 'i';
    return word[0] == 'q' && word[1] >= '1' && word[1] <= '8' && !word[2];
}

static bool continues_quantisation(const char *word)
{
    static const char *const parts[] = {"k", "m", "s", "l", "xl", "xs", "xxs", "nl", "0", "1"};
    return word_is_listed(word, parts, sizeof parts / sizeof *parts);
}

/* llama3.1 and llama-3.1 are the same: a number behind letters is a word of its own. */
static void add_parts(struct word_list *w, const char *word)
{
    size_t start = 0, n = strlen(word);
    for (size_t i = 1; i < n; i++) {
        if (!isdigit((unsigned char)word[i]) || !isalpha((unsigned char)word[i - 1]))
            continue;
        add_word(w, word + start, i - start);
        start = i;
    }
    add_word(w, word + start, n - start);
}

void words_of_model(const char *name, const char *const *ignored, size_t n_ignored,
                    struct word_list *out)
{
    struct word_list all CLEANUP_WORDS = {0};
    split_name(name, &all);
    bool quantisation = false;
    for (size_t i = 0; i < all.n; i++) {
        quantisation = begins_quantisation(all.text[i]) ||
                       (quantisation && continues_quantisation(all.text[i]));
        if (!quantisation && !word_is_listed(all.text[i], ignored, n_ignored))
            add_parts(out, all.text[i]);
    }
}

char *words_quantisation(const char *name)
{
    static const char *const whole[] = {"awq",  "gptq", "fp16", "bf16", "f16", "f32",
                                        "fp32", "int4", "int8", "4bit", "8bit"};
    struct word_list all CLEANUP_WORDS = {0};
    struct str s = {0};
    split_name(name, &all);
    for (size_t i = 0; i < all.n; i++) {
        if (s.len && !continues_quantisation(all.text[i]))
            break;
        if (s.len)
            str_addf(&s, "_%s", all.text[i]);
        else if (begins_quantisation(all.text[i]) ||
                 word_is_listed(all.text[i], whole, sizeof whole / sizeof *whole))
            str_add(&s, all.text[i]);
    }
    for (size_t i = 0; i < s.len; i++)
        s.p[i] = (char)toupper((unsigned char)s.p[i]);
    str_add(&s, "");
    return s.p ? str_take(&s) : xstrdup("");
}
