/* Error bodies of servers: whatever they say, a refusal is of one kind, its numbers make sense, and
 * its sentence is valid text. The first byte chooses the status. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/refusal.h"
#include "model/refusal_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct refusal *r, long status)
{
    if (r->prompt_tokens < 0 || r->context < 0 || r->room < 0)
        abort();
    if ((r->kind == REFUSAL_FIELD) != (r->fields != 0))
        abort();
    if (r->room > 0 && r->kind != REFUSAL_ROOM)
        abort();
    if (status == 503 && r->kind != REFUSAL_OTHER && r->kind != REFUSAL_QUOTA)
        abort();
    if (r->family && (r->row < 0 || (size_t)r->row >= (r->kind == REFUSAL_FIELD ? n_field_rows
                                                                                : n_overflow_rows)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const long statuses[] = {400, 413, 422, 500, 503, 429, 404};
    if (n == 0)
        return 0;
    long status = statuses[data[0] % 7];
    const char *body = (const char *)data + 1;
    struct refusal r, again;
    refusal_read(status, body, n - 1, &r);
    check(&r, status);
    char *text = refusal_text(body, n - 1);
    if (!utf8_valid(text, strlen(text)))
        abort();
    /* said in plain text instead of JSON, the sentence still means no more than it did */
    refusal_read(status, text, strlen(text), &again);
    check(&again, status);
    free(text);
    return 0;
}
