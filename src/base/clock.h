/* Time, and the stop flag that Ctrl-C sets. */
#pragma once
#include <stdbool.h>

double clock_seconds(void);     /* monotonic, from an arbitrary start */
double clock_cpu_seconds(void); /* of this process, user + system */
char *clock_utc_now(void);      /* "2026-11-23T22:14:05Z", caller frees */

void stop_request(void); /* async-signal-safe */
bool stop_requested(void);
void stop_reset(void); /* tests */
