/* See entries.h. */
#include "base/entries.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/str.h"

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The name that an entry of the directory gives, or NULL. Caller frees. */
static char *name_of(const char *dir, const char *entry, const char *suffix)
{
    if (suffix[0] == '/') { /* of a file inside it */
        char *inside CLEANUP_FREE = xasprintf("%s/%s%s", dir, entry, suffix);
        return file_exists(inside) ? xstrdup(entry) : NULL;
    }
    return str_ends(entry, suffix) ? xstrndup(entry, strlen(entry) - strlen(suffix)) : NULL;
}

struct entries entries_in(const char *dir, const char *suffix)
{
    struct entries names = {0};
    struct dirent **entries = NULL;
    int n = dir ? scandir(dir, &entries, visible, alphasort) : 0;
    names.of = xcalloc(n > 0 ? (size_t)n : 1, sizeof *names.of);
    for (int i = 0; i < n; i++) {
        char *name = name_of(dir, entries[i]->d_name, suffix);
        if (name)
            names.of[names.n++] = name;
        free(entries[i]);
    }
    free(entries);
    return names;
}

struct entries entries_of_data(const char *dir, const char *suffix)
{
    char *found CLEANUP_FREE = file_find_data(dir);
    return entries_in(found, suffix);
}

const char *entries_nearest(const struct entries *names, const char *word)
{
    return str_nearest(word, (const char *const *)names->of, names->n);
}

void entries_free(struct entries *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->of[i]);
    free(names->of);
    *names = (struct entries){0};
}
