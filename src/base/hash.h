/* SHA-256 (nettle). */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct err;
#define HASH_HEX 65 /* 64 hex digits and NUL */

void hash_sha256(const void *data, size_t n, uint8_t out[32]);
void hash_sha256_hex(const void *data, size_t n, char out[HASH_HEX]);
int hash_file_hex(const char *path, char out[HASH_HEX], struct err *err);
