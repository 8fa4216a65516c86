/* See final_mark.h. */
#include "tool/final_mark.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "tool/number.h"

enum mark_kind { NONE, BOX, HASHES, TAG, STATED };

/* Of a mark. */
struct place {
    enum mark_kind kind;
    const char *from; /* behind the mark */
    bool json;        /* "answer": the value of a key */
    const char *tag;  /* its name */
    size_t tag_len;
};

static bool starts_word(const char *p, const char *word)
{
    size_t n = strlen(word);
    return strncasecmp(p, word, n) == 0 && !isalnum((unsigned char)p[n]);
}

/* ---- the marks ---- */

/* "\boxed {42}", "\fbox{42}", "\boxed 42"; "\b" may have been read as a backspace. */
static bool box_at(const char *p, struct place *out)
{
    static const char *const names[] = {"\\boxed", "\\fbox", "\\framebox", "boxed", "\boxed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(p, names[i], n) != 0)
            continue;
        const char *q = p + n + strspn(p + n, " \t\n");
        bool number = *p == '\\' && q > p + n && isdigit((unsigned char)*q);
        if (*q != '{' && !number)
            return false;
        *out = (struct place){.kind = BOX, .from = q + !number};
        return true;
    }
    return false;
}

static const char *skip_emphasis(const char *p)
{
    return p + strspn(p, " \t*_$");
}

/* GSM8K's "#### 42". The same marks open a heading in Markdown: "#### Step 1", "#### 1. Multiply".
 */
static bool hashes_at(const char *text, const char *p, struct place *out)
{
    struct str plain CLEANUP_STR = {0};
    if (*p != '#' || strspn(p, "#") != 4 || (p > text && p[-1] == '#'))
        return false;
    const char *q = skip_emphasis(p + 4), *end = number_read(q, true, &plain, NULL);
    if (!end)
        return false;
    bool heading = (*end == '.' || *end == ')' || *end == ':') && end[1] == ' ' &&
                   isalpha((unsigned char)end[1 + strspn(end + 1, " *")]);
    *out = (struct place){.kind = HASHES, .from = p + 4};
    return !heading;
}

static bool tag_at(const char *p, struct place *out)
{
    static const char *const names[] = {"answer", "final_answer", "finalanswer", "final-answer",
                                        "ans",    "solution",     "final",       "result"};
    for (size_t i = 0; *p == '<' && i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncasecmp(p + 1, names[i], n) == 0 && p[1 + n] == '>') {
            *out = (struct place){.kind = TAG, .from = p + n + 2, .tag = names[i], .tag_len = n};
            return true;
        }
    }
    return false;
}

