/* See options.h. */
#include "cli/options.h"
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "cli/cmd.h"

static void add_rows(struct options *all, const struct argp_option *row, const struct argp *of)
{
    for (; row && (row->name || row->key || row->doc || row->group); row++) {
        all->o = xgrow(all->o, &all->cap, all->n + 1, sizeof *all->o);
        all->o[all->n++] = (struct option_entry){row, of};
    }
}

void options_add(struct options *all, const struct argp *argp)
{
    if (!argp)
        return;
    add_rows(all, argp->options, argp);
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        options_add(all, c->argp);
}

void options_add_common(struct options *all)
{
    add_rows(all, cmd_common_options, NULL);
}

void options_free(struct options *all)
{
    free(all->o);
    *all = (struct options){0};
}

bool option_is_heading(const struct argp_option *o)
{
    return !o->name && !o->key;
}

/* An alias takes what the option above it takes. */
static const struct argp_option *original(const struct argp_option *o)
{
    while (o->flags & OPTION_ALIAS)
        o--;
    return o;
}

const char *option_value(const struct argp_option *o)
{
    return original(o)->arg;
}

bool option_needs_value(const struct argp_option *o)
{
    return option_value(o) && !(original(o)->flags & OPTION_ARG_OPTIONAL);
}

bool option_is_short(const struct argp_option *o)
{
    return o->key > ' ' && o->key < 0x7f;
}

bool option_has_name(const struct argp_option *o, const char *word, size_t n, bool part)
{
    if (!o->name)
        return false;
    for (size_t i = 0; i < n; i++)
        if (o->name[i] != (word[i] == '_' ? '-' : word[i]))
            return false; /* also when the name ends early */
    return part || o->name[n] == '\0';
}

char *option_help_text(const struct argp *of, int key, const char *text)
{
    char *filtered = of && of->help_filter ? of->help_filter(key, text, NULL) : (char *)text;
    return filtered && filtered == text ? xstrdup(text) : filtered;
}
