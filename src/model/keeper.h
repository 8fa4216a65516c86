/* A small process between hrm and a command of the user. However hrm ends (return, Ctrl-C, _exit, a
 * crash, kill -9), the kernel closes its end of a pipe, the leash, and the keeper then ends the
 * command and its process group, with SIGTERM first and SIGKILL five seconds later. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"

struct keeper {
    pid_t pid;
    int leash; /* write end of a pipe: closed = stop */
    int news;  /* read end of a pipe: the command's wait status, when it ended by itself */
};

/* Runs `command` in a shell, in a session of its own; stdin is empty, its output goes to log_fd. */
int keeper_start(const char *command, int log_fd, struct keeper *out, struct err *err);
/* Has the command ended by itself? Its wait status if so. */
bool keeper_ended(const struct keeper *k, int *status);
/* Ends the command if it still runs, and waits for that. */
void keeper_stop(struct keeper *k);
