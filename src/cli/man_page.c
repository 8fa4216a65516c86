/* See man_page.h: which sections a page has, and what stands in them. */
#include "cli/man_page.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/options.h"

/* "hrm slurm submit" as "hrm-slurm-submit". Caller frees. */
static char *title_of(const char *name)
{
    char *title = xstrdup(name);
    for (char *c = title; *c; c++)
        if (*c == ' ')
            *c = '-';
    return title;
}

/* A text of the tables: lines that are indented are examples, others paragraphs. */
static void put_prose(struct man_page *p, const char *text)
{
    struct str example CLEANUP_STR = {0};
    while (text && *text) {
        size_t n = strcspn(text, "\n");
        char *line CLEANUP_FREE = xstrndup(text, n);
        bool indented = str_starts(line, "  ");
        if (!indented && example.len) {
            p->w->example(p, example.p);
            str_clear(&example);
        }
        if (indented)
            str_addf(&example, "%s\n", line + 2);
        else if (*line)
            p->w->paragraph(p, line);
        text += n + (text[n] == '\n');
    }
    if (example.len)
        p->w->example(p, example.p);
}

/* What stands before the \v of argp's text, or behind it. Caller frees. */
static char *part_of_doc(const struct argp *argp, bool behind)
{
    const char *cut = argp && argp->doc ? strchr(argp->doc, '\v') : NULL;
    char *part CLEANUP_FREE = NULL;
    if (!argp || !argp->doc || (behind && !cut))
        return NULL;
    if (behind)
        part = xstrdup(cut + 1);
    else
        part = cut ? xstrndup(argp->doc, (size_t)(cut - argp->doc)) : xstrdup(argp->doc);
    return option_help_text(argp, behind ? ARGP_KEY_HELP_POST_DOC : ARGP_KEY_HELP_PRE_DOC, part);
}

static void put_synopsis(struct man_page *p, const char *name, const struct cmd *c)
{
    const struct argp *argp = c ? commands_argp(c) : NULL;
    p->w->section(p, "Synopsis");
    if (!argp) {
        p->w->usage(p, name, "COMMAND [OPTION...] [ARGUMENT...]");
        return;
    }
    char *of CLEANUP_FREE =
        option_help_text(argp, ARGP_KEY_HELP_ARGS_DOC, argp->args_doc ? argp->args_doc : "");
    for (const char *form = of ? of : "";;) {
        size_t n = strcspn(form, "\n");
        char *arguments CLEANUP_FREE = xasprintf("[OPTION...] %.*s", (int)n, form);
        p->w->usage(p, name, arguments);
        if (!form[n])
            return;
        form += n + 1;
    }
}

static void put_option(struct man_page *p, const struct option_entry *o)
{
    const struct argp_option *row = o->row;
    const char *value = option_value(row);
    char *text CLEANUP_FREE = option_help_text(o->of, row->key, row->doc);
    struct str tag CLEANUP_STR = {0};
    if (option_is_short(row))
        str_addf(&tag, "-%c%s", row->key, row->name ? ", " : "");
    if (row->name)
        str_addf(&tag, "--%s", row->name);
    if (value)
        str_addf(&tag, option_needs_value(row) ? "%s%s" : "[%s%s]", row->name ? "=" : " ", value);
    p->w->item(p, tag.p, text ? text : "");
}

static void put_options(struct man_page *p, const struct cmd *c)
{
    struct options all CLEANUP_OPTIONS = {0};
    options_add(&all, commands_argp(c));
    p->w->section(p, "Options");
    p->w->paragraph(p, "In long options '_' and '-' are the same.");
    if (c->also)
        p->w->paragraph(p, "The options of hrm-run(1) are taken, too.");
    for (size_t i = 0; i < all.n; i++)
        if (option_is_heading(all.o[i].row))
            p->w->subsection(p, all.o[i].row->doc);
        else if (!(all.o[i].row->flags & OPTION_HIDDEN))
            put_option(p, &all.o[i]);
    struct options common CLEANUP_OPTIONS = {0};
    options_add_common(&common);
    p->w->subsection(p, "Of every command:");
    for (size_t i = 0; i < common.n; i++)
        put_option(p, &common.o[i]);
}

static void put_commands(struct man_page *p, const struct cmd *table)
{
    p->w->section(p, "Commands");
    for (const struct cmd *c = table; c && c->name; c++)
        p->w->item(p, c->name, c->summary);
}

static void put_see_also(struct man_page *p, const char *name, const struct cmd *c)
{
    struct str list CLEANUP_STR = {0};
    char *title CLEANUP_FREE = title_of(name);
    const struct cmd *below = c ? c->subcommands : commands;
    p->w->section(p, "See also");
    for (char *parent = strrchr(title, '-'); parent; parent = strrchr(title, '-')) {
        *parent = '\0';
        str_addf(&list, "%s%s(1)", list.len ? ", " : "", title);
    }
    if (c && c->also)
        str_addf(&list, ", hrm-run(1)");
    char *self CLEANUP_FREE = title_of(name);
    for (; below && below->name; below++)
        str_addf(&list, "%s%s-%s(1)", list.len ? ", " : "", self, below->name);
    p->w->paragraph(p, list.p);
}

void man_page_write(struct man_page *p, const char *name, const struct cmd *c)
{
    const struct argp *argp = c ? commands_argp(c) : NULL;
    char *title CLEANUP_FREE = title_of(name);
    char *line CLEANUP_FREE =
        xasprintf("%s - %s", title, c ? c->summary : "does explicit hierarchy pay?");
    p->w->start(p, title);
    p->w->section(p, "Name");
    p->w->paragraph(p, line);
    put_synopsis(p, name, c);
    char *before CLEANUP_FREE = part_of_doc(argp, false);
    char *behind CLEANUP_FREE = part_of_doc(argp, true);
    if (before || behind)
        p->w->section(p, "Description");
    put_prose(p, before);
    put_prose(p, behind);
    if (!c || c->subcommands)
        put_commands(p, c ? c->subcommands : commands);
    if (argp)
        put_options(p, c);
    char *more CLEANUP_FREE = argp ? option_help_text(argp, ARGP_KEY_HELP_EXTRA, NULL) : NULL;
    if (more)
        p->w->section(p, "Notes");
    put_prose(p, more);
    p->w->section(p, "Exit status");
    for (size_t i = 0; i < n_exit_meanings; i++) {
        char *code CLEANUP_FREE = xasprintf("%d", exit_meanings[i].code);
        p->w->item(p, code, exit_meanings[i].meaning);
    }
    put_see_also(p, name, c);
}
