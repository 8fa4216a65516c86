/* See protocol.h, and docs/suites.md for how each row differs from the original. */
#include "suite/protocol.h"

#include <string.h>

#include "base/str.h"
#include "suite/suite.h"
#include "tool/definitions.h"
#include "tool/py_scan.h"

static const struct suite_protocol protocols[] = {
    {.name = "humaneval", .prompt_head = true, .definitions_only = true},
    {.name = "humaneval_et", .prompt_head = true, .definitions_only = true},
    {.name = "mbpp"},
    {.name = "mbpp_sanitized"},
    {.name = "mbpp_typed", .prompt_head = true, .definitions_only = true},
    {.name = "gsm8k"},
    {.name = "svamp"},
    {.name = "gsm_hard"},
};

const char *suite_protocol_names(void)
{
    return "humaneval, humaneval_et, mbpp, mbpp_sanitized, mbpp_typed, gsm8k, svamp, gsm_hard";
}

const struct suite_protocol *suite_protocol_find(const char *name)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (str_eq(protocols[i].name, name))
            return &protocols[i];
    return NULL;
}

/* What stands above the definition of the entry point in the prompt; 0 bytes when there is nothing
 * or no such definition. */
static size_t head_length(const struct task *t)
{
    size_t n = strlen(t->prompt), len = strlen(t->entry_point);
    for (const char *p = t->prompt; *p;) {
        size_t line = py_line(p, n - (size_t)(p - t->prompt));
        const char *name = str_starts(p, "async def ") ? p + 10
                           : str_starts(p, "def ")     ? p + 4
                                                       : NULL;
        if (name && strncmp(name, t->entry_point, len) == 0 && strchr("( \t", name[len]))
            return (size_t)(p - t->prompt);
        if (line == 0)
            break;
        p += line;
    }
    return 0;
}

/* Where the program's own text may begin: behind its "from __future__ import ...". */
static const char *behind_future(const char *program)
{
    const char *p = program;
    for (const char *q = program; (q = strstr(q, "from __future__ import")); q++)
        if (q == program || q[-1] == '\n')
            p = strchrnul(q, '\n');
    return *p == '\n' ? p + 1 : p;
}

static const char *with_head(const struct task *t, const char *program, struct arena *arena)
{
    size_t n = head_length(t);
    while (n > 0 && strchr(" \t\n", t->prompt[n - 1]))
        n--;
    const char *head = arena_strndup(arena, t->prompt, n);
    if (n == 0 || strstr(program, head))
        return program;
    const char *rest = behind_future(program);
    return arena_printf(arena, "%.*s%s\n%s", (int)(rest - program), program, head, rest);
}

const char *suite_protocol_program(const struct task *t, const char *program, struct arena *arena)
{
    const struct suite_protocol *p = t->protocol;
    if (!p || !t->entry_point)
        return program;
    if (p->definitions_only)
        program = definitions_of(program, t->entry_point, arena);
    return p->prompt_head ? with_head(t, program, arena) : program;
}
