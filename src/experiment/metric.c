/* See metric.h. */
#include "experiment/metric.h"
#include <math.h>
#include "base/str.h"

#define PP "pp", 100, 1   /* a share, shown in percentage points */
#define SHARE 0, 1        /* its bounds */
#define COUNT 0, INFINITY /* those of a count, or of a time */
#define SOLVE "solve", "solved"
#define EITHER (CRITERION_DIFFERENCE | CRITERION_RATIO)

const struct metric metrics[] = {
    {"pass@1",
     "passes the hidden tests",
     "pass@1",
     {SOLVE},
     "%s tasks",
     false,
     PP,
     true,
     SHARE,
     EITHER,
     .of_success = true},
    {"accuracy_within_seconds",
     "what stood after `seconds` of ledger time passes (see smaller budgets)",
     "accuracy within %g s",
     {SOLVE},
     "%s tasks within %g s",
     false,
     PP,
     true,
     SHARE,
     EITHER,
     .needs_seconds = true,
     .of_success = true},
    {"tool_misuse_and_spec_errors",
     "carries a T or S flag of the failure taxonomy that both kinds of arms can have, also in a "
     "solved episode; unknown while a failed episode is untagged",
     "episodes with tool misuse or spec errors",
     {"have", "had"},
     "tool misuse or spec errors in %s episodes",
     false,
     PP,
     false,
     SHARE,
     EITHER},
    {"tool_misuse",
     "the same, T flags alone",
     "episodes with tool misuse",
     {"have", "had"},
     "tool misuse in %s episodes",
     false,
     PP,
     false,
     SHARE,
     EITHER},
    {"spec_errors",
     "the same, S flags alone",
     "episodes with spec errors",
     {"have", "had"},
     "spec errors in %s episodes",
     false,
     PP,
     false,
     SHARE,
     EITHER},
    {"time_to_solve",
     "min(T, `seconds`), unsolved = `seconds`",
     "time to solve, unsolved = %g s",
     {"need", "needed"},
     "%s time per task (unsolved: %g s)",
     true,
     "s",
     1,
     2,
     false,
     COUNT,
     EITHER,
     .needs_seconds = true},
    {"generated_tokens",
     "tokens generated",
     "generated tokens per episode",
     {"generate", "generated"},
     "%s tokens per episode",
     false,
     "tokens",
     1,
     0,
     false,
     COUNT,
     EITHER},
    {"calls",
     "requests answered by the model",
     "calls per episode",
     {"make", "made"},
     "%s calls per episode",
     false,
     "calls",
     1,
     1,
     false,
     COUNT,
     EITHER},
    {"area_under_learning_curve",
     "area under accuracy against log2 N, divided by its width",
     "area under the learning curve",
     {SOLVE},
     "%s test problems over the whole learning curve",
     false,
     PP,
     true,
     SHARE,
     CRITERION_DIFFERENCE,
     .of_orders = true},
    {"accuracy_at_largest_n",
     "accuracy at the largest N",
     "accuracy at the largest N",
     {SOLVE},
     "%s test problems at the largest N",
     false,
     PP,
     true,
     SHARE,
     CRITERION_DIFFERENCE,
     .of_orders = true},
};
const size_t n_metrics = sizeof metrics / sizeof *metrics;

const struct metric *metric_find(const char *name)
{
    for (size_t i = 0; i < n_metrics; i++)
        if (str_eq(metrics[i].name, name))
            return &metrics[i];
    return NULL;
}

bool metric_is_share(const struct metric *m)
{
    return m->high <= 1;
}
