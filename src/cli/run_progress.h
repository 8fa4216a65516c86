/* Progress on stderr: redrawn in place on a terminal, else a line from time to time. */
#pragma once
#include "experiment/forecast.h"
#include "experiment/runner.h"
#include "model/flight.h"

struct run_screen; /* what is on the terminal now */

/* What is shown: how far the run is, and what it waits for. */
struct run_sight {
    const struct runner_progress *progress;
    struct forecast_range left; /* seconds; NaN = not known yet */
    double tokens;              /* written since the start, of calls under way too */
    double cost;                /* so far; NaN = nothing has a price */
    const char *currency;
    const struct flight_role *roles; /* [n_roles] calls under way */
    size_t n_roles;
};

struct run_screen *run_screen_open(const char *title); /* borrowed */
/* Is it time to show? On a terminal about five times a second. */
bool run_screen_due(const struct run_screen *s);
void run_screen_show(struct run_screen *s, const struct run_sight *what);
/* A note, shown from the next update on; copied. "" = none. */
void run_screen_note(struct run_screen *s, const char *text);
/* A line that stays. */
void run_screen_say(struct run_screen *s, const char *text);
/* Clears the drawing and frees. NULL is legal. */
void run_screen_close(struct run_screen *s);
