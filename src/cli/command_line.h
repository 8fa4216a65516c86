/* A command as it was typed, for the manifest and the report: quoted for a shell, and without
 * secrets (passwords in URLs, API keys). */
#pragma once

struct redact;

/* Caller frees. */
char *command_line(int argc, char **argv);
/* The same without a key that came from a file (NULL = none), and without those that the
 * environment has by now, as --env-file may have added some. Caller frees. */
char *command_line_without(const char *command, const char *api_key);
/* The API keys of the environment. */
void command_line_keys(struct redact *secrets);
