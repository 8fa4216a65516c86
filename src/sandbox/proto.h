/* clang-format off: the lines of the table below are its rows */
/* What hrm and hrm-python say to each other over one SOCK_SEQPACKET socket, one message per row:
 *
 *   hrm-python -> hrm   struct box_hello, once, when the interpreter is warm and jailed
 *   hrm -> hrm-python   struct box_request with file descriptors (SCM_RIGHTS): stdin, stdout,
 * stderr, blob, [rpc] hrm -> hrm-python   struct box_request with verb BOX_KILL: end the run that
 * is under way (BOX_LATE: because of its wall limit) hrm-python -> hrm   struct box_reply, exactly
 * one per BOX_START
 *
 * No text of a request is in these messages. It travels in the blob, a memfd that only the forked
 * run maps, so nothing of one request can be found in the memory that later runs inherit. Both
 * programs come from one build: the structs need no portable layout, only the version check. */
/* clang-format on */
#pragma once
#include <stdint.h>

#define BOX_PROTO_VERSION 3
#define BOX_SOCKET_FD 3 /* where hrm-python finds the socket */
#define BOX_RPC_FD 3    /* where the forked run finds its end of the rpc socket */
#define BOX_TEXT 480

/* Bits of box_hello.layers, in the order in which the layers are put on. NAMESPACES: mount, net,
 * ipc, uts and cgroup, and pid for each run. ROOT: a root of its own, read-only libraries, private
 * /tmp. UID: not the user's own uid, or a user without power. CGROUP is set by hrm, which makes it.
 * NUMERIC is no layer: numpy is preloaded. */
enum box_layer {
    BOX_LAYER_USERNS = 1 << 0,
    BOX_LAYER_NAMESPACES = 1 << 1,
    BOX_LAYER_ROOT = 1 << 2,
    BOX_LAYER_UID = 1 << 3,
    BOX_LAYER_LANDLOCK = 1 << 4,
    BOX_LAYER_SECCOMP = 1 << 5,
    BOX_LAYER_CGROUP = 1 << 6,
    BOX_LAYER_NUMERIC = 1 << 7,
};

struct box_hello {
    uint32_t version, layers;
    int32_t error;         /* 0 or an errno; then text says what could not be done */
    uint32_t landlock_abi; /* 0 = none */
    char text[BOX_TEXT];   /* Python's version, or the error */
};

enum box_verb { BOX_START, BOX_KILL, BOX_LATE };

/* What the forked run does. */
enum box_job {
    BOX_NOTHING,  /* fork, jail, exit: the floor */
    BOX_PROGRAM,  /* run a program */
    BOX_SERVE,    /* run a program, then serve calls on rpc: the candidate of a grading */
    BOX_TOGETHER, /* run a program and its tests: no protection of the verdict */
    BOX_CHECK,    /* run trusted tests that call over rpc: the checker of a grading */
};

struct box_request {
    uint32_t verb, job, serial;
    uint32_t max_files, max_threads;
    double cpu_s, wall_s;
    uint64_t memory_bytes; /* address space beyond the warm interpreter's own */
    uint64_t file_bytes;
    uint64_t seed;
};

enum box_end { BOX_END_SELF, BOX_END_CPU, BOX_END_WALL, BOX_END_ASKED, BOX_END_MEMORY };

struct box_reply {
    uint32_t serial;
    int32_t error;       /* 0 or an errno of ours: the run could not be started */
    int32_t wait_status; /* of waitpid */
    uint32_t end;        /* enum box_end: who ended it */
    double cpu_s, wall_s;
    uint64_t max_rss;
};

/* The blob: this header, input_len bytes of input, then report_cap bytes for the run's report.
 * The input is a list of byte strings, each a uint32_t length and its bytes. report_len is written
 * last, by the run. line: of the program, where a limit of time met it; 0 = not known. */
struct box_blob {
    uint64_t input_len, report_off, report_cap, report_len;
    uint64_t line;
};
