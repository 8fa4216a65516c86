/* Byte-level BPE (Sennrich 2016, on bytes as in GPT-2), of the kind GGUF calls `gpt2`, split by
 * pretok.h. Takes any bytes.
 *
 * Tokens: the 256 bytes, the merges in rank order, then four control tokens (never text). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;

enum nn_control { NN_END, NN_SYSTEM, NN_USER, NN_ASSISTANT, NN_CONTROLS };
extern const char *const nn_control_text[NN_CONTROLS]; /* "<|end|>", "<|system|>", ... */

struct nn_merge {
    int left, right; /* tokens */
    int whole;       /* token */
};

struct nn_tokenizer;

void nn_tokenizer_free(struct nn_tokenizer *t); /* NULL is legal */
int nn_tokenizer_size(const struct nn_tokenizer *t);
int nn_tokenizer_control(const struct nn_tokenizer *t, enum nn_control which); /* token */
bool nn_tokenizer_is_control(const struct nn_tokenizer *t, int token);
size_t nn_tokenizer_merges(const struct nn_tokenizer *t, const struct nn_merge **merges);
/* The bytes of a token (of a control token: its name, which decoding leaves out). Borrowed. */
const char *nn_tokenizer_bytes(const struct nn_tokenizer *t, int token, size_t *n);

/* Appends the tokens of s[0..n) to *out, growing it (xgrow); never frees it. */
void nn_tokenizer_encode(const struct nn_tokenizer *t, const char *s, size_t n, int **out,
                         size_t *len, size_t *cap);
/* Appends the bytes of tokens (not necessarily UTF-8) to out. */
void nn_tokenizer_decode(const struct nn_tokenizer *t, const int *tokens, size_t n,
                         struct str *out);

/* From pieces: merges[n][2] are token pairs in rank order; token 256 + i is what merge i makes. */
struct nn_tokenizer *nn_tokenizer_new(const int (*merges)[2], size_t n_merges);
/* From the lists a GGUF file holds (texts in the GPT-2 byte alphabet, merges "left right").
 * ERR_INPUT when they are not of this kind. */
int nn_tokenizer_from_lists(const char *const *tokens, const int32_t *types, size_t n_tokens,
                            const char *const *merges, size_t n_merges, const char *what,
                            struct nn_tokenizer **out, struct err *err);
/* A token in the GPT-2 byte alphabet: printable UTF-8, a letter per byte. Appended to out. */
void nn_tokenizer_spell(const struct nn_tokenizer *t, int token, struct str *out);

/* Learning: the pair that occurs most often becomes a token (ties: the lower pair of tokens), until
 * there are `vocab` tokens or no pair occurs twice. */
struct nn_bpe_corpus;
struct nn_bpe_corpus *nn_bpe_corpus_new(void);
void nn_bpe_corpus_free(struct nn_bpe_corpus *c);
void nn_bpe_corpus_add(struct nn_bpe_corpus *c, const char *text, size_t n);
struct nn_tokenizer *nn_bpe_learn(const struct nn_bpe_corpus *c, int vocab);
