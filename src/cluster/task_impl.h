/* Internal: a task that plays. */
#pragma once
#include "cluster/record.h"
#include "cluster/task.h"

/* The child, `hrm run`. */
struct task_child {
    pid_t pid;
    int output;      /* its stderr */
    struct str line; /* of it, not yet complete */
    char *said;      /* the last line that says why; NULL = none */
    bool ended;
    int status; /* of waitpid */
};

struct task_run {
    const struct task_job *job;
    struct life life;
    struct task_child child;
    struct store *store; /* the record, once there is one */
    struct store_counts before, now, published;
    double began, beaten, copied;
    double term_at, kill_at; /* when the child was, will be signalled again; 0 = it was not */
    bool superseded;
};

/* task_child.c */
int task_child_start(struct task_run *t, struct err *err);
/* Passes on what it has written, for up to wait_s, and sees whether it has ended. */
void task_child_look(struct task_run *t, double wait_s);
void task_child_signal(const struct task_run *t, int number);
void task_child_free(struct task_run *t);

/* task_end.c: what it comes to: DONE, end.json, the queue. The exit code, or negative. */
int task_conclude(struct task_run *t, struct err *err);
