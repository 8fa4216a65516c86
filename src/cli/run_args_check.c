/* Do the options of `hrm run` go together? */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/run_args.h"
#include "model/model.h"

/* A flag the backend cannot follow is refused, because it would be ignored. NULL when all is well;
 * caller frees. */
static char *flag_without_use(const struct run_args *a)
{
    const struct {
        bool given;
        enum model_ability needs;
        const char *flag, *before, *behind; /* the names of the backends that can */
    } flags[] = {
        {a->serve, MODEL_SERVER, "serve", "starts a server, which only", "talk to"},
        {a->base_url, MODEL_SERVER, "base-url", "only", "talk to a server"},
        {a->api_key_file, MODEL_SERVER, "api-key-file", "only", "talk to a server"},
        {a->prices, MODEL_SERVER, "prices", "only", "have models that are paid for"},
        {a->max_cost > 0, MODEL_SERVER, "max-cost", "only", "have models that are paid for"},
        {a->think, MODEL_THINKS, "think", "only", "have models that think"},
        {a->num_ctx, MODEL_CONTEXT, "num-ctx", "only", "lets the client choose the context"},
    };
    struct str can CLEANUP_STR = {0};
    for (size_t i = 0; i < sizeof flags / sizeof *flags && model_known(a->backend); i++) {
        if (!flags[i].given || model_can(a->backend, flags[i].needs))
            continue;
        model_list(flags[i].needs, " and ", &can);
        return xasprintf("--%s: %s %s %s", flags[i].flag, flags[i].before, str_text(&can),
                         flags[i].behind);
    }
    return NULL;
}

static const char *contradiction(const struct run_args *a)
{
    bool replay = model_can(a->backend, MODEL_REPLAYS);
    if (a->stop_when_decided && a->selection.n_shards)
        return "--stop-when and --shard: a shard does not know the results of the others";
    if (a->max_cost > 0 && a->selection.n_shards)
        return "--max-cost and --shard: a shard does not know what the others have cost";
    if (a->serve && !strstr(a->serve, "{port}"))
        return "--serve: the command must say {port} where the server's port goes: "
               "'llama-server -m model.gguf --port {port}'";
    if (a->serve && a->base_url)
        return "--serve and --base-url: give only one of them";
    if (a->n_roles && replay)
        return "--role-model: a replay answers for the models of its record";
    if (a->model_name && replay)
        return "--model-name: a replay answers for the models of its record";
    if (replay && !a->replay)
        return "--model-backend replay: needs --replay RUN, the run to answer from";
    return NULL;
}

char *run_args_wrong(const struct run_args *a)
{
    char *useless = flag_without_use(a);
    const char *wrong = useless ? NULL : contradiction(a);
    return wrong ? xstrdup(wrong) : useless;
}
