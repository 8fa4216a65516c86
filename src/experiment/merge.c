/* See merge.h. */
#include "experiment/merge.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/criteria.h"
#include "store/store.h"

int merge_read(const char *path, struct merge_part *out, struct err *err)
{
    struct merge_part p = {.path = path};
    struct store *store = NULL;
    int rc = store_open(path, STORE_READ, &store, err);
    if (rc < 0)
        return rc;
    rc = manifest_read(store, &p.manifest, err);
    store_close(store);
    if (rc == 0)
        manifest_free(&p.manifest);
    if (rc == 0)
        return err_input(err, "%s: the run has no manifest: it never started", path);
    if (rc < 0)
        return rc;
    *out = p;
    return 0;
}

/* ---- are they parts of one run? ---- */

static const json_t *fact(const json_t *manifest, const char *object, const char *key)
{
    return json_object_get(json_object_get(manifest, object), key);
}

static bool same(const json_t *a, const json_t *b)
{
    return a && b ? json_equal((json_t *)a, (json_t *)b) : a == b;
}

/* The first fact in which two manifests may not differ but do: its name, or NULL. */
static const char *difference(const json_t *a, const json_t *b, struct arena *arena)
{
    static const char *const decisive[][2] = {{"experiment", "name"}, {"suite", "sha256"},
                                              {"prompts", "sha256"},  {"model", "backend"},
                                              {"model", "name"},      {"model", "digest"}};
    for (size_t i = 0; i < sizeof decisive / sizeof *decisive; i++)
        if (!same(fact(a, decisive[i][0], decisive[i][1]), fact(b, decisive[i][0], decisive[i][1])))
            return arena_printf(arena, "%s.%s", decisive[i][0], decisive[i][1]);
    const char *key;
    json_t *value;
    json_object_foreach (json_object_get(a, "experiment"), key, value)
        if (!same(value, fact(b, "experiment", key)))
            return arena_printf(arena, "experiment.%s", key);
    if (!same(json_object_get(a, "config_hash"), json_object_get(b, "config_hash")))
        return "config_hash";
    return criteria_same(json_object_get(a, "criteria"), json_object_get(b, "criteria"))
               ? NULL
               : "criteria";
}

int merge_check(const struct merge_part *parts, size_t n, struct err *err)
{
    struct arena *arena = arena_new();
    int rc = 0;
    for (size_t i = 1; rc == 0 && i < n; i++) {
        const char *what = difference(parts[0].manifest.json, parts[i].manifest.json, arena);
        if (what)
            rc = err_input(err, "%s and %s are no parts of one run: they differ in %s",
                           parts[0].path, parts[i].path, what);
    }
    arena_free(arena);
    return rc;
}

int merge_same_as(const char *path, json_t *manifest, struct err *err)
{
    char *own CLEANUP_FREE = json_text_pretty(manifest);
    int rc = file_exists(path) ? 1 : file_write_new(path, own, strlen(own), err);
    if (rc < 0)
        return rc;
    json_t *first CLEANUP_JSON = json_read_file(path, err);
    struct arena *arena = arena_new();
    const char *what = first ? difference(first, manifest, arena) : NULL;
    if (!first)
        rc = -EINVAL;
    else if (what)
        rc = err_input(err, "this is no part of the run that %s is of: they differ in %s", path,
                       what);
    arena_free(arena);
    return rc;
}

/* ---- the merged manifest ---- */

/* A part that was merged itself contributes its own parts. */
static void add_part(json_t *list, const struct merge_part *part)
{
    static const char *const keys[] = {"status",    "created", "updated", "command",
                                       "selection", "workers", "strict",  "tool",
                                       "versions",  "host",    "grading", "prices"};
    json_t *own = (json_t *)part->manifest.parts;
    if (own) {
        json_array_extend(list, own);
        return;
    }
    json_t *o = json_pack("{s:s}", "name", part->path);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_set(o, keys[i], json_object_get(part->manifest.json, keys[i]));
    json_array_append_new(list, o);
}

