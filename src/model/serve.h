/* A model server that hrm starts for one run (--serve) and stops with it, however the run ends. */
#pragma once
#include "base/err.h"

struct serve;

/* Starts `command` in a shell, with every {port} replaced by a free port of the loopback. Its
 * output goes to the file `log`, which is removed by serve_stop unless serve_log_to has moved it.
 */
int serve_start(const char *command, const char *log, struct serve **out, struct err *err);
/* Returns when the server answers, and it is this one that does. ERR_ENV when it ends before (with
 * the end of its log) or takes longer than limit_s; -EADDRINUSE when another process has taken its
 * port, so that another start may do; -EINTR when a stop was requested. on_wait (may be NULL) is
 * called about twice a second. */
int serve_wait(struct serve *s, double limit_s, void (*on_wait)(void *user, double seconds),
               void *user, struct err *err);
/* 0 while it runs; ERR_ENV with the end of its log when it has ended by itself. */
int serve_check(struct serve *s, struct err *err);
int serve_log_to(struct serve *s, const char *path, struct err *err);
const char *serve_url(const struct serve *s); /* "http://127.0.0.1:40123" */
void serve_stop(struct serve *s);             /* NULL is legal; up to about five seconds */
