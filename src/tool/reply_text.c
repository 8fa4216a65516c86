/* See reply_text.h. A mark in quotes ("</s>", '<|end|>') is part of a program, not a mark. */
#include "tool/reply_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

static const char *without_carriage_returns(const char *reply, struct arena *arena)
{
    if (!strchr(reply, '\r'))
        return reply;
    char *out = arena_alloc(arena, strlen(reply) + 1), *to = out;
    for (const char *p = reply; *p; p++)
        if (*p != '\r' || p[strspn(p, "\r")] != '\n')
            *to++ = *p;
    return out;
}

enum { NEAR = 400 }; /* bytes of a line that are searched for a quote, either way */

/* How many quotes of this kind stand between the two; the apostrophe of "it's" is none. */
static size_t count_quotes(const char *from, const char *to, char mark)
{
    size_t n = 0;
    for (const char *p = from; p < to; p++) {
        bool apostrophe = p > from && isalnum((unsigned char)p[-1]) && isalnum((unsigned char)p[1]);
        n += *p == mark && !(mark == '\'' && apostrophe);
    }
    return n;
}

/* The n bytes at p stand in quotes that open and close on their line. */
static bool quoted(const char *text, const char *p, size_t n)
{
    const char *line = p, *end = p + n;
    while (line > text && line[-1] != '\n' && p - line < NEAR)
        line--;
    while (*end && *end != '\n' && end - p < NEAR)
        end++;
    for (const char *mark = "\"'"; *mark; mark++)
        if (count_quotes(line, p, *mark) % 2 == 1 && count_quotes(p + n, end, *mark) > 0)
            return true;
    return false;
}

static bool starts_line(const char *text, const char *p)
{
    while (p > text && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return p == text || p[-1] == '\n' || p[-1] == '>';
}

/* ---- channels ---- */

/* Harmony, the format of gpt-oss: what is said stands in the channel "final". Where the server
 * removed the special tokens, their names are left: "analysis...assistantfinal...". */
static const char *final_channel(const char *text)
{
    static const char mark[] = "<|channel|>", message[] = "<|message|>", bare[] = "assistantfinal";
    const char *at = NULL, *p;
    bool channels = false;
    for (p = text; (p = strstr(p, mark)); p += strlen(mark)) {
        const char *name = p + strlen(mark), *body = strstr(name, message);
        if (quoted(text, p, strlen(mark)))
            continue;
        channels = true;
        if (str_starts(name + strspn(name, " "), "final") && body)
            at = body + strlen(message);
    }
    if (channels)
        return at ? at : "";
    for (p = str_starts(text, "analysis") ? text : ""; (p = strstr(p, bare)); p += strlen(bare))
        at = p + strlen(bare);
    return at ? at : text;
}

/* ---- thoughts ---- */

static const struct {
    const char *open, *close;
} thoughts[] = {{"<think>", "</think>"},
                {"[THINK]", "[/THINK]"},
                {"<thinking>", "</thinking>"},
                {"<thought>", "</thought>"},
                {"<thoughts>", "</thoughts>"},
                {"<reasoning>", "</reasoning>"},
                {"<reflection>", "</reflection>"},
                {"<scratchpad>", "</scratchpad>"},
                {"<seed:think>", "</seed:think>"},
                {"\u25c1think\u25b7", "\u25c1/think\u25b7"},
                {"<|begin_of_thought|>", "<|end_of_thought|>"},
                {"<|START_THINKING|>", "<|END_THINKING|>"}};

enum { N_THOUGHTS = sizeof thoughts / sizeof *thoughts };

/* What stands behind the last thought that ends. The opening mark may be missing: templates of
 * chats write it into the prompt. */
static const char *behind_thoughts(const char *text)
{
    const char *at = text;
    for (size_t i = 0; i < N_THOUGHTS; i++) {
        size_t n = strlen(thoughts[i].close);
        for (const char *p = text; (p = strstr(p, thoughts[i].close)); p += n)
            if (!quoted(text, p, n) && p + n > at)
                at = p + n;
    }
    return at;
}

/* The first thought that never ends, or the end of the text. It opens on a line of its own: in the
 * middle of a sentence such a mark is only spoken of. */
static const char *open_thought(const char *text)
{
    const char *first = text + strlen(text);
    for (size_t i = 0; i < N_THOUGHTS; i++) {
        size_t n = strlen(thoughts[i].open);
        for (const char *p = text; (p = strstr(p, thoughts[i].open)) && p < first; p += n)
            if (!quoted(text, p, n) && starts_line(text, p))
                first = p;
    }
    return first;
}

/* ---- special tokens ---- */

/* The length of "<|im_end|>", "<|eot_id|>" and the like at p, of one that the end of the reply cut
 * off, or 0. <|python_tag|> opens a program (fences.c). */
static size_t piped_token(const char *p)
{
    static const char wide[] = "\uff5c", block[] = "\u2581"; /* DeepSeek's <｜end▁of▁sentence｜> */
    size_t bar = p[0] != '<' ? 0 : p[1] == '|' ? 1 : str_starts(p + 1, wide) ? strlen(wide) : 0;
    if (bar == 0 || str_starts(p, "<|python_tag|>"))
        return 0;
    const char *q = p + 1 + bar, *name = q;
    while (isalnum((unsigned char)*q) || *q == '_' || *q == '-' || str_starts(q, block))
        q += *q == block[0] ? (ptrdiff_t)strlen(block) : 1;
    if (!*q)
        return (size_t)(q - p);
    bool closed = q > name && strncmp(q, p + 1, bar) == 0 && q[bar] == '>';
    return closed ? (size_t)(q + bar + 1 - p) : 0;
}

/* Tokens that look like tags are taken for tokens only where something ends. */
static size_t plain_token(const char *p)
{
    static const char *const tokens[] = {"</s>",          "<s>",   "<eos>",  "<bos>",
                                         "<end_of_turn>", "<EOS>", "[INST]", "[/INST]",
                                         "<end_of_text>", "<EOT>", "<pad>",  "<start_of_turn>"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        size_t n = strlen(tokens[i]);
        if (str_starts(p, tokens[i]) && (!p[n] || strchr(" \n<[", p[n]) || str_starts(p, "<start")))
            return n;
    }
    return 0;
}

static size_t token_at(const char *text, const char *p)
{
    size_t n = piped_token(p);
    if (n == 0)
        n = plain_token(p);
    return n > 0 && !quoted(text, p, n) ? n : 0;
}

/* Behind the tokens that open a turn: "<s>", "<|im_start|>assistant\n". */
static const char *behind_opening(const char *text)
{
    static const char *const roles[] = {"assistant", "model"};
    for (const char *p = text;;) {
        const char *q = p + strspn(p, " \t\n");
        size_t n = token_at(text, q);
        if (n == 0)
            return p;
        p = q + n;
        for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
            size_t len = strlen(roles[i]);
            if (str_starts(p, roles[i]) && (p[len] == '\n' || p[len] == '<'))
                p += len + (p[len] == '\n');
        }
    }
}

static const char *next_token(const char *text)
{
    const char *p = text;
    while (*(p += strcspn(p, "<[")) && token_at(text, p) == 0)
        p++;
    return p;
}

const char *reply_spoken(const char *reply, struct arena *arena)
{
    const char *text = without_carriage_returns(reply, arena);
    text = behind_thoughts(final_channel(text));
    text = arena_strndup(arena, text, (size_t)(open_thought(text) - text));
    text = behind_opening(text);
    return arena_strndup(arena, text, (size_t)(next_token(text) - text));
}
