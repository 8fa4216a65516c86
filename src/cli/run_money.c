/* See run_money.h. */
#include "cli/run_money.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/model.h"
#include "model/name.h"
#include "model/price_table.h"
#include "model/purse.h"

/* ---- which prices ---- */

/* NULL when the run has not begun or recorded none. What is wrong with its record is said when it
 * is opened for writing. */
static json_t *recorded(const struct run_job *job)
{
    struct store *store = NULL;
    struct manifest m = {0};
    json_t *prices = NULL;
    if (!job->dir.db || !file_exists(job->dir.db) ||
        store_open(job->dir.db, STORE_READ, &store, NULL) < 0)
        return NULL;
    if (manifest_read(store, &m, NULL) == 1)
        prices = json_incref(json_object_get(m.json, "prices"));
    manifest_free(&m);
    store_close(store);
    return prices;
}

/* Of a model as the command line names it (NULL = not). What is wrong with a name is said when the
 * model is opened. Caller decrefs. */
static json_t *expected_of(const struct run_args *args, const struct run_job *job, const char *text)
{
    struct model_name name = {0};
    bool named = text && *text && model_name_parse(text, &name, NULL) == 0;
    const struct model_config cfg = {.backend = args->backend,
                                     .name = named ? name.name : NULL,
                                     .base_url = named && name.url ? name.url : args->base_url,
                                     .api_key = job->api_key};
    json_t *id = model_expected(&cfg);
    model_name_free(&name);
    return id;
}

/* A dry run has asked nobody: the names and the addresses that would be asked. Caller decrefs. */
static json_t *expected_identity(const struct run_args *args, const struct run_job *job)
{
    json_t *id = json_copy(job->identity), *roles = json_object();
    json_t *own CLEANUP_JSON = expected_of(args, job, json_get_str(id, "name", ""));
    json_object_update(id, own);
    for (size_t i = 0; i < args->n_roles; i++)
        json_object_set_new(roles, args->roles[i].role,
                            expected_of(args, job, args->roles[i].model));
    json_object_set_new(id, "roles", roles);
    return id;
}

static void say_unpriced(const char *path, const json_t *prices, const json_t *identity)
{
    const char *role;
    json_t *own;
    if (json_is_null(json_object_get(prices, "model")))
        fprintf(stderr, "hrm: %s has no price for %s: its tokens count as nothing\n", path,
                json_get_str(identity, "name", "the model"));
    json_object_foreach (json_object_get(prices, "roles"), role, own)
        if (json_is_null(own))
            fprintf(stderr,
                    "hrm: %s has no price for %s, the model of %s: its tokens count as nothing\n",
                    path,
                    json_get_str(json_object_get(json_object_get(identity, "roles"), role), "name",
                                 "another model"),
                    role);
}

static int find_prices(const struct run_args *args, const struct run_job *job, json_t **out,
                       struct err *err)
{
    char *own CLEANUP_FREE = args->prices ? NULL : price_table_of_user();
    const char *path = args->prices ? args->prices : own;
    struct price_table *table = NULL;
    *out = args->prices ? NULL : recorded(job);
    if (*out || !path)
        return 0;
    int rc = price_table_load(path, &table, err);
    if (rc < 0)
        return rc;
    json_t *id CLEANUP_JSON =
        job->model ? json_incref(job->identity) : expected_identity(args, job);
    *out = price_table_find(table, id);
    price_table_free(table);
    say_unpriced(path, *out, id);
    if (!*out && args->prices)
        fprintf(stderr, "hrm: %s has no price for %s at %s: no cost is shown\n", path,
                json_get_str(id, "name", "the model"), json_get_str(id, "base_url", "its server"));
    return 0;
}

int run_money_open(const struct run_args *args, struct run_job *job, struct err *err)
{
    if (!model_can(args->backend, MODEL_SERVER))
        return 0;
    int rc = find_prices(args, job, &job->prices_json, err);
    job->prices = prices_of(job->prices_json);
    if (rc == 0 && args->max_cost > 0 && !job->prices.currency)
        rc = err_input(err,
                       "--max-cost: there is no price for %s; --prices FILE names a table that has "
                       "one",
                       json_get_str(job->identity, "name", "the model"));
    return rc;
}

/* ---- what was spent ---- */

int run_money_begin(const struct run_args *args, struct run_job *job, struct err *err)
{
    double spent = 0;
    if (!job->purse || !job->prices.currency)
        return 0;
    int rc = prices_spent(&job->prices, job->store, &spent, err);
    if (rc == 0)
        purse_fill(job->purse, &job->prices, spent, args->max_cost > 0 ? args->max_cost : INFINITY);
    return rc;
}

double run_money_spent(const struct run_job *job)
{
    return job->purse && job->prices.currency ? purse_spent(job->purse) : NAN;
}

void run_money_add(const struct run_job *job, double amount, struct str *out)
{
    prices_add_amount(out, amount);
    str_addf(out, " %s", job->prices.currency);
}
