/* Pre-tokens: the pieces of text across which the tokenizer never merges. Exactly the rule that
 * GGUF files name `tokenizer.ggml.pre = qwen2`:
 *
 *   (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} | ?[^\s\p{L}\p{N}]+[\r\n]*
 *   | \s*[\r\n]+ | \s+(?!\S) | \s+
 *
 * the first alternative that matches wins; digits stand alone. */
#pragma once
#include <stddef.h>

/* Bytes of the pre-token at s, 1..n for n > 0. Any bytes are taken; one that is not UTF-8 counts as
 * a symbol. The result depends on s[0..n) only, so a text is split by calling this again behind
 * each piece. */
size_t nn_pretok_next(const char *s, size_t n);
