/* A labelling session over a sample of failed episodes: the current item, the meaning of a key,
 * undo. It knows no terminal: it takes a word and returns a sentence.
 *
 * A label is written to the record at once. Skipped items come again in the next session. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "store/store.h"

struct label_item {
    long long id;
    const char *label, *note; /* by this annotator; NULL = none yet. In the arena */
    bool skipped;             /* in this session */
};

struct label_session {
    struct store *store;
    const char *annotator;
    struct label_item *items; /* [n] in the order of the sample */
    size_t n, at;             /* at == n: nothing is left to show */
    size_t *done;             /* [n_done] items labelled or skipped in this session, to be undone */
    size_t n_done;
    bool quit;
    struct arena *arena; /* borrowed: the session dies with it */
};

/* Everything lives in the arena; store and annotator are borrowed. */
int label_session_open(struct store *store, const char *annotator, const long long *ids, size_t n,
                       struct arena *arena, struct label_session **out, struct err *err);
size_t label_session_labelled(const struct label_session *s);
size_t label_session_skipped(const struct label_session *s);
bool label_session_over(const struct label_session *s); /* after q, or when no item is left */
/* A label, "S" or "S3", or several, "S3,T7" (the one that counts first), with a note behind a blank
 * if there is one; "+T7" adds one to the label given last; "s" skips, "u" takes back the last label
 * or skip, "q" ends. *say: a sentence for the person, in the arena. Negative only when the record
 * cannot be written. */
int label_session_input(struct label_session *s, const char *word, const char **say,
                        struct err *err);
