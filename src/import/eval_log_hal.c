/* *_UPLOAD.json of HAL (the Holistic Agent Leaderboard's harness): {"config": {"agent_name",
 * "benchmark_name"}, "results": {"successful_tasks": [...], "failed_tasks": [...]},
 * "wall_clock_times": {TASK: seconds}}. */
#include <math.h>
#include <string.h>
#include "base/str.h"
#include "import/eval_log_impl.h"

bool log_is_hal(const json_t *o)
{
    const json_t *results = json_object_get(o, "results"), *config = json_object_get(o, "config");
    return json_object_get(config, "agent_name") &&
           json_is_array(json_object_get(results, "successful_tasks")) &&
           json_is_array(json_object_get(results, "failed_tasks"));
}

static int add_tasks(struct log *l, const json_t *o, const char *key, int outcome,
                     const char *system, struct err *err)
{
    const json_t *times = json_object_get(o, "wall_clock_times"), *id;
    size_t i;
    json_array_foreach (json_object_get(json_object_get(o, "results"), key), i, id) {
        const char *task = json_is_integer(id)
                               ? arena_printf(l->arena, "%lld", (long long)json_integer_value(id))
                           : json_is_string(id) ? arena_strdup(l->arena, json_string_value(id))
                                                : NULL;
        if (!task)
            return log_refuse(l, err, "%s: found an id that is neither text nor a number", key);
        struct log_row *row = log_add(l);
        row->system = system;
        row->task = task;
        row->sample = "1";
        row->outcome = outcome;
        row->seconds = log_number(times, task);
    }
    return 0;
}

int log_read_hal(struct log *l, const json_t *o, const struct log_choice *c, struct err *err)
{
    const json_t *config = json_object_get(o, "config");
    const char *system = log_text(l, config, "agent_name"),
               *benchmark = log_text(l, config, "benchmark_name");
    l->metric = "successful_tasks";
    l->benchmark = benchmark ? benchmark : "";
    if (c->metric && !str_eq(c->metric, l->metric))
        return log_refuse(l, err, "--metric: there is no '%s'; found successful_tasks", c->metric);
    int rc = add_tasks(l, o, "successful_tasks", 1, system ? system : "agent", err);
    return rc < 0 ? rc : add_tasks(l, o, "failed_tasks", 0, system ? system : "agent", err);
}
