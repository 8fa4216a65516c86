/* Whole files and paths. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

/* Reads all of path ("-" = stdin); *out is NUL-terminated, caller frees. ERR_INPUT if it cannot be
 * read, is a directory or is larger than max bytes (0 = 1 GiB). */
int file_read(const char *path, size_t max, char **out, size_t *len, struct err *err);
/* Writes a temporary file beside path, fsyncs and renames it: readers see the old bytes or the new
 * ones. What was left by a process that was killed here meanwhile is removed. ERR_INPUT if nothing
 * can be written there, a fault if it breaks off. */
int file_write(const char *path, const void *data, size_t n, struct err *err);
/* Makes a file that is not there yet, with all of its bytes at once (link(2), which is atomic on
 * network file systems, too). 1 when it was there before, and is as it was. */
int file_write_new(const char *path, const void *data, size_t n, struct err *err);
int file_mkdirs(const char *path, struct err *err); /* like mkdir -p */
bool file_exists(const char *path);
bool file_is_dir(const char *path);
char *file_join(const char *dir, const char *name); /* caller frees */
const char *file_base(const char *path);            /* the part after the last slash */
char *file_dir(const char *path);                   /* caller frees; "." when there is no slash */
char *file_program_dir(void);                       /* of this executable; caller frees */
/* Data that ships with the program ("prompts/chat/coder.txt", "experiments/x",
 * "eval/suites/y.yaml"): looked for under the working directory, then $HRM_HOME, then like
 * file_find_near(), in each directory and in its share/hrm, and last where it was to be installed
 * when the program was built. Caller frees; NULL if nowhere. */
char *file_find_data(const char *relative);
/* The first that exists of a and b (NULL = none) in the executable's directory, then in that one's
 * parent, and so upward: an installed tree may be moved as a whole. Caller frees; NULL if nowhere.
 */
char *file_find_near(const char *a, const char *b);
