/* See manifest.h. */
#include "store/manifest.h"
#include <errno.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"

struct manifest manifest_of(json_t *json)
{
    json_t *all = json ? json : json_object();
    const json_t *suite = json_object_get(all, "suite"), *model = json_object_get(all, "model");
    const json_t *prompts = json_object_get(all, "prompts");
    const json_t *experiment = json_object_get(all, "experiment");
    const json_t *frozen = json_object_get(all, "criteria");
    return (struct manifest){
        .json = all,
        .status = json_get_str(all, "status", ""),
        .config_hash = json_get_str(all, "config_hash", ""),
        .created = json_get_str(all, "created", ""),
        .command = json_get_str(all, "command", ""),
        .experiment = json_get_str(experiment, "name", ""),
        .hrm_version = json_get_str(json_object_get(all, "versions"), "hrm", ""),
        .suite = {json_get_str(suite, "name", ""), json_get_str(suite, "path", ""),
                  json_get_str(suite, "sha256", ""), json_object_get(suite, "clusters")},
        .model = {json_get_str(model, "backend", ""), json_get_str(model, "name", ""),
                  json_get_str(model, "digest", ""), model},
        .prompts = {json_get_str(prompts, "profile", ""), json_get_str(prompts, "sha256", "")},
        .arms = json_object_get(experiment, "arms"),
        .budget = json_object_get(experiment, "budget"),
        .curriculum = json_object_get(experiment, "curriculum"),
        .selection = json_object_get(all, "selection"),
        .criteria = frozen ? frozen : json_object_get(experiment, "criteria"),
        .decided = json_object_get(all, "decided"),
        .stopping = json_object_get(all, json_object_get(all, "decided") ? "decided" : "stopping"),
        .cells = json_object_get(all, "cells"),
        .parts = json_object_get(all, "parts"),
    };
}

int manifest_read(struct store *s, struct manifest *out, struct err *err)
{
    struct arena *arena = arena_new();
    const char *text;
    int rc = store_meta_get(s, "manifest", &text, arena, err);
    char *what CLEANUP_FREE = xasprintf("%s: manifest", s->path);
    json_t *json = rc == 0 && text ? json_parse(text, strlen(text), what, err) : NULL;
    if (rc == 0 && text)
        rc = json ? 1 : -EINVAL;
    if (rc >= 0)
        *out = manifest_of(json);
    arena_free(arena);
    return rc;
}

int manifest_save(json_t *json, const char *status, const char *dir, struct store *s,
                  struct err *err)
{
    char *now CLEANUP_FREE = clock_utc_now();
    char *path CLEANUP_FREE = file_join(dir, "manifest.json");
    json_object_set_new(json, "status", json_string(status));
    json_object_set_new(json, "updated", json_string(now));
    char *text CLEANUP_FREE = json_text_pretty(json);
    int rc = store_meta_set(s, "manifest", text, err);
    if (rc == 0)
        rc = store_meta_set(s, "status", status, err);
    return rc < 0 ? rc : file_write(path, text, strlen(text), err);
}

void manifest_free(struct manifest *m)
{
    json_decref(m->json);
    *m = (struct manifest){0};
}

const json_t *manifest_arm(const struct manifest *m, const char *name)
{
    const json_t *arm;
    size_t i;
    json_array_foreach (m->arms, i, arm) {
        if (str_eq(json_get_str(arm, "name", NULL), name))
            return arm;
    }
    return NULL;
}
