/* One warm Python interpreter in a jail, seen from hrm: start it, have it run things, stop it.
 *
 * A box serves one run at a time and belongs to one thread at a time. What happens inside a run is
 * data in struct box_run; a negative return is a fault of ours. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/str.h"
#include "sandbox/proto.h"

struct err;
struct box;

struct box_config {
    bool checker; /* runs tests, else programs */
    bool numeric; /* with numpy and sympy preloaded, where installed */
    bool weak;    /* accept Landlock + seccomp + rlimits without namespaces */
    unsigned slot;
};

struct box_bytes {
    const void *p;
    size_t len;
};

struct box_run {
    /* in */
    struct box *box;
    enum box_job job;
    double cpu_s, wall_s; /* wall: time in which it did not wait for a processor */
    size_t memory_bytes, output_bytes, report_bytes;
    uint64_t seed;
    const struct box_bytes *input; /* [n_input] borrowed */
    size_t n_input;
    struct box_bytes stdin_bytes; /* .p == NULL: empty */
    bool capture;                 /* stdout and stderr into out and errout, else discarded */
    int rpc; /* the run's end of the rpc socket, -1 = none; closed by box_run_all */
    /* out; box_run_free ends them */
    struct str out, errout; /* at most output_bytes each */
    bool output_over;       /* there was more; the run was ended */
    struct str report;      /* a list of byte strings, read it with box_next */
    struct box_reply reply;
    int line;           /* of main.py, where a limit of time met it, as it says; 0 = not known */
    bool late;          /* ended at the wall limit */
    bool out_of_memory; /* the kernel killed it: its cgroup was out of memory */
    bool lost;          /* no reply: the warm interpreter died or hung and must be reopened */
};

/* Starts hrm-python and waits for its hello. ERR_ENV with the layer that is missing, or a sentence
 * about hrm-python. */
int box_open(const struct box_config *cfg, struct box **out, struct err *err);
void box_close(struct box *b); /* kills; NULL is legal */
const struct box_hello *box_hello(const struct box *b);
int box_pid(const struct box *b); /* for tests */

/* Runs all at once, each in its own box. When the first has ended the others are told to end. */
int box_run_all(struct box_run *const *runs, size_t n, struct err *err);
void box_run_free(struct box_run *r);

/* The next byte string of a report at *pos; false at its end or where it is malformed. */
bool box_next(const struct str *report, size_t *pos, struct box_bytes *out);
