/* See command_line.h. */
#include "cli/command_line.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "model/redact.h"

void command_line_keys(struct redact *secrets)
{
    static const char *const variables[] = {"OPENAI_API_KEY", "OLLAMA_API_KEY"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        redact_add(secrets, getenv(variables[i]));
}

/* The words of an argument: "--serve=llama-server --api-key K" has four. */
static void find_secrets(struct redact *secrets, const char *arg)
{
    static const char separators[] = " \t\n='\"";
    bool key = false;
    while (*(arg += strspn(arg, separators))) {
        size_t n = strcspn(arg, separators);
        char *word CLEANUP_FREE = xstrndup(arg, n);
        if (key)
            redact_add(secrets, word);
        if (strstr(word, "://"))
            redact_add_url(secrets, word);
        key = str_ends(word, "-api-key") || str_ends(word, "_api_key");
        arg += n;
    }
}

static void put_quoted(struct str *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:=,@%+";
    if (*word && strspn(word, plain) == strlen(word)) {
        str_add(out, word);
        return;
    }
    str_addc(out, '\'');
    for (; *word; word++)
        if (*word == '\'')
            str_add(out, "'\\''");
        else
            str_addc(out, *word);
    str_addc(out, '\'');
}

char *command_line(int argc, char **argv)
{
    struct redact secrets = {0};
    struct str out CLEANUP_STR = {0};
    command_line_keys(&secrets);
    str_add(&out, argv[0]); /* "hrm run" */
    for (int i = 1; i < argc; i++) {
        find_secrets(&secrets, argv[i]);
        str_addc(&out, ' ');
        put_quoted(&out, argv[i]);
    }
    char *text = redact_text(&secrets, out.p, 0);
    redact_free(&secrets);
    return text;
}

char *command_line_without(const char *command, const char *api_key)
{
    struct redact secrets = {0};
    command_line_keys(&secrets);
    redact_add(&secrets, api_key);
    char *text = redact_text(&secrets, command, 0);
    redact_free(&secrets);
    return text;
}
