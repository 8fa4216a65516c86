/* The inside of struct box, for box.c and box_run.c only. */
#pragma once
#include <sys/types.h>
#include "sandbox/proto.h"

struct cgroup;

struct box {
    pid_t pid;
    int sock, null_fd;
    struct cgroup *cgroup; /* NULL where none can be made */
    uint32_t serial;       /* of the last run */
    struct box_hello hello;
};
