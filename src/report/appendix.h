/* The appendix of the HTML page: the tasks on which the arms differ and the disputed episodes,
 * with transcripts; configuration, identity and machine; how to cite the run and how to repeat it.
 */
#pragma once
#include "doc/doc.h"
#include "analysis/run.h"

int appendix_add(struct doc *d, const struct analysis_run *run, struct err *err);
