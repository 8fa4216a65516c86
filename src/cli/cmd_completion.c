/* hrm completion: the script that makes a shell complete hrm's command line, and the words that
 * such a script asks for. */
#include <errno.h>
#include <stdio.h>
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/complete.h"
#include "cli/completion_scripts.h"

static const struct {
    const char *shell, *script;
} scripts[] = {{"bash", hrm_bash}, {"zsh", hrm_zsh}, {"fish", hrm_fish}};

enum { N_SHELLS = sizeof scripts / sizeof *scripts };

struct completion_args {
    const char *what; /* a shell, or "words" */
    char **words;     /* [n] */
    int n;
};

static error_t refuse(const char *word, struct argp_state *state)
{
    const char *names[N_SHELLS];
    for (size_t i = 0; i < N_SHELLS; i++)
        names[i] = scripts[i].shell;
    const char *near = str_nearest(word, names, N_SHELLS);
    if (near)
        argp_error(state, "there is no completion for '%s'; did you mean '%s'?", word, near);
    else
        argp_error(state, "there is no completion for '%s'; expected bash, zsh or fish", word);
    return EINVAL;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct completion_args *args = state->input;
    (void)value;
    if (key == ARGP_KEY_NO_ARGS)
        argp_error(state, "name your shell: bash, zsh or fish");
    if (key != ARGP_KEY_ARGS)
        return ARGP_ERR_UNKNOWN;
    args->what = state->argv[state->next];
    args->words = state->argv + state->next + 1;
    args->n = state->argc - state->next - 1;
    if (str_eq(args->what, "words"))
        return args->n ? 0 : (argp_error(state, "expected the words of a command line"), EINVAL);
    bool known = false;
    for (size_t i = 0; i < N_SHELLS; i++)
        known = known || str_eq(args->what, scripts[i].shell);
    if (!known)
        return refuse(args->what, state);
    if (args->n)
        argp_error(state, "one shell at a time: '%s' is one too many", args->words[0]);
    return 0;
}

const struct argp completion_argp = {
    NULL, parse_option, "bash|zsh|fish\nwords -- WORD...",
    "Print the script that makes a shell complete hrm's commands, options and values with the Tab "
    "key.\vInstalled packages need nothing more. Else put a line into the file that your shell "
    "reads when it starts:\n"
    "  ~/.bashrc   source <(hrm completion bash)\n"
    "  ~/.zshrc    source <(hrm completion zsh)    # behind compinit\n"
    "  ~/.config/fish/config.fish   hrm completion fish | source\n"
    "The scripts ask the program, 'hrm completion words -- WORD...': which words may stand in "
    "place of the last WORD, a line each with its meaning behind a tab, and in the last line "
    "whether file names may, too (:files, :dirs or :nothing)."};

int cmd_completion(int argc, char **argv)
{
    struct completion_args args = {0};
    struct str out CLEANUP_STR = {0};
    int code = cmd_parse(&completion_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (args.n)
        complete_line(args.words, (size_t)args.n, &out);
    for (size_t i = 0; i < N_SHELLS && !args.n; i++)
        if (str_eq(args.what, scripts[i].shell))
            str_add(&out, scripts[i].script);
    fwrite(out.p, 1, out.len, stdout);
    return EXIT_DONE;
}
