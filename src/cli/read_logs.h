/* Tables of outcomes and logs of other programs, as hrm stats and hrm compare take them. */
#pragma once
#include <argp.h>
#include "analysis/outcomes.h"
#include "import/eval_log.h"

struct logs_args {
    struct log_choice choice; /* --metric, --cluster */
    const char *arms;         /* the command's --arms */
};

/* The options, as children of a command's parser; the input is a struct logs_args. */
extern const struct argp logs_argp;

/* Is the file a log of another program? False for CSV tables and for what cannot be read. */
bool logs_is(const char *path);
/* One CSV table, or any number of logs. The caller frees out->run with analysis_run_free. */
int logs_outcomes(char *const *files, int n, const struct logs_args *args,
                  struct analysis_outcomes *out, struct err *err);
/* What the documents about them are called. In the run's arena. */
const char *logs_title(char *const *files, int n, const struct analysis_outcomes *o);
