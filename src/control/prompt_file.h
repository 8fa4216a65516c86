/* One file of a profile: the messages that a question opens with. Lines part them:
 *
 *   You are ...            the system message, if a line "---" follows
 *   ---                    from here on the user speaks (the same as "--- user")
 *   --- assistant          what a good reply to it looks like: a worked example
 *   --- user               the next question; the last one is the question that is asked
 *
 * User and assistant take turns, and the user has the last word. */
#pragma once
#include <stddef.h>
#include "base/err.h"

enum prompt_role { PROMPT_SYSTEM, PROMPT_USER, PROMPT_ASSISTANT };

struct prompt_turn {
    enum prompt_role role;
    const char *text; /* a template; borrowed from the file's text */
};

struct prompt_file {
    char *name; /* "coder", without .txt */
    char *text;
    struct prompt_turn *turns; /* [n]; the last is the question */
    size_t n;
};

/* Reads the n bytes of the file `path`, whose name gives the template's and which messages show.
 * Every turn is a whole template: no section reaches over a line between two. ERR_INPUT
 * "path:line: ..."; *out can be freed either way. */
int prompt_file_parse(const char *path, const char *bytes, size_t n, const char *const *var_names,
                      size_t n_vars, struct prompt_file *out, struct err *err);
void prompt_file_free(struct prompt_file *f);
const char *prompt_role_name(enum prompt_role role); /* "assistant", as messages have it */
