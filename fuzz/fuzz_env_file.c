/* Files of environment variables: whatever the bytes, variables with names or one sentence. */
#include <stdint.h>
#include <stdlib.h>

#include "base/env_file.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct env_file f = {0};
    struct err err = {0};
    if (env_file_parse("fuzz.env", (const char *)data, n, &f, &err) != 0) {
        if (err.msg[0] == '\0' || f.n > 0)
            abort();
        return 0;
    }
    for (size_t i = 0; i < f.n; i++)
        if (f.v[i].name[0] == '\0')
            abort();
    env_file_free(&f);
    return 0;
}
