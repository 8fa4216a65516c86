/* The signals that ask a command to stop: Ctrl-C, kill, and the end of its terminal (a lost ssh).
 * A command started with hangups ignored (nohup) goes on ignoring them. */
#pragma once
#include <signal.h>

/* The same handler for all of them. */
void stop_signals_watch(const struct sigaction *action);
/* Those that are not ignored, for sigwait or a mask. */
void stop_signals_set(sigset_t *set);
