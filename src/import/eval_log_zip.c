/* Reads archives by their central directory (PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16), also
 * of more than 65,535 members (zip64). Every offset and size in them is checked against the file
 * before it is used, and what is unpacked against the size that was promised. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include "base/mem.h"
#include "import/eval_log_impl.h"

enum { LOCAL = 30, CENTRAL = 46, END = 22, END64 = 56, LOCATOR64 = 20, COMMENT_MAX = 65535 };
enum { STORED = 0, DEFLATED = 8, ZSTANDARD = 93 };

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t x = 0;
    for (int i = bytes - 1; i >= 0; i--)
        x = x << 8 | p[i];
    return x;
}

static bool is_signature(const unsigned char *p, const char *letters)
{
    return p[0] == 'P' && p[1] == 'K' && memcmp(p + 2, letters, 2) == 0;
}

bool zip_is(const char *file, size_t n)
{
    return n >= END && is_signature((const unsigned char *)file, "\3\4");
}

/* Where the central directory begins, and how many members it lists. */
static int find_directory(const struct zip *z, size_t *at, uint64_t *members)
{
    for (size_t back = END; back <= z->n && back <= END + COMMENT_MAX; back++) {
        const unsigned char *end = z->p + z->n - back;
        if (!is_signature(end, "\5\6"))
            continue;
        uint64_t offset = number(end + 16, 4), count = number(end + 10, 2);
        const unsigned char *locator = end - LOCATOR64;
        if ((offset == UINT32_MAX || count == UINT16_MAX) && back + LOCATOR64 <= z->n &&
            is_signature(locator, "\6\7")) {
            uint64_t end64 = number(locator + 8, 8);
            if (z->n < END64 || end64 > z->n - END64 || !is_signature(z->p + end64, "\6\6"))
                return -EINVAL;
            count = number(z->p + end64 + 32, 8);
            offset = number(z->p + end64 + 48, 8);
        }
        *at = (size_t)offset;
        *members = count;
        return offset <= z->n ? 0 : -EINVAL;
    }
    return -EINVAL;
}

/* The entry at `at` is whole: its length, else 0. */
static size_t entry_length(const struct zip *z, size_t at)
{
    if (at > z->n || z->n - at < CENTRAL || !is_signature(z->p + at, "\1\2"))
        return 0;
    const unsigned char *e = z->p + at;
    size_t n = CENTRAL + number(e + 28, 2) + number(e + 30, 2) + number(e + 32, 2);
    return n <= z->n - at ? n : 0;
}

int zip_each(const struct zip *z, zip_member_fn *fn, void *ctx)
{
    uint64_t members = 0;
    size_t at = 0, n;
    int rc = find_directory(z, &at, &members);
    for (uint64_t i = 0; rc == 0 && i < members; i++, at += n) {
        if ((n = entry_length(z, at)) == 0)
            return -EINVAL;
        char *name CLEANUP_FREE =
            xstrndup((const char *)z->p + at + CENTRAL, (size_t)number(z->p + at + 28, 2));
        rc = fn(ctx, name, at);
    }
    return rc;
}

/* Sizes and offset of an entry; those of 4 GiB or more stand in its extra field (zip64). */
static void entry_sizes(const unsigned char *e, uint64_t *packed, uint64_t *whole, uint64_t *offset)
{
    uint64_t *of[] = {whole, packed, offset};
    const unsigned char *extra = e + CENTRAL + number(e + 28, 2), *end = extra + number(e + 30, 2);
    *packed = number(e + 20, 4);
    *whole = number(e + 24, 4);
    *offset = number(e + 42, 4);
    for (size_t n; end - extra >= 4; extra += n) {
        const unsigned char *p = extra + 4;
        n = 4 + (size_t)number(extra + 2, 2);
        if (n > (size_t)(end - extra))
            return;
        for (int i = 0; number(extra, 2) == 1 && i < 3; i++)
            if (*of[i] == UINT32_MAX && extra + n - p >= 8) {
                *of[i] = number(p, 8);
                p += 8;
            }
    }
}

static bool inflate_all(const unsigned char *in, size_t n, char *out, size_t whole)
{
    z_stream s = {.next_in = (unsigned char *)in, .avail_in = (uInt)n};
    if (n > UINT32_MAX || whole > UINT32_MAX || inflateInit2(&s, -MAX_WBITS) != Z_OK)
        return false;
    unsigned char none = 0;
    s.next_out = whole ? (unsigned char *)out : &none;
    s.avail_out = (uInt)whole;
    int rc = inflate(&s, Z_FINISH);
    bool good = rc == Z_STREAM_END && s.total_out == whole;
    inflateEnd(&s);
    return good;
}

int zip_get(const struct zip *z, size_t index, size_t max, char **out, size_t *n)
{
    uint64_t packed, whole, offset;
    const unsigned char *e = z->p + index;
    entry_sizes(e, &packed, &whole, &offset);
    if (whole > max)
        return -EFBIG;
    if (offset > z->n || z->n - offset < LOCAL || !is_signature(z->p + offset, "\3\4"))
        return -EINVAL;
    const unsigned char *local = z->p + offset;
    uint64_t data = offset + LOCAL + number(local + 26, 2) + number(local + 28, 2);
    if (data > z->n || packed > z->n - data || (number(e + 8, 2) & 1)) /* 1: encrypted */
        return -EINVAL;
    uint64_t method = number(e + 10, 2);
    char *bytes = xcalloc((size_t)whole + 1, 1);
    bool good = false;
    if (method == STORED && packed == whole) {
        memcpy(bytes, z->p + data, (size_t)whole);
        good = true;
    } else if (method == DEFLATED) {
        good = inflate_all(z->p + data, (size_t)packed, bytes, (size_t)whole);
    } else if (method == ZSTANDARD) {
        good = ZSTD_decompress(bytes, (size_t)whole, z->p + data, (size_t)packed) == whole;
    } else {
        free(bytes);
        return -ENOTSUP;
    }
    if (!good || crc32(0, (const unsigned char *)bytes, (uInt)whole) != number(e + 16, 4)) {
        free(bytes);
        return -EINVAL;
    }
    *out = bytes;
    *n = (size_t)whole;
    return 0;
}
