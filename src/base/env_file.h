/* Environment variables from a file (.env), as Docker, direnv and the dotenv libraries write it:
 *
 *   # a comment
 *   OPENAI_API_KEY=sk-...          up to the end of the line, white space around it cut off
 *   export OPENAI_MODEL=m # why    a comment after white space
 *   NAME='as it is $HOME'          in single quotes everything is itself
 *   NAME="two\nlines"              in double quotes \n \r \t \" \\ \$ are escapes
 *
 * Quoted values may go over several lines; a byte order mark and CRLF are skipped. Of a name given
 * twice the last one counts. Nothing is expanded: ${NAME} outside single quotes is refused, so that
 * nobody takes it for its value.
 *
 * Messages name file and line and never show what stands there: it may be a key. */
#pragma once
#include <stddef.h>

struct err;

/* One NAME=VALUE. Text is owned by the list. */
struct env_variable {
    char *name, *value;
};

struct env_file {
    struct env_variable *v; /* [n] in the order of the file */
    size_t n, cap;
};

/* `name` of the file is for messages; text[n] need not end in NUL. On failure (ERR_INPUT) *out is
 * empty. */
int env_file_parse(const char *name, const char *text, size_t n, struct env_file *out,
                   struct err *err);
void env_file_free(struct env_file *f);
/* Reads the file and sets what the environment does not have yet: a variable that is set, be it to
 * nothing, keeps its value. To be called before the first thread is started. */
int env_file_load(const char *path, struct err *err);
