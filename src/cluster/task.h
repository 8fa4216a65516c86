/* One job of the array: plays a shard to its end, or as far as it gets.
 *
 * It begins a life of the shard (life.h), fetches what the former one has recorded, and starts
 * `hrm run` on it as a child, in a process group of its own. While that plays, it writes down how
 * far it is, copies the record into the study, and looks whether a later life has begun. SIGTERM
 * (Slurm's warning before the time is up, a preemption, a requeue) stops the child cleanly; the job
 * is then put back into the queue. The child is killed when this process dies, and its server, if
 * it has started one, with it. */
#pragma once
#include <sys/types.h>
#include "cluster/life.h"
#include "cluster/shard.h"
#include "cluster/study.h"

struct task_job {
    const struct study *study;
    unsigned shard;
    const char *program;     /* hrm itself */
    struct life_owner owner; /* of this process */
};

enum { TASK_DONE = 0, TASK_FAILED = 1, TASK_STOPPED = 130 };

/* One of the three, or negative when it could not begin. SIGTERM and SIGINT must call stop_request
 * (base/clock.h). */
int task_play(const struct task_job *job, struct err *err);
