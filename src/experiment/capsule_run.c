/* See capsule_run.h. */
#include "experiment/capsule_run.h"
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/prompt.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "store/capsule.h"
#include "store/manifest.h"
#include "suite/suite.h"

/* ---- the experiment: as the manifest has it, with the flags of the run in it ---- */

/* [a, b] -> "a-b" */
static void range_to_text(json_t *o, const char *key)
{
    const json_t *range = json_object_get(o, key);
    if (!json_is_array(range))
        return;
    char *text CLEANUP_FREE =
        xasprintf("%lld-%lld", (long long)json_integer_value(json_array_get(range, 0)),
                  (long long)json_integer_value(json_array_get(range, 1)));
    json_object_set_new(o, key, json_string(text));
}

/* Arms of a curriculum are expanded ("flat@strict:512"); the file has each once. */
static json_t *base_arms(const json_t *arms)
{
    json_t *out = json_array(), *arm;
    const char *last = NULL;
    size_t i;
    json_array_foreach (arms, i, arm) {
        const char *name = json_get_str(arm, "name", ""), *at = strrchr(name, '@');
        char *base CLEANUP_FREE = xstrndup(name, at ? (size_t)(at - name) : strlen(name));
        if (str_eq(base, last))
            continue;
        json_t *copy = json_deep_copy(arm);
        json_object_set_new(copy, "name", json_string(base));
        json_array_append_new(out, copy);
        last = json_get_str(copy, "name", NULL);
    }
    return out;
}

/* The text of an experiment.yaml (JSON is YAML) that reads as the experiment did. Caller frees. */
static char *experiment_text(const struct manifest *m)
{
    json_t *o CLEANUP_JSON = json_deep_copy(json_object_get(m->json, "experiment"));
    json_t *curriculum = json_object_get(o, "curriculum"), *criterion, *arm;
    size_t i;
    json_object_set_new(o, "suite", json_string(CAPSULE_SUITE));
    json_array_foreach (json_object_get(o, "criteria"), i, criterion)
        range_to_text(criterion, "steps");
    json_array_foreach (json_object_get(o, "arms"), i, arm)
        arm_json_as_file(arm);
    if (curriculum) {
        range_to_text(curriculum, "steps");
        json_object_del(curriculum, "arms");
        json_object_set(curriculum, "seeds", json_object_get(o, "samples"));
        json_object_set_new(o, "arms", base_arms(json_object_get(o, "arms")));
    }
    char *text = json_text_pretty(o), *seed = strstr(text, "\"seed\": \"");
    if (seed) { /* 64 bits unsigned, so text in JSON; a number in YAML. A quote in a text is escaped
                 */
        char *open = seed + strlen("\"seed\": "), *close = strchr(open + 1, '"');
        *open = *close = ' ';
    }
    return text;
}

/* ---- packing ---- */

static int add_suite(const struct manifest *m, const char *named, struct store *copy,
                     struct err *err)
{
    const char *was = m->suite.path;
    char *path CLEANUP_FREE = named              ? xstrdup(named)
                              : file_exists(was) ? xstrdup(was)
                                                 : file_find_data(was);
    char *text CLEANUP_FREE = NULL;
    char hex[HASH_HEX];
    size_t n;
    if (!path)
        return err_input(err, "there is no suite %s any more; --suite FILE says where it is", was);
    int rc = file_read(path, 0, &text, &n, err);
    if (rc < 0)
        return rc;
    hash_sha256_hex(text, n, hex);
    if (!str_eq(hex, m->suite.sha256))
        return err_input(err,
                         "%s is not the suite of this run: its sha256 is %.12s, not %.12s; --suite "
                         "FILE names another",
                         path, hex, m->suite.sha256);
    return capsule_add(copy, CAPSULE_SUITE, text, n, err);
}

static int add_prompts(const struct manifest *m, const char *named, struct store *copy,
                       struct err *err)
{
    struct prompt_sources s = {0};
    struct prompt_set *set = NULL;
    const char *profile = named ? named : m->prompts.profile;
    int rc = prompt_sources_read(profile, &s, err);
    if (rc == 0)
        rc = prompt_set_parse(profile, &s, &set, err);
    if (rc == 0 && !str_eq(prompt_set_sha256(set), m->prompts.sha256))
        rc = err_input(err,
                       "the prompts %s are not those of this run: their sha256 is %.12s, not "
                       "%.12s; --prompts PROFILE names others",
                       profile, prompt_set_sha256(set), m->prompts.sha256);
    for (size_t i = 0; rc == 0 && i < s.n; i++) {
        char *name CLEANUP_FREE = xasprintf(CAPSULE_PROMPTS "%s", s.v[i].name);
        rc = capsule_add(copy, name, s.v[i].bytes, s.v[i].n, err);
    }
    prompt_set_free(set);
    prompt_sources_free(&s);
    return rc;
}

