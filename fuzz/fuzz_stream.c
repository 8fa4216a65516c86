/* Bodies of model servers, cut into chunks by the input itself: never a crash, and the chunking
 * never matters. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/refusal.h"
#include "model/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_body(const struct stream_format *f, const char *body, size_t n, size_t chunk,
                      bool whole, struct stream *s)
{
    stream_open(s, f);
    for (size_t at = 0, k; at < n; at += k) {
        k = n - at < chunk ? n - at : chunk;
        if (stream_feed(s, body + at, k))
            break;
    }
    stream_end(s, whole);
}

static bool same_text(const struct str *a, const struct str *b)
{
    return a->len == b->len && memcmp(str_text(a), str_text(b), a->len) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    const struct stream_format *f = data[0] & 1 ? &stream_openai : &stream_ollama;
    bool whole = data[0] & 2;
    const char *body = (const char *)data + 2;
    size_t chunk = 1 + data[1];
    struct stream a, b;
    struct refusal r;
    n -= 2;
    read_body(f, body, n, n + 1, whole, &a);
    read_body(f, body, n, chunk, whole, &b);
    if (a.fault != b.fault || !same_text(&a.text, &b.text) ||
        !same_text(&a.reasoning, &b.reasoning) || strcmp(a.finish, b.finish) != 0)
        abort();
    if (a.fault == STREAM_OK && (!a.terminated || !a.finish[0]))
        abort();
    stream_free(&a);
    stream_free(&b);
    refusal_read(400, body, n, &r);
    return 0;
}
