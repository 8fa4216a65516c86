/* See stop_signals.h. */
#include "cli/stop_signals.h"
#include <stdbool.h>
#include <stddef.h>

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
enum { N_STOPPING = sizeof stopping / sizeof *stopping };

/* Only of a hangup: a shell also starts what runs behind `&` with SIGINT ignored, and Ctrl-C or
 * kill -INT shall reach that nevertheless. */
static bool is_left_ignored(int number)
{
    struct sigaction now;
    return number == SIGHUP && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void stop_signals_watch(const struct sigaction *action)
{
    for (size_t i = 0; i < N_STOPPING; i++)
        if (!is_left_ignored(stopping[i]))
            sigaction(stopping[i], action, NULL);
}

void stop_signals_set(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < N_STOPPING; i++)
        if (!is_left_ignored(stopping[i]))
            sigaddset(set, stopping[i]);
}
