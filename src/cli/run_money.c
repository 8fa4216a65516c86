/* See run_money.h. */
#include "cli/run_money.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/price_table.h"
#include "model/purse.h"
#include "model/url.h"

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

static const char *set_in(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

/* A dry run has asked nobody: the name and the address that would be asked. Caller decrefs. */
static json_t *expected_identity(const struct run_args *args, const struct run_job *job)
{
    const bool openai = str_eq(args->backend, "openai");
    const char *name = json_get_str(job->identity, "name", "");
    const char *url = args->base_url, *from = openai ? "OPENAI_API_BASE" : "OLLAMA_BASE_URL";
    struct url_base base = {0};
    json_t *id = json_copy(job->identity);
    if (!*name && openai && set_in("OPENAI_MODEL"))
        json_object_set_new(id, "name", json_string(set_in("OPENAI_MODEL")));
    if (!url)
        url = set_in(from);
    if (!url && openai)
        url = set_in("OPENAI_BASE_URL");
    if (url && (openai ? url_read_openai : url_read_ollama)(url, from, &base, NULL) == 0) {
        json_object_set_new(id, "base_url", json_string(base.shown));
        url_base_free(&base);
    }
    return id;
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
