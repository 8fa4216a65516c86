/* Waiting that a requested stop ends within about 0.2 s. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

/* Sleeps; false when a stop was requested meanwhile. */
bool patience_sleep(double seconds);
/* A condition for the two below. */
void patience_init(pthread_cond_t *c);
/* Waits for a signal, but no longer than 0.2 s: the caller loops, asking for what it waits for and
 * for stop_requested(). */
void patience_wait(pthread_cond_t *c, pthread_mutex_t *m);
/* Waits for a signal until clock_seconds() is `at`; false when it is. */
bool patience_wait_until(pthread_cond_t *c, pthread_mutex_t *m, double at);
