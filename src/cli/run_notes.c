/* See run_notes.h. */
#include "cli/run_notes.h"
#include <stdio.h>
#include "analysis/samples.h"
#include "analysis/test_object.h"
#include "base/err.h"
#include "report/sections.h"

void run_notes_say(const struct analysis_run *run)
{
    struct analysis_samples samples;
    struct err ignored = {0};
    bool known = analysis_samples(run, &samples, &ignored) == 0;
    const char *warning = known ? samples_warning(run, &samples) : NULL;
    const char *test_object = test_object_note(&run->manifest);
    if (warning)
        fprintf(stderr, "hrm: %s\n", warning);
    if (test_object)
        fprintf(stderr, "hrm: %s\n", test_object);
}
