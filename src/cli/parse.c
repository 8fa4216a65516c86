/* Option parsing before glibc's argp: '_' and '-' are the same in long
 * options, the message for a wrong option names the nearest right one, and names cannot be
 * abbreviated (or a new option could change what a script means). argp does the rest: values,
 * --help, --version. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/options.h"

const struct argp_option cmd_common_options[] = {
    {"help", '?', 0, 0, "this list of options"},
    {"usage", -1, 0, 0, "the options in a few lines"},
    {"version", 'V', 0, 0, "the version and the commit it was built from"},
    {0}};

static int refuse_unknown(const struct options *all, const char *cmd, const char *word, size_t n)
{
    const char **names = xcalloc(all->n + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->o[i].row->name && !(all->o[i].row->flags & OPTION_HIDDEN))
            names[count++] = all->o[i].row->name;
    char *asked CLEANUP_FREE = xstrndup(word, n);
    const char *near = str_nearest(asked, names, count);
    fprintf(stderr, "%s: there is no option '--%s'", cmd, asked);
    if (near)
        fprintf(stderr, "; did you mean '--%s'?\n", near);
    else
        fprintf(stderr, "; '%s --help' lists them\n", cmd);
    free(names);
    return -1;
}

/* "--name[=value]": respells the name as the table has it. 1 when the next word is the value, 0, or
 * -1 if refused. */
static int check_long(const struct options *all, const char *cmd, char *arg)
{
    char *word = arg + 2;
    size_t n = strcspn(word, "=");
    for (size_t i = 0; i < all->n; i++) {
        const struct argp_option *o = all->o[i].row;
        if (!option_has_name(o, word, n, false))
            continue;
        if (word[n] == '=' && !option_value(o)) {
            fprintf(stderr, "%s: --%s takes no value\n", cmd, o->name);
            return -1;
        }
        memcpy(word, o->name, n);
        return option_needs_value(o) && word[n] != '=';
    }
    return refuse_unknown(all, cmd, word, n);
}

/* "-abc" or "-oF"; returns as check_long. */
static int check_short(const struct options *all, const char *cmd, const char *arg)
{
    for (const char *c = arg + 1; *c; c++) {
        size_t i = 0;
        while (i < all->n && all->o[i].row->key != *c)
            i++;
        if (i == all->n) {
            fprintf(stderr, "%s: there is no option '-%c'; '%s --help' lists them\n", cmd, *c, cmd);
            return -1;
        }
        if (option_value(all->o[i].row))
            return option_needs_value(all->o[i].row) && !c[1];
    }
    return 0;
}

static bool check_argv(const struct options *all, const char *cmd, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (arg[0] != '-' || !arg[1])
            continue;
        if (str_eq(arg, "--"))
            return true;
        int takes_next = arg[1] == '-' ? check_long(all, cmd, arg) : check_short(all, cmd, arg);
        if (takes_next < 0)
            return false;
        if (takes_next && ++i == argc) {
            fprintf(stderr, "%s: %s needs a value\n", cmd, arg);
            return false;
        }
    }
    return true;
}

int cmd_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    struct options all CLEANUP_OPTIONS = {0};
    options_add(&all, argp);
    options_add_common(&all);
    if (!check_argv(&all, argv[0], argc, argv))
        return EXIT_BAD_INPUT + 1;
    /* --help and argp_error() leave by exit(); a parser that returns an error has told why itself.
     */
    return argp_parse(argp, argc, argv, 0, NULL, input) == 0 ? 0 : EXIT_BAD_INPUT + 1;
}
