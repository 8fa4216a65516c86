/* A tool call in a reply. The one tool is `python`; models write its call as a ```python fence, as
 * JSON {"name": "python", "arguments": {"code": "..."}}, or as the bare program. A wrong call is an
 * outcome: it is recorded, and the model gets a message. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "base/hash.h"

struct tool_call {
    const char *form;      /* "fence", "json" or "text" */
    const char *tool;      /* as the model names it */
    const char *program;   /* NULL when the call is not sound */
    const char *error;     /* NULL, "unknown_tool" or "bad_arguments" */
    const char *message;   /* for the model, one sentence; NULL when the call is sound */
    const char *ambiguous; /* why another program could have been meant; NULL = it is clear */
    bool weak;             /* a fence, but nothing in it says that it is a program */
    char hash[HASH_HEX];   /* SHA-256 of tool and arguments */
};

/* A call beside other text: a fence with a program, or JSON. False when there is none. Text in the
 * arena. */
bool tool_call_find(const char *reply, struct tool_call *out, struct arena *arena);
/* The same for a reply that should be a program: without a fence or JSON, its code is one. Of
 * several blocks the one that defines entry_point (NULL = none is asked for) is preferred. False
 * when there is none, as in prose. */
bool tool_call_program(const char *reply, const char *entry_point, struct tool_call *out,
                       struct arena *arena);