int capsule_add_inputs(const struct manifest *m, const char *suite, const char *prompts,
                       struct store *copy, struct err *err)
{
    char *text CLEANUP_FREE = experiment_text(m);
    int rc = capsule_add(copy, CAPSULE_EXPERIMENT, text, strlen(text), err);
    if (rc == 0 && capsule_has_texts(copy))
        rc = add_suite(m, suite, copy, err);
    return rc < 0 ? rc : add_prompts(m, prompts, copy, err);
}

/* ---- unpacking ---- */

static int need(struct store *s, const char *path, const char *name, char **text, size_t *n,
                struct err *err)
{
    int rc = capsule_file(s, name, text, n, err);
    if (rc == 0)
        return err_input(err, "%s: there is no %s in it", path, name);
    return rc < 0 ? rc : 0;
}

int capsule_experiment(struct store *s, const char *path, const char *backend,
                       struct experiment *out, struct err *err)
{
    char *text CLEANUP_FREE = NULL, *shown CLEANUP_FREE = xasprintf("%s:" CAPSULE_EXPERIMENT, path);
    size_t n;
    if (!capsule_facts(s))
        return err_input(err, "name an experiment: %s is a record, not a capsule", path);
    int rc = need(s, path, CAPSULE_EXPERIMENT, &text, &n, err);
    return rc < 0 ? rc : experiment_parse(shown, text, n, backend, out, err);
}

int capsule_suite(struct store *s, const struct manifest *m, const char *path, struct suite *out,
                  struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t n;
    if (!capsule_has_texts(s))
        return err_input(err,
                         "%s was made without the texts of its suite, so its calls can be replayed "
                         "only with --suite FILE, a suite of sha256 %.12s (it was %s)",
                         path, m->suite.sha256, m->suite.path);
    int rc = need(s, path, CAPSULE_SUITE, &text, &n, err);
    return rc < 0 ? rc : suite_parse(m->suite.path, text, n, out, err);
}

/* What capsule_names tells: the files of the profile. */
struct profile {
    struct store *s;
    struct prompt_sources files;
    const char *path;
    struct err *err;
};

static int add_template(void *ctx, const char *name)
{
    struct profile *p = ctx;
    const char *base = name + strlen(CAPSULE_PROMPTS);
    char *bytes;
    size_t n;
    if (strchr(base, '/') || (!str_ends(base, ".txt") && !str_eq(base, "profile.yaml")))
        return err_input(p->err, "%s: %s is no file of a prompt profile", p->path, name);
    int rc = need(p->s, p->path, name, &bytes, &n, p->err);
    if (rc == 0)
        prompt_sources_add(&p->files, base, bytes, n);
    return rc;
}

int capsule_prompts(struct store *s, const struct manifest *m, const char *path,
                    struct prompt_set **out, struct err *err)
{
    struct profile p = {.s = s, .path = path, .err = err};
    p.files.dir = xasprintf("%s:prompts", path);
    int rc = capsule_names(s, CAPSULE_PROMPTS, add_template, &p, err);
    if (rc == 0)
        rc = prompt_set_parse(m->prompts.profile, &p.files, out, err);
    prompt_sources_free(&p.files);
    return rc;
}

int capsule_plan(struct store *s, const char *path, struct plan *p, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct store_plan_item at = p->items[i];
        int rc = store_plan_find(s, &at, err);
        if (rc < 0)
            return rc;
        if (rc == 0 || at.status != STORE_DONE)
            continue;
        p->items[n] = p->items[i];
        p->arms[n] = p->arms[i];
        p->tasks[n++] = p->tasks[i];
    }
    p->n = n;
    size_t *task_of CLEANUP_FREE = plan_number_tasks(p);
    p->n_tasks = 0;
    for (size_t i = 0; i < n; i++)
        p->n_tasks = task_of[i] >= p->n_tasks ? task_of[i] + 1 : p->n_tasks;
    return n ? 0 : err_input(err, "%s: nothing to replay: no episode is finished", path);
}
