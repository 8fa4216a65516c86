/* hrm-python: one warm Python interpreter in a jail, serving one run at a time (proto.h). Its
 * parts, in the order in which they act:
 *
 *   once    warm_jail.c   namespaces, a root of its own, a uid of its own
 *           warm_tmp.c    the private /tmp, made anew whenever a run has touched it
 *           warm_landlock.c, warm_filter.c   the rules each run will put on
 *           warm_python.c the interpreter, preloaded
 *   per run warm_run.c    clone3, every layer, the program; the parent watches CPU and wall clock
 *           warm_where.c  the line at which a limit of time met the program
 *
 * This program is one thread and never reads a request's text outside the forked run. It may print
 * and exit: it is an executable, not a library room. */
#pragma once
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "sandbox/proto.h"

#define WARM_OWN_PID                                                                               \
    0x7ffffff1 /* in the weak jail's filter: replaced by the run's pid (pids stay below 2^22) */

struct warm_tmp {
    bool mounted; /* false: there is no private /tmp (weak jail) */
    struct stat st;
    struct statfs fs; /* as it was when fresh */
};

struct warm {
    bool checker, numeric, weak; /* from the command line */
    unsigned slot;               /* makes the uid its own */
    uint32_t layers;             /* enum box_layer */
    uint32_t landlock_abi;
    int landlock_fd; /* ruleset, or -1 */
    struct warm_tmp tmp;
    struct sock_fprog filter; /* what each run puts on over the one that is always on */
    uint64_t own_memory;      /* bytes of address space before any run */
    uint32_t *entered; /* a page shared with the run, which writes its serial there behind the last
                          layer and unmaps it: so "the jail could not be put on" cannot be forged by
                          a program */
    int statm_fd;      /* /proc/self/statm, opened while there is a /proc; -1 if there was none */
    int proc_fd;       /* /proc as it was before the jail, or -1; runs do not inherit it */
    char text[BOX_TEXT]; /* why something failed, or Python's version */
};

struct warm_fds {
    int in, out, err, blob, rpc; /* rpc may be -1 */
};

/* Each returns 0 or a negative errno with w->text saying what could not be done. */
int warm_enter_jail(struct warm *w);
int warm_mount_tmp(struct warm *w);
int warm_build_landlock(struct warm *w); /* landlock_fd = -1 and 0 when the kernel has none */
int warm_build_filter(struct warm *w);   /* and puts on its first half: call last */
int warm_put_on_filter(const struct sock_fprog *filter); /* 0, or -1 and errno */
int warm_start_python(struct warm *w);

/* After a run: makes /tmp new if it was touched. */
int warm_clean_tmp(struct warm *w);
/* Starts the run, watches it, fills the reply. `sock` is watched for BOX_KILL or BOX_LATE and for
 * hrm's death, in which case the run is killed and -EPIPE returned. Closes nothing. */
int warm_run(struct warm *w, const struct box_request *rq, const struct warm_fds *fds, int sock,
             struct box_reply *reply);

/* In the forked run, behind every layer. blob stays mapped; returns the exit status. */
int warm_python_run(const struct box_request *rq, struct box_blob *blob);

/* A run that gets this signal says where in the program it is, and ends (warm_where.c). The handler
 * is put in place before the fork; warm_where_blob, in the run, says where to put the line. */
int warm_where_signal(void);
int warm_where_prepare(void);
void warm_where_blob(struct box_blob *blob);

/* "what: strerror" into w->text; returns -errnum. */
int warm_fail(struct warm *w, int errnum, const char *what);

/* Directories every run may read: the standard library, packages, shared libraries.
 * NULL-terminated. */
extern const char *const warm_library_dirs[];
