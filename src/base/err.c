/* Filling struct err. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void err_ellipsis(struct err *e, int printed)
{
    if (printed >= (int)sizeof e->msg)
        memcpy(e->msg + sizeof e->msg - 4, "...", 4);
}

__attribute__((format(printf, 4, 0))) static int
err_fill(struct err *e, int code, enum err_kind kind, const char *fmt, va_list ap)
{
    if (e) {
        e->code = code;
        e->kind = kind;
        err_ellipsis(e, vsnprintf(e->msg, sizeof e->msg, fmt, ap));
    }
    return code;
}

int err_input(struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int code = err_fill(e, -EINVAL, ERR_INPUT, fmt, ap);
    va_end(ap);
    return code;
}

int err_env(struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int code = err_fill(e, -ENOSYS, ERR_ENV, fmt, ap);
    va_end(ap);
    return code;
}

int err_fault(struct err *e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int code = err_fill(e, -EIO, ERR_FAULT, fmt, ap);
    va_end(ap);
    return code;
}

int err_errno(struct err *e, int errnum, const char *fmt, ...)
{
    int positive = errnum < 0 ? -errnum : errnum;
    va_list ap;
    va_start(ap, fmt);
    int code = err_fill(e, positive ? -positive : -EIO, ERR_FAULT, fmt, ap);
    va_end(ap);
    if (e) {
        size_t used = strlen(e->msg);
        err_ellipsis(e, (int)used + snprintf(e->msg + used, sizeof e->msg - used, ": %s",
                                             strerror(positive)));
    }
    return code;
}

bool err_is_full(int errnum)
{
    int positive = errnum < 0 ? -errnum : errnum;
    return positive == ENOSPC || positive == EDQUOT;
}

int err_full(struct err *e, const char *path)
{
    err_env(e, "%s: the disk is full; with room again, the same command continues", path);
    if (e)
        e->code = -ENOSPC;
    return -ENOSPC;
}

int err_interrupted(struct err *e)
{
    err_fault(e, "interrupted");
    if (e)
        e->code = -EINTR;
    return -EINTR;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -EIO;
    char said[sizeof e->msg]; /* a copy of the message, since it is overwritten below */
    memcpy(said, e->msg, sizeof said);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    size_t used = strlen(e->msg);
    err_ellipsis(e, (int)used + snprintf(e->msg + used, sizeof e->msg - used, ": %s", said));
    return e->code;
}
