/* See complete.h. */
#include "cli/complete.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/options.h"

static void offer_commands(struct complete *c, const struct cmd *table)
{
    for (; table && table->name; table++)
        complete_offer(c, table->name, table->summary);
}

/* ---- options ---- */

static struct options options_of(const struct cmd *cmd)
{
    struct options all = {0};
    options_add(&all, commands_argp(cmd));
    options_add(&all, cmd->also);
    options_add_common(&all);
    return all;
}

/* "--name", "--name=x", "-o". NULL if there is none. */
static const struct argp_option *find_option(const struct options *all, const char *word)
{
    bool is_long = str_starts(word, "--");
    for (size_t i = 0; i < all->n; i++) {
        const struct argp_option *row = all->o[i].row;
        if (is_long ? option_has_name(row, word + 2, strcspn(word + 2, "="), false)
                    : option_is_short(row) && row->key == word[1] && !word[2])
            return row;
    }
    return NULL;
}

/* The name goes on as it was begun: "--max_" is spelt with '_', everything else as the help does.
 */
static void offer_option(struct complete *c, const struct option_entry *o)
{
    size_t n = strlen(c->typed), begun = n > 2 ? n - 2 : 0;
    const struct argp_option *row = o->row;
    if (option_is_heading(row) || row->flags & OPTION_HIDDEN || !row->name ||
        !option_has_name(row, c->typed + n - begun, begun, true))
        return;
    char *word CLEANUP_FREE =
        xasprintf("--%.*s%s", (int)begun, c->typed + n - begun, row->name + begun);
    if (strchr(c->typed, '_'))
        for (char *rest = word + 2 + begun; *rest; rest++)
            *rest = *rest == '-' ? '_' : *rest;
    char *meaning CLEANUP_FREE = option_help_text(o->of, row->key, row->doc);
    complete_offer(c, word, meaning ? meaning : "");
}

static void offer_options(struct complete *c, const struct options *all)
{
    for (size_t i = 0; i < all->n; i++)
        offer_option(c, &all->o[i]);
}

/* ---- values ---- */

/* "RUN,RUN": what stands behind the last comma is completed. */
static void offer_list(struct complete *c, const char *placeholder)
{
    const char *comma = strchr(placeholder, ','), *last = strrchr(c->typed, ',');
    char *one CLEANUP_FREE = xstrndup(placeholder, (size_t)(comma - placeholder));
    if (last) {
        c->head = c->head_len ? c->head : c->typed;
        c->head_len = (size_t)(last + 1 - c->head);
        c->typed = last + 1;
    }
    complete_value(c, one);
}

/* "a|b", "ARM,ARM", "FILE" */
static void offer_values(struct complete *c, const char *placeholders)
{
    while (*placeholders) {
        size_t n = strcspn(placeholders, "|");
        char *one CLEANUP_FREE = xstrndup(placeholders, n);
        if (strchr(one, ','))
            offer_list(c, one);
        else
            complete_value(c, one);
        placeholders += n + (placeholders[n] == '|');
    }
}

/* "--name=..." under the cursor. */
static void offer_joined(struct complete *c, const struct options *all, const char *equals)
{
    const struct argp_option *o = find_option(all, c->typed);
    if (!o || !option_value(o))
        return;
    c->head = c->typed;
    c->head_len = (size_t)(equals + 1 - c->head);
    c->typed = equals + 1;
    offer_values(c, option_value(o));
}

/* ---- arguments ---- */

/* Of one form of a command ("[runs [DIR]]", "-o DIR RUN..."), the placeholder of argument `at`;
 * options among them do not count. Caller frees; NULL = the form has no such argument. */
static char *placeholder_at(const char *form, size_t n, size_t at)
{
    char *last = NULL;
    for (size_t i = 0; i < n;) {
        size_t start = i + strspn(form + i, " []"), stop = start;
        while (stop < n && !strchr(" []", form[stop]))
            stop++;
        i = stop + strspn(form + stop, " []");
        if (start >= n || stop == start)
            break;
        if (form[start] == '-') { /* "--array N": its value goes with it */
            i += strcspn(form + i, " \n");
            continue;
        }
        bool repeated = stop - start > 3 && strncmp(form + stop - 3, "...", 3) == 0;
        free(last);
        last = xstrndup(form + start, stop - start - (repeated ? 3 : 0));
        if (at == 0 || repeated)
            return last;
        at--;
    }
    free(last);
    return NULL;
}

/* Of all forms. False when no form has so many arguments. */
static bool offer_argument(struct complete *c, size_t at)
{
    const struct argp *argp = commands_argp(c->cmd);
    char *forms CLEANUP_FREE = option_help_text(argp, ARGP_KEY_HELP_ARGS_DOC,
                                                argp && argp->args_doc ? argp->args_doc : "");
    bool any = false;
    for (const char *form = forms ? forms : ""; *form;) {
        size_t n = strcspn(form, "\n");
        char *placeholder CLEANUP_FREE = placeholder_at(form, n, at);
        if (placeholder)
            offer_values(c, placeholder);
        any = any || placeholder;
        form += n + (form[n] == '\n');
    }
    return any;
}

/* ---- the line ---- */

/* The command of the first words; how many they are in *used. NULL = there is none. */
static const struct cmd *command_of(char *const *words, size_t n, size_t *used)
{
    const struct cmd *found = NULL, *table = commands;
    *used = 0;
    while (*used + 1 < n) {
        const struct cmd *next = commands_find(table, words[*used]);
        if (!next)
            break;
        found = next;
        table = next->subcommands;
        ++*used;
    }
    return found;
}

static void complete_command(struct complete *c, char *const *words, size_t n)
{
    struct options all CLEANUP_OPTIONS = options_of(c->cmd);
    const struct argp_option *open = NULL; /* waits for its value */
    bool only_arguments = false;           /* behind "--" */
    size_t arguments = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        bool option = !open && !only_arguments && words[i][0] == '-' && words[i][1];
        if (option && str_eq(words[i], "--")) {
            only_arguments = true;
        } else if (option) {
            open = strchr(words[i], '=') ? NULL : find_option(&all, words[i]);
            open = open && option_needs_value(open) ? open : NULL;
        } else if (open) {
            open = NULL;
        } else if (arguments++ == 0) {
            c->first = words[i];
        }
    }
    const char *equals = strchr(c->typed, '=');
    if (open)
        offer_values(c, option_value(open));
    else if (!only_arguments && str_starts(c->typed, "--") && equals)
        offer_joined(c, &all, equals);
    else if (!only_arguments && c->typed[0] == '-')
        offer_options(c, &all);
    else {
        if (arguments == 0)
            offer_commands(c, c->cmd->subcommands);
        if (!offer_argument(c, arguments) && !*c->typed && !c->out.len)
            offer_options(c, &all);
    }
}

void complete_line(char *const *words, size_t n, struct str *out)
{
    static const char *const places[] = {":nothing", ":files", ":dirs"};
    struct complete c = {.typed = words[n - 1]};
    size_t used;
    c.cmd = command_of(words, n, &used);
    if (c.cmd) {
        complete_command(&c, words + used, n - used);
    } else if (n == 1) {
        offer_commands(&c, commands);
        if (c.typed[0] == '-') {
            complete_offer(&c, "--help", "the list of commands");
            complete_offer(&c, "--version", "the version and the commit it was built from");
        }
    }
    str_addf(out, "%s%s\n", str_text(&c.out), places[c.place]);
    str_free(&c.out);
}
