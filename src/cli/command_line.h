/* A command as it was typed, for the manifest and the report: quoted for a shell, and without
 * secrets (passwords in URLs, API keys). */
#pragma once

/* Caller frees. */
char *command_line(int argc, char **argv);
/* The same without a key that came from a file; NULL = none. Caller frees. */
char *command_line_without(const char *command, const char *api_key);
