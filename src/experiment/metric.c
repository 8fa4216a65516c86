/* See metric.h. */
#include "experiment/metric.h"
#include <math.h>
#include "base/str.h"

/* A share, shown in percentage points, and the bounds of one and of a count or a time. */
#define PP .unit = "pp", .scale = 100, .digits = 1
#define SHARE .low = 0, .high = 1
#define COUNT .low = 0, .high = INFINITY
#define SOLVE "solve", "solved"
#define EITHER (CRITERION_DIFFERENCE | CRITERION_RATIO)

const struct metric metrics[] = {
    {.name = "pass@1",
     .of = "passes the hidden tests",
     .says = "pass@1",
     .verb = {SOLVE},
     .object = "%s tasks",
     PP,
     .more_is_better = true,
     SHARE,
     .quantities = EITHER,
     .of_success = true},
    {.name = "accuracy_within_seconds",
     .of = "what stood after `seconds` of ledger time passes (see smaller budgets)",
     .says = "accuracy within %g s",
     .verb = {SOLVE},
     .object = "%s tasks within %g s",
     PP,
     .more_is_better = true,
     SHARE,
     .quantities = EITHER,
     .needs_seconds = true,
     .of_success = true},
    {.name = "tool_misuse_and_spec_errors",
     .of = "carries a T or S flag of the failure taxonomy that both kinds of arms can have, also "
           "in a solved episode; unknown while a failed episode is untagged",
     .says = "episodes with tool misuse or spec errors",
     .verb = {"have", "had"},
     .object = "tool misuse or spec errors in %s episodes",
     PP,
     SHARE,
     .quantities = EITHER},
    {.name = "tool_misuse",
     .of = "the same, T flags alone",
     .says = "episodes with tool misuse",
     .verb = {"have", "had"},
     .object = "tool misuse in %s episodes",
     PP,
     SHARE,
     .quantities = EITHER},
    {.name = "spec_errors",
     .of = "the same, S flags alone",
     .says = "episodes with spec errors",
     .verb = {"have", "had"},
     .object = "spec errors in %s episodes",
     PP,
     SHARE,
     .quantities = EITHER},
    {.name = "time_to_solve",
     .of = "min(T, `seconds`), unsolved = `seconds`",
     .says = "time to solve, unsolved = %g s",
     .verb = {"need", "needed"},
     .object = "%s time per task (unsolved: %g s)",
     .uncounted = true,
     .unit = "s",
     .scale = 1,
     .digits = 2,
     COUNT,
     .quantities = EITHER,
     .needs_seconds = true},
    {.name = "generated_tokens",
     .of = "tokens generated",
     .says = "generated tokens per episode",
     .verb = {"generate", "generated"},
     .object = "%s tokens per episode",
     .unit = "tokens",
     .scale = 1,
     COUNT,
     .quantities = EITHER},
    {.name = "calls",
     .of = "requests answered by the model",
     .says = "calls per episode",
     .verb = {"make", "made"},
     .object = "%s calls per episode",
     .unit = "calls",
     .scale = 1,
     .digits = 1,
     COUNT,
     .quantities = EITHER},
    {.name = "area_under_learning_curve",
     .of = "area under accuracy against log2 N, divided by its width",
     .says = "area under the learning curve",
     .verb = {SOLVE},
     .object = "%s test problems over the whole learning curve",
     PP,
     .more_is_better = true,
     SHARE,
     .quantities = CRITERION_DIFFERENCE,
     .of_orders = true},
    {.name = "accuracy_at_largest_n",
     .of = "accuracy at the largest N",
     .says = "accuracy at the largest N",
     .verb = {SOLVE},
     .object = "%s test problems at the largest N",
     PP,
     .more_is_better = true,
     SHARE,
     .quantities = CRITERION_DIFFERENCE,
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
