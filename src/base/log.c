/* Messages to stderr. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic enum log_level log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    log_level = level;
}

__attribute__((format(printf, 2, 0))) static void log_line(enum log_level level, const char *fmt,
                                                           va_list ap)
{
    if (level > log_level)
        return;
    flockfile(stderr); /* one line stays one line among threads */
    fputs("hrm: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    funlockfile(stderr);
}

#define LOG_BODY(level)                                                                            \
    va_list ap;                                                                                    \
    va_start(ap, fmt);                                                                             \
    log_line(level, fmt, ap);                                                                      \
    va_end(ap)

void log_warn(const char *fmt, ...)
{
    LOG_BODY(LOG_WARN);
}

void log_info(const char *fmt, ...)
{
    LOG_BODY(LOG_INFO);
}

void log_debug(const char *fmt, ...)
{
    LOG_BODY(LOG_DEBUG);
}
