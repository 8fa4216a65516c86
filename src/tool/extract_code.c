/* The program in a reply: what a tool call of it would run. */
#include <string.h>
#include "tool/extract.h"
#include "tool/tool_call.h"

const char *extract_code_flagged(const char *reply, const char *entry_point, const char **ambiguous,
                                 struct arena *arena)
{
    struct tool_call call;
    *ambiguous = NULL;
    if (!tool_call_program(reply, entry_point, &call, arena) || !call.program)
        return "";
    *ambiguous = call.ambiguous;
    return call.program;
}

const char *extract_code(const char *reply, const char *entry_point, struct arena *arena)
{
    const char *ambiguous;
    return extract_code_flagged(reply, entry_point, &ambiguous, arena);
}
