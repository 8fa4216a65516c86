/* Weight files: whatever the bytes, a model or one sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "nn/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct nn_weights w;
    struct err err = {0};
    if (nn_weights_parse("input", data, n, &w, &err) == 0)
        nn_weights_free(&w);
    else if (err.kind != ERR_INPUT || strncmp(err.msg, "input: ", 7) != 0 || strchr(err.msg, '\n'))
        abort();
    return 0;
}
