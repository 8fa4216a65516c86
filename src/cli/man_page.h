/* The manual page of a command, made from its table of options, as roff for man(1) or as plain text
 * for where there is no man. */
#pragma once
#include "base/str.h"
#include "cli/cmd.h"

struct man_page;

/* A form that pages are written in. Texts are plain: a writer escapes what its form needs. */
struct man_writer {
    void (*start)(struct man_page *p, const char *title); /* "hrm-run" */
    void (*section)(struct man_page *p, const char *title);
    void (*subsection)(struct man_page *p, const char *title);
    void (*paragraph)(struct man_page *p, const char *text);
    /* One line of the synopsis: what is typed as it is, and what stands for something. */
    void (*usage)(struct man_page *p, const char *words, const char *arguments);
    void (*example)(struct man_page *p, const char *lines); /* kept as they are */
    /* "-f, --format=FORMAT", a command's name; and what it means. */
    void (*item)(struct man_page *p, const char *tag, const char *text);
};

struct man_page {
    const struct man_writer *w;
    struct str *out;
    int width; /* of plain text, in columns */
};

extern const struct man_writer man_roff, man_text;

/* name: "hrm slurm submit". c: NULL = of hrm itself, with all commands. */
void man_page_write(struct man_page *p, const char *name, const struct cmd *c);
