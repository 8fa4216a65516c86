/* Errors: one sentence for the user, and a kind that decides the exit code.
 *
 * Functions that can fail return 0 or a negative errno and take a `struct err *` last (may be
 * NULL). The message says what, where (file:line) and what was expected; it is stored inline so
 * that an error can be reported when memory is gone. Outputs are untouched on failure. */
#pragma once
#include <stdbool.h>

enum err_kind {
    ERR_FAULT, /* the harness itself, an I/O fault: exit 1 */
    ERR_INPUT, /* bad flag, file, suite: exit 2 */
    ERR_ENV,   /* no server, no sandbox: exit 3 */
};

struct err {
    int code; /* negative errno, 0 = no error */
    enum err_kind kind;
    char msg[1024]; /* longer messages are cut, ending in "..." */
};

/* Each fills *e (if not NULL) and returns the negative errno to hand on. */
int err_input(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_env(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_fault(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* ": strerror(errnum)" is appended; errnum may have either sign. Kind ERR_FAULT. */
int err_errno(struct err *e, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Of a path that cannot be written because the disk, or the user's part of it, is full: what to do.
 * -ENOSPC, ERR_ENV. */
int err_full(struct err *e, const char *path);
bool err_is_full(int errnum); /* of either sign: is that why? */
/* "interrupted", -EINTR: a stop was requested. */
int err_interrupted(struct err *e);
/* Puts "context: " before the message that is there. Returns e->code. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
