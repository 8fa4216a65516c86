/* See label_codes.h. The codes come from the taxonomy's table. */
#include "label/label_codes.h"
#include <string.h>
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

static int group_with_letter(char letter)
{
    for (int g = 0; g < LABEL_GROUPS; g++)
        if (letter == label_group_letter((size_t)g))
            return g;
    return -1;
}

struct label_read label_read(const char *label)
{
    static const struct label_read none = {0, 0, -1, -1};
    struct label_read r = none;
    for (const char *p = label;; p++) {
        size_t n = strcspn(p, ",+");
        char word[3] = {0};
        if (n < 1 || n > 2)
            return none;
        memcpy(word, p, n);
        int code = n == 2 ? taxonomy_index(word) : -1;
        int group = n == 1 ? group_with_letter(*p) : code < 0 ? -1 : label_group_of_code(code);
        if (group < 0)
            return none;
        if (p == label)
            r.first = group, r.first_code = code;
        r.groups |= 1u << group;
        r.codes |= code < 0 ? 0 : (taxonomy_set)1 << code;
        p += n;
        if (!*p)
            return r;
    }
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
