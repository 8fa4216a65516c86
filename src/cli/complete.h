/* Completing a command line: which words may stand where the cursor is. The tables of commands and
 * options say it, so that a shell never offers what the program refuses; complete_values.c says
 * what a placeholder of the help ("FILE", "RUN", "on|off") stands for. */
#pragma once
#include "base/str.h"
#include "cli/cmd.h"

/* What the shell adds by itself. */
enum complete_place {
    COMPLETE_NOTHING,
    COMPLETE_FILES,
    COMPLETE_DIRS,
};

/* One question. Text is borrowed. */
struct complete {
    const char *head;  /* of the word, kept as it is: "--suite=", "hrm," */
    size_t head_len;   /* 0 = none */
    const char *typed; /* the rest of it */
    const char *first; /* the command's first argument, where it stands before; else NULL */
    const struct cmd *cmd;
    struct str out; /* "word\tmeaning\n" for each */
    enum complete_place place;
};

/* Adds a word if it begins with what is typed; once. meaning "" = none. */
void complete_offer(struct complete *c, const char *word, const char *meaning);
/* Adds what a placeholder stands for: its row, or itself where it is written in small letters. */
void complete_value(struct complete *c, const char *placeholder);

/* words[0..n): the command line behind "hrm", the word under the cursor last, n >= 1. Adds a line
 * for each word that may stand there, and a last one: ":files", ":dirs" or ":nothing". */
void complete_line(char *const *words, size_t n, struct str *out);
