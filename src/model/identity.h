/* Is it still the same model? What of an identity (model_probe) tells models apart, compared. */
#pragma once
#include <jansson.h>

/* What differs, as "its digest was 'a', it is 'b'", NULL = nothing that both of them tell. Of the
 * models of roles, too. Caller frees. */
char *identity_diff(const json_t *was, const json_t *is);
