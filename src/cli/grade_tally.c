#include "cli/grade_tally.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "stats/rate.h"

bool grade_tally_ks(struct grade_tally *t, const char *list)
{
    t->n_k = 0;
    for (char *end; t->n_k < GRADE_MAX_K; list = end + 1) {
        long k = strtol(list, &end, 10);
        if (end == list || k < 1 || (*end && *end != ','))
            return false;
        t->k[t->n_k++] = k;
        if (!*end)
            return true;
    }
    return false;
}

void grade_tally_add(struct grade_tally *t, const json_t *id, const char *verdict)
{
    bool pass = str_eq(verdict, "pass"), infra = str_eq(verdict, "infra");
    t->n_rows++;
    t->n_pass += pass;
    t->n_infra += infra;
    if (!t->n_k || infra)
        return;
    char *key CLEANUP_FREE = json_is_string(id) ? xstrdup(json_string_value(id)) : json_text(id);
    if (!t->tasks)
        t->tasks = json_object();
    json_t *counts = json_object_get(t->tasks, key);
    if (!counts) {
        counts = json_pack("[i, i]", 0, 0);
        json_object_set_new(t->tasks, key, counts);
    }
    json_t *samples = json_array_get(counts, 0), *passes = json_array_get(counts, 1);
    json_integer_set(samples, json_integer_value(samples) + 1);
    json_integer_set(passes, json_integer_value(passes) + pass);
}

static int mean_pass_at_k(const struct grade_tally *t, long k, double *mean, struct err *err)
{
    const char *id;
    json_t *counts;
    double sum = 0;
    json_object_foreach (t->tasks, id, counts) {
        long n = (long)json_integer_value(json_array_get(counts, 0));
        long c = (long)json_integer_value(json_array_get(counts, 1));
        if (n < k)
            return err_input(err, "pass@%ld cannot be estimated: task '%s' has %ld samples", k, id,
                             n);
        sum += stats_pass_at_k(n, c, k);
    }
    *mean = sum / (double)json_object_size(t->tasks);
    return 0;
}

/* {"tasks":164,"samples":328,"pass@1":0.5,"pass@1_low":...,"pass@1_high":...}: Wilson's interval
 * over tasks. */
static int pass_line(const struct grade_tally *t, json_t *line, struct err *err)
{
    size_t n = json_object_size(t->tasks);
    json_object_set_new(line, "tasks", json_integer((json_int_t)n));
    json_object_set_new(line, "samples", json_integer((json_int_t)(t->n_rows - t->n_infra)));
    for (size_t i = 0; i < t->n_k && n; i++) {
        double mean = 0;
        int rc = mean_pass_at_k(t, t->k[i], &mean, err);
        if (rc < 0)
            return rc;
        struct stats_ci ci = stats_wilson(mean * (double)n, (double)n, .95);
        const char *suffix[] = {"", "_low", "_high"};
        double value[] = {mean, ci.low, ci.high};
        for (int j = 0; j < 3; j++) {
            char *key CLEANUP_FREE = xasprintf("pass@%ld%s", t->k[i], suffix[j]);
            json_object_set_new(line, key, json_real(value[j]));
        }
    }
    return 0;
}

int grade_tally_report(const struct grade_tally *t, const char *output, struct err *err)
{
    fprintf(stderr, "%zu of %zu passed", t->n_pass, t->n_rows);
    if (t->n_infra)
        fprintf(stderr, "; %zu could not be judged (a fault of the sandbox, not of the programs)",
                t->n_infra);
    if (t->n_one_process)
        fprintf(stderr, "; %zu graded in one process (isolated: no)", t->n_one_process);
    if (t->n_disputed)
        fprintf(stderr, "; %zu disputed (wrong isolated, right in one process)", t->n_disputed);
    fprintf(stderr, "\n");
    if (!t->n_k)
        return 0;
    json_t *line CLEANUP_JSON = json_object();
    int rc = pass_line(t, line, err);
    if (rc < 0)
        return rc;
    FILE *f = output && !str_eq(output, "-") ? fopen(output, "ae") : stdout;
    if (!f)
        return err_errno(err, errno, "%s", output);
    char *text CLEANUP_FREE = json_text(line);
    fprintf(f, "%s\n", text);
    return f != stdout && fclose(f) != 0 ? err_errno(err, errno, "%s", output) : 0;
}

void grade_tally_free(struct grade_tally *t)
{
    json_decref(t->tasks);
}
