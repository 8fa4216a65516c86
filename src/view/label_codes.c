/* The groups and codes of the failure taxonomy, as a person picks them. */
#include "view/label_codes.h"
#include "base/str.h"

static const struct {
    char letter;
    const char *name;
    struct {
        const char *code, *name;
    } codes[8];
} groups[LABEL_GROUPS] = {
    {'S',
     "spec error",
     {{"S1", "entry point or arity"},
      {"S2", "return type"},
      {"S3", "fails a shown test"},
      {"S4", "banned import or I/O"},
      {"S5", "answer type, unit, range"},
      {"S6", "invented given"}}},
    {'T',
     "tool misuse",
     {{"T1", "unknown tool"},
      {"T2", "bad argument"},
      {"T3", "caller's error"},
      {"T4", "same call again"},
      {"T5", "empty output"},
      {"T6", "answer from nowhere"},
      {"T7", "prints a constant"},
      {"T8", "tool not used"}}},
    {'P',
     "plan drift",
     {{"P1", "step left out"},
      {"P2", "step not in plan"},
      {"P3", "order broken"},
      {"P4", "plan repeats"},
      {"P5", "value changed"},
      {"P6", "program repeats"}}},
    {'V',
     "verification gap",
     {{"V1", "right one not submitted"},
      {"V2", "never executed"},
      {"V3", "accepts wrong"},
      {"V4", "rejects right"},
      {"V5", "unsound self-test"},
      {"V6", "accepts despite log"}}},
    {'R',
     "reasoning",
     {{"R1", "wrong value"},
      {"R2", "exception"},
      {"R3", "out of time in test"},
      {"R4", "gold step missed"}}},
    {'F',
     "format",
     {{"F1", "no answer or code"}, {"F2", "no plan after re-ask"}, {"F3", "conflicting finals"}}},
    {'B',
     "budget",
     {{"B1", "out of tokens"},
      {"B2", "out of calls"},
      {"B3", "out of tool runs"},
      {"B4", "out of time"}}},
    {'I', "infrastructure", {{"I1", "server or sandbox error"}, {"I2", "reference fails"}}},
};

char label_group_letter(size_t group)
{
    return groups[group].letter;
}

const char *label_group_name(size_t group)
{
    return groups[group].name;
}

int label_group_of(const char *label)
{
    for (int g = 0; g < LABEL_GROUPS; g++) {
        if (label[0] != groups[g].letter)
            continue;
        const char *code, *name;
        for (size_t i = 0; label_code((size_t)g, i, &code, &name); i++)
            if (str_eq(code, label))
                return g;
        return label[1] ? -1 : g;
    }
    return -1;
}

bool label_code(size_t group, size_t i, const char **code, const char **name)
{
    if (i >= sizeof groups[group].codes / sizeof groups[group].codes[0] ||
        !groups[group].codes[i].code)
        return false;
    *code = groups[group].codes[i].code;
    *name = groups[group].codes[i].name;
    return true;
}
