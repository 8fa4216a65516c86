/* See label_session.h. */
#include "label/label_session.h"
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "label/label_codes.h"

static int take_label(void *ctx, long long id, const struct store_label *l)
{
    struct label_session *s = ctx;
    for (size_t i = 0; i < s->n && str_eq(l->annotator, s->annotator); i++)
        if (s->items[i].id == id) {
            s->items[i].label = arena_strdup(s->arena, l->label);
            s->items[i].note = arena_strdup(s->arena, l->note);
        }
    return 0;
}

/* The first item at or after `from`, wrapping around, that is neither labelled nor skipped; n if
 * none. */
static size_t next_open(const struct label_session *s, size_t from)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct label_item *item = &s->items[(from + i) % s->n];
        if (!item->label && !item->skipped)
            return (from + i) % s->n;
    }
    return s->n;
}

int label_session_open(struct store *store, const char *annotator, const long long *ids, size_t n,
                       struct arena *arena, struct label_session **out, struct err *err)
{
    struct label_session *s = arena_alloc(arena, sizeof *s);
    *s = (struct label_session){.store = store, .annotator = annotator, .n = n, .arena = arena};
    s->items = arena_alloc(arena, (n + 1) * sizeof *s->items);
    s->done = arena_alloc(arena, (n + 1) * sizeof *s->done);
    for (size_t i = 0; i < n; i++)
        s->items[i].id = ids[i];
    int rc = store_labels(store, take_label, s, err);
    if (rc < 0)
        return rc;
    s->at = next_open(s, 0);
    *out = s;
    return 0;
}

size_t label_session_labelled(const struct label_session *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->items[i].label != NULL;
    return n;
}

size_t label_session_skipped(const struct label_session *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->items[i].skipped && !s->items[i].label;
    return n;
}

bool label_session_over(const struct label_session *s)
{
    return s->quit || s->at == s->n;
}

static void go_on(struct label_session *s)
{
    s->done[s->n_done++] = s->at;
    s->at = next_open(s, s->at);
}

static int undo(struct label_session *s, const char **say, struct err *err)
{
    if (s->n_done == 0) {
        *say = "nothing to take back in this session";
        return 0;
    }
    struct label_item *item = &s->items[s->done[s->n_done - 1]];
    int rc = item->label ? store_label_drop(s->store, item->id, s->annotator, err) : 0;
    if (rc < 0)
        return rc;
    s->at = s->done[--s->n_done];
    *say = arena_printf(s->arena, "taken back: %s", item->label ? item->label : "skipped");
    item->label = item->note = NULL;
    item->skipped = false;
    return 0;
}

/* Of its code, where it names one, else of its group; of several, of the first. */
static const char *meaning_of(const char *label)
{
    size_t group = (size_t)label_group_of(label), length = strcspn(label, ",+");
    const char *code, *name;
    for (size_t i = 0; label_code(group, i, &code, &name); i++)
        if (strlen(code) == length && strncmp(code, label, length) == 0)
            return name;
    return label_group_name(group);
}

static int put_label(struct label_session *s, const char *label, const char *note, const char **say,
                     struct err *err)
{
    struct label_item *item = &s->items[s->at];
    char *now CLEANUP_FREE = clock_utc_now();
    const struct store_label l = {s->annotator, label, note, now};
    int rc = store_label_put(s->store, item->id, &l, err);
    if (rc < 0)
        return rc;
    item->label = label;
    item->note = note;
    go_on(s);
    *say = arena_printf(s->arena, "%s: %s", label, meaning_of(label));
    return 0;
}

/* "+T7": another label of the item labelled last. */
static int add_label(struct label_session *s, const char *more, const char **say, struct err *err)
{
    size_t last = s->n_done ? s->done[s->n_done - 1] : 0;
    struct label_item *item = s->n_done ? &s->items[last] : NULL;
    if (!item || !item->label) {
        *say = "there is no label of this session to add one to";
        return 0;
    }
    char *now CLEANUP_FREE = clock_utc_now();
    const char *label = arena_printf(s->arena, "%s,%s", item->label, more);
    const struct store_label l = {s->annotator, label, item->note, now};
    int rc = store_label_put(s->store, item->id, &l, err);
    if (rc < 0)
        return rc;
    item->label = label;
    *say = arena_printf(s->arena, "the last one is %s", label);
    return 0;
}

int label_session_input(struct label_session *s, const char *word, const char **say,
                        struct err *err)
{
    *say = "";
    word += strspn(word, " \t");
    size_t n = strcspn(word, " \t\r\n");
    const char *label = arena_strndup(s->arena, word, n);
    const char *rest = word + n + strspn(word + n, " \t");
    if (str_eq(label, "u"))
        return undo(s, say, err);
    if (str_eq(label, "q")) {
        s->quit = true;
    } else if (str_eq(label, "s") && !label_session_over(s)) {
        s->items[s->at].skipped = true;
        go_on(s);
        *say = "skipped";
    } else if (*label == '+' && label_group_of(label + 1) >= 0) {
        return add_label(s, label + 1, say, err);
    } else if (label_group_of(label) >= 0 && !label_session_over(s)) {
        const char *note = arena_strndup(s->arena, rest, strcspn(rest, "\r\n"));
        return put_label(s, label, note, say, err);
    } else if (*label) {
        *say = arena_printf(s->arena,
                            "'%s' is no label; expected " LABEL_EXPECTED
                            ", +T7 for another one of the last episode, s, u or q",
                            label);
    }
    return 0;
}
