/* The table of flags and what follows from it: sets of codes as text, and which of several flags
 * names a failure. 'hrm tag --list' prints the table; taxonomy_test.c compares docs/taxonomy.md
 * with it. */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/rules.h"
#include "taxonomy/taxonomy.h"

/* INFRA > BUDGET > FORMAT > TOOL > V1/V2/V6 > SPEC > DRIFT > V3 > REASON, and within a
 * tier the earlier row. Three exceptions: failing a shown test (S3) holds for nearly every failure
 * on code, and which steps are carried out in which order (P1 to P3) is up to the controller, so
 * they come after REASON, which says what was wrong. F4 to F6, V4 and V5 say something of one role
 * and not of the submission; they name a failure only where nothing else does. */
enum tier {
    TIER_INFRA,
    TIER_BUDGET,
    TIER_FORMAT,
    TIER_TOOL,
    TIER_THROWN_AWAY, /* a right candidate was not submitted, or never examined */
    TIER_SPEC,
    TIER_DRIFT,
    TIER_LET_PASS, /* a verifier accepted a wrong candidate */
    TIER_REASONING,
    TIER_SHOWN,      /* a shown test failed, as most wrong programs do */
    TIER_CONTROLLER, /* steps left out, added or out of order: the controller carries them out */
    TIER_ROLE,
    N_TIERS,
};

const struct taxonomy_flag taxonomy_flags[N_TAXONOMY_FLAGS] = {
#define FLAG(code, holds, group, tier, who, wrong, ...)                                            \
    {#code, group, __VA_ARGS__, holds, tier, who, wrong},
#include "taxonomy/flag_list.h"
};

static const char *const group_names[N_TAXONOMY_GROUPS] = {[GROUP_INFRA] = "infrastructure",
                                                           [GROUP_BUDGET] = "budget",
                                                           [GROUP_FORMAT] = "format",
                                                           [GROUP_TOOL] = "tool misuse",
                                                           [GROUP_SPEC] = "spec error",
                                                           [GROUP_DRIFT] = "plan drift",
                                                           [GROUP_VERIFICATION] =
                                                               "verification gap",
                                                           [GROUP_REASONING] = "reasoning"};

const char *taxonomy_group_name(enum taxonomy_group g)
{
    return group_names[g];
}

taxonomy_set taxonomy_group_codes(enum taxonomy_group g)
{
    taxonomy_set set = 0;
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (taxonomy_flags[i].group == g)
            set |= (taxonomy_set)1 << i;
    return set;
}

taxonomy_set taxonomy_of_both(void)
{
    taxonomy_set set = 0;
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (taxonomy_flags[i].who == BY_BOTH)
            set |= (taxonomy_set)1 << i;
    return set;
}

taxonomy_set taxonomy_comparable(void)
{
    taxonomy_set set = taxonomy_of_both();
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (taxonomy_flags[i].outcome == ONLY_WRONG)
            set &= ~((taxonomy_set)1 << i);
    return set;
}

/* The code at word[n]; looked for from row `from` on and then from the first one. */
static int index_of(const char *word, size_t n, int from)
{
    for (int k = 0; n == 2 && k < N_TAXONOMY_FLAGS; k++) {
        int i = from + k < N_TAXONOMY_FLAGS ? from + k : from + k - N_TAXONOMY_FLAGS;
        if (word[0] == taxonomy_flags[i].code[0] && word[1] == taxonomy_flags[i].code[1])
            return i;
    }
    return -1;
}

int taxonomy_index(const char *code)
{
    return index_of(code, strlen(code), 0);
}

taxonomy_set taxonomy_parse(const char *codes)
{
    taxonomy_set set = 0;
    int last = 0; /* codes are written in the order of the table */
    for (const char *p = codes; *p;) {
        size_t n = strcspn(p, " ");
        int i = index_of(p, n, last);
        if (i >= 0)
            set |= (taxonomy_set)1 << (last = i);
        p += n + strspn(p + n, " ");
    }
    return set;
}

const char *taxonomy_text(taxonomy_set set, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (set >> i & 1)
            str_addf(&s, "%s%s", s.len ? " " : "", taxonomy_flags[i].code);
    return arena_strndup(arena, str_text(&s), s.len);
}

static int group_with_letter(char letter)
{
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (taxonomy_flags[i].code[0] == letter)
            return (int)taxonomy_flags[i].group;
    return -1;
}

struct taxonomy_label taxonomy_read_label(const char *label)
{
    static const struct taxonomy_label none = {.first = -1, .first_code = -1};
    struct taxonomy_label r = none;
    for (const char *p = label;; p++) {
        size_t n = strcspn(p, ",+");
        int code = index_of(p, n, 0);
        int group = n == 1     ? group_with_letter(*p)
                    : code < 0 ? -1
                               : (int)taxonomy_flags[code].group;
        if (group < 0)
            return none;
        if (p == label)
            r.first = group, r.first_code = code;
        taxonomy_set named = code < 0 ? 0 : (taxonomy_set)1 << code;
        r.groups |= 1u << group;
        r.codes |= named;
        r.named |= code < 0 ? taxonomy_group_codes((enum taxonomy_group)group) : named;
        p += n;
        if (!*p)
            return r;
    }
}

int taxonomy_primary(taxonomy_set flags)
{
    int best = -1;
    for (int i = N_TAXONOMY_FLAGS - 1; i >= 0; i--)
        if (flags >> i & 1 && (best < 0 || taxonomy_flags[i].tier <= taxonomy_flags[best].tier))
            best = i;
    return best;
}

int taxonomy_ranked(int rank)
{
    taxonomy_set left = TAXONOMY_ALL;
    while (rank-- > 0)
        left &= ~((taxonomy_set)1 << taxonomy_primary(left));
    return taxonomy_primary(left);
}
