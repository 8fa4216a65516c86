/* SHA-256 by nettle. */
#include "base/hash.h"

#include <nettle/sha2.h>

#include "base/file.h"
#include "base/mem.h"

void hash_sha256(const void *data, size_t n, uint8_t out[32])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, n, data);
    sha256_digest(&ctx, 32, out);
}

void hash_sha256_hex(const void *data, size_t n, char out[HASH_HEX])
{
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[32];
    hash_sha256(data, n, digest);
    for (int i = 0; i < 32; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[HASH_HEX - 1] = '\0';
}

int hash_file_hex(const char *path, char out[HASH_HEX], struct err *err)
{
    char *bytes CLEANUP_FREE = NULL;
    size_t n;
    int rc = file_read(path, 0, &bytes, &n, err);
    if (rc == 0)
        hash_sha256_hex(bytes, n, out);
    return rc;
}
