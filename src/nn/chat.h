/* The chat template. It is also written into the weight file as a Jinja template, and it is one
 * that llama.cpp and Ollama know (Phi-3's), so every program builds the same prompt. */
#pragma once
#include <stddef.h>

struct err;
struct nn_tokenizer;

struct nn_message {
    const char *role, *content;
};

extern const char nn_chat_template[];

/* Appends the tokens of all messages and of the opening of the assistant's turn. Control tokens
 * spelt out inside a message are plain text here. ERR_INPUT for a role other than system, user,
 * assistant. */
int nn_chat_encode(const struct nn_tokenizer *t, const struct nn_message *messages, size_t n,
                   int **out, size_t *len, size_t *cap, struct err *err);
