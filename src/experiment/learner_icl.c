/* See learner_icl.h. */
#include "experiment/learner_icl.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/curriculum_corpus.h"

enum {
    BYTES_PER_TOKEN = 4
}; /* optimistic, so that only contexts that are too small for certain are refused */

/* Of one cell and role. */
struct shots {
    struct curriculum_cell cell;
    enum corpus_role role;
    struct model_message *messages; /* [n] user, assistant, user, ... */
    size_t n, bytes;
};

struct learner_icl {
    struct arena *arena;
    struct shots *shots; /* [n] */
    size_t n, cap;
};

/* The examples of one role: N problems, for the solver N steps. */
static int add_messages(struct learner_icl *l, struct shots *s, struct corpus *corpus,
                        struct err *err)
{
    size_t n = corpus_size(corpus), wanted = (size_t)s->cell.n;
    n = n < wanted ? n : wanted;
    s->messages = arena_alloc(l->arena, (2 * n + 1) * sizeof *s->messages);
    for (size_t i = 0; i < n; i++) {
        struct corpus_example ex;
        int rc = corpus_example(corpus, i * corpus_size(corpus) / n, &ex, err);
        if (rc < 0)
            return rc;
        s->messages[s->n++] = (struct model_message){"user", arena_strdup(l->arena, ex.prompt)};
        s->messages[s->n++] =
            (struct model_message){"assistant", arena_strdup(l->arena, ex.answer)};
        s->bytes += strlen(ex.prompt) + strlen(ex.answer);
    }
    return 0;
}

static int add_shots(struct learner_icl *l, const struct experiment *x,
                     const struct curriculum_known *known, const struct prompt_set *prompts,
                     const struct curriculum_cell *cell, enum corpus_role role, struct err *err)
{
    struct curriculum_set set = curriculum_set_of(x, cell);
    struct corpus *corpus = NULL;
    set.known = known;
    int rc = corpus_open(&set, cell->order, 1u << role, prompts, &corpus, err);
    if (rc < 0)
        return rc;
    l->shots = xgrow(l->shots, &l->cap, l->n + 1, sizeof *l->shots);
    l->shots[l->n] = (struct shots){.cell = *cell, .role = role};
    rc = add_messages(l, &l->shots[l->n++], corpus, err);
    corpus_free(corpus);
    return rc;
}

int learner_icl_open(const struct experiment *x, const struct suite *suite,
                     const struct prompt_set *prompts, struct learner_icl **out, struct err *err)
{
    const struct curriculum *c = x->curriculum;
    struct learner_icl *l = xcalloc(1, sizeof *l);
    struct curriculum_known *known = curriculum_known_new(suite);
    int rc = 0;
    l->arena = arena_new();
    for (size_t o = 0; o < c->n_orders; o++)
        for (size_t s = 0; s < c->n_sizes; s++)
            for (int seed = 0; seed < x->samples; seed++)
                for (int r = 0; r < CORPUS_ROLES && rc == 0; r++) {
                    struct curriculum_cell cell = {c->orders[o], c->sizes[s], seed};
                    rc = add_shots(l, x, known, prompts, &cell, (enum corpus_role)r, err);
                }
    curriculum_known_free(known);
    if (rc < 0)
        learner_icl_close(l);
    else
        *out = l;
    return rc;
}

void learner_icl_close(struct learner_icl *l)
{
    if (!l)
        return;
    free(l->shots);
    arena_free(l->arena);
    free(l);
}

const struct model_message *learner_icl_shots(void *ctx, const char *arm, int sample,
                                              const char *role, size_t *n)
{
    const struct learner_icl *l = ctx;
    const struct curriculum none = {0};
    struct curriculum_cell cell;
    *n = 0;
    if (!curriculum_cell_of(&none, arm, sample, &cell))
        return NULL;
    for (size_t i = 0; i < l->n; i++) {
        const struct shots *s = &l->shots[i];
        if (s->cell.order != cell.order || s->cell.n != cell.n || s->cell.seed != cell.seed ||
            !str_eq(corpus_role_names[s->role], role))
            continue;
        *n = s->n;
        return s->messages;
    }
    return NULL;
}

size_t learner_icl_bytes(const struct learner_icl *l)
{
    size_t most = 0;
    for (size_t i = 0; i < l->n; i++)
        most = l->shots[i].bytes > most ? l->shots[i].bytes : most;
    return most;
}

int learner_icl_check(const struct learner_icl *l, long context, struct err *err)
{
    for (size_t i = 0; context > 0 && i < l->n; i++) {
        const struct shots *s = &l->shots[i];
        long tokens = (long)s->bytes / BYTES_PER_TOKEN;
        if (tokens > context)
            return err_input(err,
                             "n: %d worked problems of the role %s take about %ld tokens, and the "
                             "model's context holds %ld: ask for a smaller --n",
                             s->cell.n, corpus_role_names[s->role], tokens, context);
    }
    return 0;
}
