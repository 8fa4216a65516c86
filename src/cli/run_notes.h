/* What the end of a run says on stderr of its numbers, where there is something to say. */
#pragma once

struct analysis_run;

/* That samples never differed, and that the model is a test object. */
void run_notes_say(const struct analysis_run *run);
