/* Does a reply merely repeat what it was asked with? Small models copy the form or the worked
 * example of a prompt instead of filling it; such a reply is readable and worthless. One measure
 * for all roles: runs of four words, as in the overlap measures of text generation. */
#pragma once
#include <stdbool.h>

/* More than half of the runs of ECHO_RUN words of `text` stand in `own`, the prompt's own words,
 * and not in `given`, the words of the task, which every reply may use. Case, punctuation and
 * spacing do not count. A line of fewer words is one
 * run, and a single word says nothing. No run reaches over a TEMPLATE_GAP or, in
 * `text`, a line's end. False for a text without words. */
bool echo_is(const char *text, const char *own, const char *given);

enum { ECHO_RUN = 4 };
