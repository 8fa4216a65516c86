/* See label_files.h. */
#include "cli/label_files.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "label/label_codes.h"
#include "label/label_file.h"
#include "taxonomy/taxonomy.h"

static int write_codes(const char *dir, struct err *err)
{
    struct str s CLEANUP_STR = {0};
    char *path CLEANUP_FREE = xasprintf("%s/codes.txt", dir);
    str_add(&s, "A label is a group or a code of it; several are separated by commas, the one "
                "without which the episode would have been solved first: S3,T7\n");
    for (size_t g = 0; g < LABEL_GROUPS; g++) {
        str_addf(&s, "\n%c %s\n", label_group_letter(g), label_group_name(g));
        for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
            if (label_group_of_code(i) == (int)g)
                str_addf(&s, "  %s %s: %s\n", taxonomy_flags[i].code, taxonomy_flags[i].name,
                         taxonomy_flags[i].rule);
    }
    return file_write(path, str_text(&s), s.len, err);
}

int label_files_export(const struct label_session *s, const struct label_source *source,
                       const char *dir, struct err *err)
{
    int rc = file_mkdirs(dir, err);
    if (rc == 0)
        rc = write_codes(dir, err);
    for (size_t i = 0; i < s->n && rc == 0; i++) {
        char *path CLEANUP_FREE = xasprintf("%s/%03zu.txt", dir, i + 1);
        char *text CLEANUP_FREE = source->text(source->ctx, i, err);
        rc = text ? file_write(path, text, strlen(text), err) : err->code;
    }
    if (rc == 0)
        printf("%zu episodes and codes.txt in %s\n", s->n, dir);
    return rc;
}

int label_files_import(struct label_session *s, const char *file, struct err *err)
{
    struct label_line *lines;
    size_t n = 0, replaced = 0;
    char *now CLEANUP_FREE = clock_utc_now();
    int rc = label_file_read(file, s->n, &lines, &n, s->arena, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct label_item *item = &s->items[lines[i].item - 1];
        const struct store_label l = {s->annotator, lines[i].label, lines[i].note, now};
        replaced += item->label && !str_eq(item->label, l.label);
        rc = store_label_put(s->store, item->id, &l, err);
    }
    if (rc == 0)
        printf("%s: %zu of %zu labelled from %s", s->annotator, n, s->n, file);
    if (rc == 0 && replaced > 0)
        printf("; %zu had another label of %s before", replaced, s->annotator);
    if (rc == 0)
        putchar('\n');
    return rc;
}
