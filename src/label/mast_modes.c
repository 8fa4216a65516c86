/* See mast_modes.h. */
#include "label/mast_modes.h"
#include <ctype.h>
#include <string.h>
#include "base/str.h"

/* The judgements of this table: a code stands for a mode where what triggers the code is what the
 * mode describes. Modes about the talk between agents have none, since our roles do not converse.
 */
const struct mast_mode mast_modes[] = {
    {"1.1", "disobey task specification", "", "S1 S2 S4 S5 S6 F1"},
    {"1.2", "disobey role specification", "", ""},
    {"1.3", "step repetition", "", "P6 T4 P4"},
    {"1.4", "loss of conversation history", "", ""},
    {"1.5", "unaware of termination conditions", "unaware of stopping conditions", "B1 B2 B3 B4"},
    {"2.1", "conversation reset", "", ""},
    {"2.2", "fail to ask for clarification", "", ""},
    {"2.3", "task derailment", "derailment from task", "P2"},
    {"2.4", "information withholding", "", ""},
    {"2.5", "ignored other agent's input", "ignoring other agent's input", "P5"},
    {"2.6", "reasoning-action mismatch", "action-reasoning mismatch", "T6"},
    {"3.1", "premature termination", "", "P1 F1"},
    {"3.2", "no or incomplete verification",
     "lack of verification|weak verification|no or incorrect verification", "V2 V6"},
    {"3.3", "incorrect verification", "", "V3 V4 V5"},
};
const size_t mast_n_modes = sizeof mast_modes / sizeof *mast_modes;

/* Letters alone, small: what is left of a name however it is written. */
static void letters_of(const char *text, size_t n, char *out, size_t room)
{
    size_t k = 0;
    for (size_t i = 0; i < n && k + 1 < room; i++)
        if (isalpha((unsigned char)text[i]))
            out[k++] = (char)tolower((unsigned char)text[i]);
    out[k] = '\0';
}

static bool is_called(const struct mast_mode *m, const char *letters)
{
    char name[80];
    letters_of(m->name, strlen(m->name), name, sizeof name);
    if (strcmp(name, letters) == 0)
        return true;
    for (const char *p = m->other; *p;) {
        size_t n = strcspn(p, "|");
        letters_of(p, n, name, sizeof name);
        if (strcmp(name, letters) == 0)
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

const struct mast_mode *mast_find(const char *text)
{
    char letters[80];
    if (str_starts(text, "FM-") || str_starts(text, "FM "))
        text += 3;
    letters_of(text, strlen(text), letters, sizeof letters);
    for (size_t i = 0; i < mast_n_modes; i++)
        if (*letters && is_called(&mast_modes[i], letters))
            return &mast_modes[i];
    for (size_t i = 0; i < mast_n_modes && !*letters; i++)
        if (strcmp(text, mast_modes[i].number) == 0)
            return &mast_modes[i];
    return NULL;
}

taxonomy_set mast_codes(const struct mast_mode *m)
{
    return taxonomy_parse(m->codes);
}

static const char mark[] = "modes: ";

const char *mast_listed(const char *note)
{
    return note && str_starts(note, mark) ? note + strlen(mark) : NULL;
}

void mast_count(const char *note, long *named, long *unmapped)
{
    for (const char *p = mast_listed(note); p && *p;) {
        size_t n = strcspn(p, ";");
        char letters[80];
        bool mapped = false;
        letters_of(p, n, letters, sizeof letters);
        for (size_t i = 0; i < mast_n_modes; i++)
            mapped |= *mast_modes[i].codes && is_called(&mast_modes[i], letters);
        *named += *letters != '\0';
        *unmapped += *letters && !mapped;
        p += n + (p[n] == ';');
    }
}