/* Behind ":", "is", "=" and the like, or NULL. */
static const char *connector(const char *p)
{
    static const char *const words[] = {"is",           "was",         "would be", "will be",
                                        "should be",    "must be",     "equals",   "comes to",
                                        "comes out to", "is equal to", "becomes"};
    static const char *const signs[] = {":", "=", "->", "=>", "\u2192", "\u21d2", "\uff1a"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(p, signs[i]) && !str_starts(p, "=="))
            return p + strlen(signs[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (starts_word(p, words[i]))
            return p + strlen(words[i]);
    return NULL;
}

/* What may stand between "answer" and its connector: "(in dollars)", "to the question". */
static const char *skip_phrase(const char *p)
{
    static const char *const starts[] = {"to ", "in ", "for ", "as ", "of "};
    enum { LONGEST = 40 };
    if (*p == '(') {
        const char *close = memchr(p, ')', strnlen(p, LONGEST));
        return close ? close + 1 + strspn(close + 1, " *_") : p;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (strncasecmp(p, starts[i], strlen(starts[i])) != 0)
            continue;
        for (const char *q = p;
             q - p < LONGEST && (isalpha((unsigned char)*q) || strchr(" '*", *q)); q++)
            if (*q == ' ' && connector(q + 1))
                return q + 1;
            else if (connector(q) && strchr(":=", *q))
                return q;
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ '*");
        return n < LONGEST ? p + n : p;
    }
    return p;
}

/* The line that `p` stands in holds nothing before it but words of a heading. */
static bool heads_line(const char *text, const char *p)
{
    const char *line = p;
    while (line > text && line[-1] != '\n')
        line--;
    for (line += strspn(line, "#*_ \t>-"); line < p;) {
        static const char *const words[] = {"final", "the", "your", "my", "correct", "so"};
        size_t i = 0;
        while (i < sizeof words / sizeof *words && !starts_word(line, words[i]))
            i++;
        if (i == sizeof words / sizeof *words)
            return false;
        line += strlen(words[i]);
        line += strspn(line, " *_");
    }
    return true;
}

/* "answer is", "**Answer**:", "\"answer\": ", "Final answer = ", and "### Answer" above a line. */
static bool stated_at(const char *text, const char *p, struct place *out)
{
    if (strncasecmp(p, "answer", 6) != 0 || (p > text && isalpha((unsigned char)p[-1])))
        return false;
    const char *q = p + 6;
    bool json = p > text && strchr("\"'_", p[-1]) && (*q == '"' || *q == '\'');
    q += strspn(q, " \t*_\"'`}");
    const char *heading = q;
    q = connector(skip_phrase(q));
    if (!q && *heading == '\n' && heads_line(text, p))
        q = heading;
    if (!q)
        return false;
    q += strspn(q, " \t*_");
    q = connector(q) && *q == ':' ? q + 1 : q; /* "is:" */
    *out = (struct place){.kind = STATED, .from = q, .json = json};
    return true;
}

/* "A: 42" in a text of questions and answers. */
static bool answer_line_at(const char *text, const char *p, struct place *out)
{
    bool line = p == text || p[-1] == '\n';
    if (!line || !str_starts(p, "A:") || !(str_starts(text, "Q:") || strstr(text, "\nQ:")))
        return false;
    *out = (struct place){.kind = STATED, .from = p + 2};
    return true;
}

static bool mark_at(const char *text, const char *p, struct place *out)
{
    return box_at(p, out) || hashes_at(text, p, out) || tag_at(p, out) || stated_at(text, p, out) ||
           answer_line_at(text, p, out);
}

/* ---- what is stated ---- */

/* Behind the last byte of a box, or where a box within it begins. */
static const char *end_of_box(const char *p, bool *nested)
{
    struct place inner;
    *nested = false;
    for (int depth = 1; *p && *p != '\n'; p++) {
        depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
        *nested = (*p == '\\' || *p == 'b') && box_at(p, &inner);
        if (depth == 0 || *nested)
            break;
    }
    return p;
}

/* Over white space, emphasis, opening quotes and the opening of a formula. */
static const char *skip_opening(const char *p)
{
    static const char *const openings[] = {"\\[",
                                           "\\(",
                                           "$$",
                                           "\\displaystyle",
                                           "\\begin{align*}",
                                           "\\begin{aligned}",
                                           "\\begin{equation*}",
                                           "\\begin{equation}",
                                           "\\begin{align}",
                                           "&"};
    for (bool again = true; again;) {
        p += strspn(p, " \t*:=\r\n\"'`>");
        again = false;
        for (size_t i = 0; i < sizeof openings / sizeof *openings && !again; i++)
            if (str_starts(p, openings[i])) {
                p += strlen(openings[i]);
                again = true;
            }
    }
    return p;
}

/* "{"value": 42}" and "[42]" where a value stands: to its first value. */
static const char *skip_json(const char *p)
{
    const char *q = p + strspn(p, " \n{["), *key = *q == '"' ? strchr(q + 1, '"') : NULL;
    if (q == p || !key || p[strspn(p, " \n")] == '"')
        return q;
    return key[1 + strspn(key + 1, " ")] == ':' ? key + 2 + strspn(key + 1, " ") : q;
}

/* A dash before a number: of a list where a line begins, or before "42 apples"; else a minus. */
static const char *skip_dash(const char *from, const char *p)
{
    const char *number = p + 1 + strspn(p + 1, " \t");
    if ((*p != '-' && *p != '+' && *p != '*') || number == p + 1)
        return str_starts(p, "\u2022") ? p + strlen("\u2022") : p;
    bool line = memchr(from, '\n', (size_t)(p - from)) != NULL;
    const char *behind = number + strspn(number, "0123456789.,");
    return line || isalpha((unsigned char)behind[strspn(behind, " ")]) ? number : p;
}

/* Up to the end of the line, or to where the next mark begins. */
static const char *end_of_statement(const char *text, const char *p, const struct place *at)
{
    struct place next;
    for (; *p && *p != '\n'; p++) {
        if (at->json && (*p == '}' || (*p == ',' && p[1 + strspn(p + 1, " \n")] == '"')))
            return p;
        if (mark_at(text, p, &next) || (*p == '<' && p[1] == '/'))
            return p;
    }
    return p;
}

/* The inside of a pair of tags; of several lines the last that holds a digit. */
static const char *end_of_tag(const char *text, const char **p, const struct place *at)
{
    struct place next;
    const char *end = *p, *line = *p;
    while (*end &&
           !(end[0] == '<' && end[1] == '/' && strncasecmp(end + 2, at->tag, at->tag_len) == 0) &&
           !mark_at(text, end, &next))
        end++;
    for (const char *q = *p; q < end; q++)
        if (q == *p || q[-1] == '\n') {
            size_t n = strcspn(q, "\n");
            if (memchr(q, '<', n) == NULL || q + n > end)
                n = (size_t)(end - q) < n ? (size_t)(end - q) : n;
            for (size_t i = 0; i < n; i++)
                if (isdigit((unsigned char)q[i])) {
                    line = q;
                    break;
                }
        }
    *p = line;
    return end;
}

static const char *trimmed(const char *p, const char *end, struct arena *arena)
{
    while (p < end && strchr(" \t*:=\r\n", *p))
        p++;
    while (end > p && strchr(" \t*.\r\n\"'`,", end[-1]))
        end--;
    return arena_strndup(arena, p, (size_t)(end - p));
}

static const char *statement_at(const char *text, const struct place *at, const char **behind,
                                struct arena *arena)
{
    const char *p = at->from, *end;
    if (at->kind == BOX && p[-1] == '{') {
        bool nested;
        end = end_of_box(p, &nested);
        *behind = end;
        if (nested) /* the inner one counts */
            return "";
        return trimmed(p, end, arena);
    }
    if (at->kind == TAG) {
        end = end_of_tag(text, &p, at);
        *behind = end;
        return trimmed(p, end, arena);
    }
    const char *from = p;
    p = skip_opening(at->json ? skip_json(p) : p);
    p = skip_dash(from, p);
    end = end_of_statement(text, p, at);
    *behind = end;
    const char *said = trimmed(p, end, arena);
    bool minus = str_starts(said, "- ") && isdigit((unsigned char)said[2]);
    return minus ? arena_printf(arena, "-%s", said + 2) : said;
}

/* ---- what it is worth ---- */

static bool has_word(const char *const *words, size_t n, const char *p)
{
    for (size_t i = 0; i < n; i++)
        if (starts_word(p, words[i]))
            return true;
    return false;
}
#define HAS_WORD(words, p) has_word(words, sizeof(words) / sizeof *(words), p)

/* "correct", "expressed in dollars", "a whole number": it speaks of the answer and does not give
 * it. */
static bool is_chatter(const char *statement)
{
    static const char *const starts[] = {
        "correct",  "right",      "wrong",    "incorrect", "reasonable", "helpful",   "expressed",
        "given",    "in",         "the",      "as",        "clear",      "clearly",   "obvious",
        "below",    "above",      "shown",    "found",     "not",        "that",      "therefore",
        "thus",     "written",    "stated",   "indeed",    "also",       "simply",    "just",
        "positive", "negative",   "accurate", "valid",     "sensible",   "plausible", "confirmed",
        "verified", "consistent", "rounded",  "always",    "good",       "this",      "it",
        "we",       "our",        "what",     "null",      "none",       "here",      "now",
        "done",     "complete",   "ready",    "required",  "needed",     "supposed",  "likely",
        "probably", "somewhere",  "too",      "ok",        "fine"};
    bool article = starts_word(statement, "a") || starts_word(statement, "an");
    return HAS_WORD(starts, statement) || (article && strchr(statement, ' '));
}

/* What an instruction shows where the answer goes: \boxed{answer}, <answer>your answer</answer>. */
static bool is_placeholder(const char *statement)
{
    static const char *const starts[] = {"number", "your",   "answer",      "final",
                                         "value",  "result", "placeholder", "the answer"};
    return HAS_WORD(starts, statement + strspn(statement, "\\{}[]$ "));
}

/* "100% correct", "2 times as large": the number belongs to the chatter. */
static bool is_judgement(const char *behind)
{
    static const char *const words[] = {"correct",  "right",     "sure",  "certain",
                                        "accurate", "confident", "wrong", "verified"};
    behind += strspn(behind, " \t%*\\");
    return HAS_WORD(words, behind);
}

static bool has_number(const char *text)
{
    struct str plain CLEANUP_STR = {0};
    for (const char *p = text; *p; p++)
        if (isdigit((unsigned char)*p) ||
            ((unsigned char)*p >= 0x80 && number_read(p, false, &plain, NULL)))
            return true;
    return false;
}

/* Where the number of the statement would begin: behind "x =", "about", "$". */
static const char *number_place(const char *p)
{
    static const char *const words[] = {
        "about", "approximately", "roughly",   "around", "exactly", "simply", "just",
        "thus",  "equal to",      "therefore", "only",   "nearly",  "indeed", "actually"};
    const char *equals = strrchr(p, '=');
    if (equals && equals[1 + strspn(equals + 1, " $")])
        p = equals + 1;
    for (bool again = true; again;) {
        again = false;
        p += strspn(p, " \t*_\"'`,:");
        for (size_t i = 0; i < sizeof words / sizeof *words && !again; i++)
            if (starts_word(p, words[i])) {
                p += strlen(words[i]);
                again = true;
            }
    }
    return p;
}

static enum final_strength strength_of(const char *statement, enum mark_kind kind)
{
    struct str plain CLEANUP_STR = {0};
    size_t n = strlen(statement);
    const char *place = number_place(statement);
    const char *end = number_read(place, true, &plain, NULL);
    if (end && kind == STATED && is_judgement(end))
        return FINAL_NOTHING;
    if (end || ((kind == BOX || kind == TAG) && has_number(statement)))
        return FINAL_STRONG;
    if (starts_word(statement, "not"))
        return FINAL_NOTHING;
    if (has_number(statement))
        return FINAL_WEAK;
    bool letters = false;
    for (size_t i = 0; i < n; i++)
        letters =
            letters || isalnum((unsigned char)statement[i]) || (unsigned char)statement[i] >= 0x80;
    bool empty = is_placeholder(statement) || (kind == STATED && is_chatter(statement));
    return letters && !empty ? FINAL_WORDS : FINAL_NOTHING;
}

bool final_mark_next(const char *text, const char **p, struct final_mark *out, struct arena *arena)
{
    struct place at;
    for (const char *q = *p; *q; q++) {
        if (!strchr("\\b\b#<aA", *q) || !mark_at(text, q, &at))
            continue;
        out->text = statement_at(text, &at, p, arena);
        out->strength = strength_of(out->text, at.kind);
        *p = *p > q ? *p : q + 1;
        return true;
    }
    return false;
}
