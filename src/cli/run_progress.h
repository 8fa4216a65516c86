/* How far a run has come, on stderr: redrawn in place on a terminal, a line now and then elsewhere.
 */
#pragma once
#include "experiment/runner.h"

struct run_screen; /* what is on the terminal now */

struct run_screen *run_screen_open(const char *title); /* borrowed */
/* Shows it if it is time to; on a terminal about five times a second. */
void run_screen_show(struct run_screen *s, const struct runner_progress *p);
/* Shown with what comes next; copied. "" = nothing. */
void run_screen_note(struct run_screen *s, const char *text);
/* Clears the drawing and frees. NULL is legal. */
void run_screen_close(struct run_screen *s);