/* The commands of all parts, then the merge command. */
static char *commands(const json_t *parts, const char *last)
{
    struct str s = {0};
    const json_t *part;
    size_t i;
    json_array_foreach (parts, i, part)
        str_addf(&s, "%s\n", json_get_str(part, "command", ""));
    str_add(&s, last);
    return str_take(&s);
}

/* The missing shards of n; NULL when none is missing, or the parts are not shards. */
static char *missing_shards(const json_t *parts)
{
    struct str s = {0};
    const json_t *part;
    size_t i;
    json_int_t n = 0;
    bool *seen CLEANUP_FREE = NULL;
    json_array_foreach (parts, i, part) {
        const json_t *shard = fact(part, "selection", "shard");
        json_int_t number = json_integer_value(json_array_get(shard, 0));
        json_int_t of = json_integer_value(json_array_get(shard, 1));
        if (number < 1 || number > of || (n && of != n))
            return NULL;
        n = of;
        seen = seen ? seen : xcalloc((size_t)n + 1, sizeof *seen);
        seen[number] = true;
    }
    for (json_int_t k = 1; k <= n; k++)
        if (!seen[k])
            str_addf(&s, "%s%lld", s.len ? ", " : "", (long long)k);
    if (s.len)
        str_addf(&s, " of %lld", (long long)n);
    return s.len ? str_take(&s) : NULL;
}

/* Do all parts agree on a member of their manifest, or on an object's member? */
static bool is_common(const struct merge_part *parts, size_t n, const char *object, const char *key)
{
    for (size_t i = 1; i < n; i++) {
        const json_t *a = parts[0].manifest.json, *b = parts[i].manifest.json;
        if (object ? !same(fact(a, object, key), fact(b, object, key))
                   : !same(json_object_get(a, key), json_object_get(b, key)))
            return false;
    }
    return true;
}

/* Facts on which the parts disagree are listed per part only. */
static void keep_common(json_t *whole, const struct merge_part *parts, size_t n)
{
    static const char *const keys[] = {"workers", "strict",  "tool",  "host",
                                       "canary",  "grading", "prices"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (!is_common(parts, n, NULL, keys[k]))
            json_object_del(whole, keys[k]);
}

static json_t *common_selection(const struct merge_part *parts, size_t n)
{
    json_t *common = json_object(), *value;
    const char *key;
    json_object_foreach ((json_t *)parts[0].manifest.selection, key, value)
        if (is_common(parts, n, "selection", key))
            json_object_set(common, key, value);
    return common;
}

/* Complete if the parts are, unless shards are missing. */
static const char *status_of(const json_t *parts, bool whole)
{
    const char *status = "complete";
    const json_t *part;
    size_t i;
    json_array_foreach (parts, i, part) {
        const char *s = json_get_str(part, "status", "");
        if (str_eq(s, "errors"))
            status = s;
        else if (!str_eq(s, "complete"))
            whole = false;
    }
    return whole ? status : "interrupted";
}

json_t *merge_manifest(const struct merge_part *parts, size_t n, const char *command,
                       const char **status, char **missing)
{
    json_t *m = json_deep_copy(parts[0].manifest.json), *list = json_array(), *cells = json_array();
    const char *created = json_get_str(m, "created", "");
    for (size_t i = 0; i < n; i++) {
        const char *when = *parts[i].manifest.created ? parts[i].manifest.created : created;
        created = strcmp(when, created) < 0 ? when : created;
        add_part(list, &parts[i]);
        json_array_extend(cells, (json_t *)parts[i].manifest.cells);
    }
    char *all CLEANUP_FREE = commands(list, command);
    *missing = missing_shards(list);
    *status = status_of(list, !*missing);
    json_object_set_new(m, "created", json_string(created));
    json_object_set_new(m, "command", json_bytes(all, strlen(all)));
    json_object_set_new(m, "selection", common_selection(parts, n));
    json_object_del(m, "decided"); /* decided by one part alone */
    json_object_del(m, "stopping");
    keep_common(m, parts, n);
    if (json_array_size(cells))
        json_object_set(m, "cells", cells);
    json_decref(cells);
    json_object_set_new(m, "parts", list);
    return m;
}
