/* See label_codes.h. The codes come from the taxonomy's table. */
#include "label/label_codes.h"
#include "taxonomy/taxonomy.h"

/* Groups that are easily confused are next to each other on the screen. */
static const enum taxonomy_group order[LABEL_GROUPS] = {
    GROUP_SPEC,      GROUP_TOOL,   GROUP_DRIFT,  GROUP_VERIFICATION,
    GROUP_REASONING, GROUP_FORMAT, GROUP_BUDGET, GROUP_INFRA};

/* The i-th flag of a group, NULL behind the last. */
static const struct taxonomy_flag *flag_of(size_t group, size_t i)
{
    for (size_t f = 0; f < N_TAXONOMY_FLAGS; f++)
        if (taxonomy_flags[f].group == order[group] && i-- == 0)
            return &taxonomy_flags[f];
    return NULL;
}

char label_group_letter(size_t group)
{
    return flag_of(group, 0)->code[0];
}

const char *label_group_name(size_t group)
{
    return taxonomy_group_name(order[group]);
}

int label_group_of_code(int code)
{
    for (int g = 0; g < LABEL_GROUPS; g++)
        if (taxonomy_flags[code].group == order[g])
            return g;
    return -1;
}

struct label_read label_read(const char *label)
{
    struct taxonomy_label said = taxonomy_read_label(label);
    struct label_read r = {.codes = said.codes, .first = -1, .first_code = said.first_code};
    for (int g = 0; g < LABEL_GROUPS; g++) {
        r.groups |= (said.groups >> order[g] & 1) << g;
        if ((int)order[g] == said.first)
            r.first = g;
    }
    return r;
}

int label_group_of(const char *label)
{
    return label_read(label).first;
}

bool label_code(size_t group, size_t i, const char **code, const char **name)
{
    const struct taxonomy_flag *f = flag_of(group, i);
    if (!f)
        return false;
    *code = f->code;
    *name = f->name;
    return true;
}
