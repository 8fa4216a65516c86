/* See calibrated.h. */
#include "experiment/calibrated.h"
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

/* What of an identity makes another set-up of it. Ollama reads the same file at another address. */
static bool is_same_setup(const json_t *a, const json_t *b, bool probed)
{
    static const char *const keys[] = {"backend", "name", "digest",        "file",
                                       "think",   "lora", "chat_template", "quantization"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if ((probed || json_object_get(b, keys[i])) &&
            !str_eq(json_get_str(a, keys[i], ""), json_get_str(b, keys[i], "")))
            return false;
    return true;
}

static json_t *read_one(const char *dir, const char *name)
{
    char *path CLEANUP_FREE = xasprintf("%s/%s/calibration.json", dir, name);
    return json_read_file(path, NULL);
}

static json_t *extract(const json_t *c)
{
    static const char *const keys[] = {"conclusion", "suite", "solved",  "n",   "value",
                                       "low",        "high",  "created", "path"};
    const json_t *published = json_array_get(json_object_get(c, "published"), 0);
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(c, keys[i]))
            json_object_set(o, keys[i], json_object_get(c, keys[i]));
    if (published)
        json_object_set(o, "published", json_object_get(published, "value"));
    return o;
}

json_t *calibrated_find(const char *outdir, const json_t *model, bool probed)
{
    char *dir CLEANUP_FREE = file_join(outdir, "calibrate");
    DIR *d = opendir(dir);
    json_t *newest CLEANUP_JSON = NULL;
    const struct dirent *entry;
    while (d && (entry = readdir(d)) != NULL) {
        if (entry->d_name[0] == '.' || str_eq(entry->d_name, "latest"))
            continue;
        json_t *c CLEANUP_JSON = read_one(dir, entry->d_name);
        if (!c || json_get_bool(c, "replayed", false) ||
            !is_same_setup(json_object_get(c, "model"), model, probed))
            continue;
        if (newest &&
            strcmp(json_get_str(newest, "created", ""), json_get_str(c, "created", "")) > 0)
            continue;
        json_decref(newest);
        newest = json_incref(c);
    }
    if (d)
        closedir(d);
    return newest ? extract(newest) : NULL;
}
