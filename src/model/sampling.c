/* See sampling.h. */
#include "model/sampling.h"

#include <string.h>

#include "base/json.h"
#include "model/refusal.h"

#define AT(member) offsetof(struct model_sampling, member)

const struct sampling_field sampling_fields[] = {
    {"temperature", SAMPLING_USUAL, false, AT(temperature), 0, 5},
    {"top_p", SAMPLING_USUAL, false, AT(top_p), 0.01, 1},
    {"max_tokens", SAMPLING_LIMIT, true, AT(max_tokens), 1, 1e9},
    {"min_p", SAMPLING_EXTRA, false, AT(min_p), 0, 1},
};
const size_t n_sampling_fields = sizeof sampling_fields / sizeof *sampling_fields;

static double value_of(const struct sampling_field *f, const struct model_sampling *how)
{
    const char *at = (const char *)how + f->offset;
    return f->whole ? *(const int *)at : *(const double *)at;
}

static bool is_off(const struct sampling_field *f, const struct model_sampling *how)
{
    return f->use == SAMPLING_EXTRA && value_of(f, how) == 0;
}

static unsigned bit(size_t row)
{
    return (unsigned)FIELD_SAMPLING << row;
}

unsigned sampling_bit(const char *name)
{
    for (size_t i = 0; i < n_sampling_fields; i++)
        if (sampling_fields[i].use != SAMPLING_LIMIT && strcmp(sampling_fields[i].name, name) == 0)
            return bit(i);
    return 0;
}

static void add(const struct sampling_field *f, const struct model_sampling *how, struct str *out)
{
    str_addf(out, ",\"%s\":", f->name);
    if (f->whole)
        str_addf(out, "%d", (int)value_of(f, how));
    else
        json_add_real(value_of(f, how), out);
}

void sampling_add_record(const struct model_sampling *how, struct str *out)
{
    for (size_t i = 0; i < n_sampling_fields; i++)
        if (!is_off(&sampling_fields[i], how))
            add(&sampling_fields[i], how, out);
}

void sampling_add_request(const struct model_sampling *how, bool own_defaults, unsigned without,
                          struct str *out)
{
    for (size_t i = 0; i < n_sampling_fields; i++) {
        const struct sampling_field *f = &sampling_fields[i];
        if (f->use != SAMPLING_LIMIT && !(without & bit(i)) && (own_defaults || !is_off(f, how)))
            add(f, how, out);
    }
}

bool sampling_lost(const struct model_sampling *how, unsigned without)
{
    for (size_t i = 0; i < n_sampling_fields; i++)
        if ((without & bit(i)) && !is_off(&sampling_fields[i], how))
            return true;
    return false;
}
