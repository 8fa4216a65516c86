/* Allocation that cannot fail (aborts with a sentence), and cleanup attributes for locals. */
#pragma once
#include <stddef.h>

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
/* Overflow-checked growth of an array: *cap is doubled until it holds `need` items of `size` bytes.
 */
void *xgrow(void *p, size_t *cap, size_t need, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void mem_cleanup_free(void *pp);
void mem_cleanup_fd(const int *fd);
void mem_cleanup_file(void *pp);
#define CLEANUP(f) __attribute__((cleanup(f)))
#define CLEANUP_FREE CLEANUP(mem_cleanup_free)
#define CLEANUP_FD CLEANUP(mem_cleanup_fd)     /* closes if >= 0, keeps errno */
#define CLEANUP_FILE CLEANUP(mem_cleanup_file) /* fclose if not NULL */
