/* Progress on stderr: redrawn in place on a terminal, else a line from time to time.
 */
#pragma once
#include "experiment/runner.h"

struct run_screen; /* what is on the terminal now */

struct run_screen *run_screen_open(const char *title); /* borrowed */
/* Shows it if it is time to; on a terminal about five times a second. */
void run_screen_show(struct run_screen *s, const struct runner_progress *p);
/* A note, shown from the next update on; copied. "" = none. */
void run_screen_note(struct run_screen *s, const char *text);
/* Clears the drawing and frees. NULL is legal. */
void run_screen_close(struct run_screen *s);
