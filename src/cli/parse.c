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

/* argp's own options, common to all commands. */
static const struct argp_option common_options[] = {
    {"help", '?'}, {"usage", -1}, {"version", 'V'}, {0}};

/* Of one command, the common ones among them. */
struct options {
    const char *cmd;              /* "hrm run" */
    const struct argp_option **o; /* [n] */
    size_t n, cap;
};

static void add_table(struct options *all, const struct argp_option *table)
{
    for (; table && (table->name || table->key || table->doc || table->group); table++) {
        all->o = xgrow(all->o, &all->cap, all->n + 1, sizeof *all->o);
        all->o[all->n++] = table;
    }
}

/* An alias takes what the option above it takes. */
static const struct argp_option *original(const struct argp_option *o)
{
    while (o->flags & OPTION_ALIAS)
        o--;
    return o;
}

static bool takes_value(const struct argp_option *o)
{
    return original(o)->arg != NULL;
}

static bool needs_value(const struct argp_option *o)
{
    return takes_value(o) && !(original(o)->flags & OPTION_ARG_OPTIONAL);
}

static bool same_name(const char *name, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (name[i] != (word[i] == '_' ? '-' : word[i]))
            return false; /* also when the name ends early */
    return name[n] == '\0';
}

static int refuse_unknown(const struct options *all, const char *word, size_t n)
{
    const char **names = xcalloc(all->n + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->o[i]->name && !(all->o[i]->flags & OPTION_HIDDEN))
            names[count++] = all->o[i]->name;
    char *asked CLEANUP_FREE = xstrndup(word, n);
    const char *near = str_nearest(asked, names, count);
    fprintf(stderr, "%s: there is no option '--%s'", all->cmd, asked);
    if (near)
        fprintf(stderr, "; did you mean '--%s'?\n", near);
    else
        fprintf(stderr, "; '%s --help' lists them\n", all->cmd);
    free(names);
    return -1;
}

/* "--name[=value]": respells the name as the table has it. 1 when the next word is the value, 0, or
 * -1 if refused. */
static int check_long(const struct options *all, char *arg)
{
    char *word = arg + 2;
    size_t n = strcspn(word, "=");
    for (size_t i = 0; i < all->n; i++) {
        const struct argp_option *o = all->o[i];
        if (!o->name || !same_name(o->name, word, n))
            continue;
        if (word[n] == '=' && !takes_value(o)) {
            fprintf(stderr, "%s: --%s takes no value\n", all->cmd, o->name);
            return -1;
        }
        memcpy(word, o->name, n);
        return needs_value(o) && word[n] != '=';
    }
    return refuse_unknown(all, word, n);
}

/* "-abc" or "-oF"; returns as check_long. */
static int check_short(const struct options *all, const char *arg)
{
    for (const char *c = arg + 1; *c; c++) {
        size_t i = 0;
        while (i < all->n && all->o[i]->key != *c)
            i++;
        if (i == all->n) {
            fprintf(stderr, "%s: there is no option '-%c'; '%s --help' lists them\n", all->cmd, *c,
                    all->cmd);
            return -1;
        }
        if (takes_value(all->o[i]))
            return needs_value(all->o[i]) && !c[1];
    }
    return 0;
}

static bool check_argv(const struct options *all, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (arg[0] != '-' || !arg[1])
            continue;
        if (str_eq(arg, "--"))
            return true;
        int takes_next = arg[1] == '-' ? check_long(all, arg) : check_short(all, arg);
        if (takes_next < 0)
            return false;
        if (takes_next && ++i == argc) {
            fprintf(stderr, "%s: %s needs a value\n", all->cmd, arg);
            return false;
        }
    }
    return true;
}

int cmd_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    struct options all = {.cmd = argv[0]};
    add_table(&all, argp->options);
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        add_table(&all, c->argp->options);
    add_table(&all, common_options);
    bool good = check_argv(&all, argc, argv);
    free(all.o);
    if (!good)
        return EXIT_BAD_INPUT + 1;
    /* --help and argp_error() leave by exit(); a parser that returns an error has told why itself.
     */
    return argp_parse(argp, argc, argv, 0, NULL, input) == 0 ? 0 : EXIT_BAD_INPUT + 1;
}
