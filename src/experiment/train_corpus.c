/* Examples for training, drawn by index: the same index, the same example. */
#include "experiment/train_corpus.h"
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "experiment/train_corpus_kind.h"
#include "gen/grams.h"

static const struct train_kind *const kinds[] = {&train_kind_code, &train_kind_math};

const char *train_corpus_prompt(struct train_corpus *c, const char *role,
                                const struct prompt_vars *vars)
{
    struct prompt_text text;
    if (prompt_render(c->prompts, role, vars, &text, c->arena, NULL) < 0)
        abort(); /* cannot fail: train_corpus_open has checked these files */
    return text.user;
}

const char *train_corpus_trim(struct train_corpus *c, const char *text)
{
    size_t n = strlen(text);
    return arena_strndup(c->arena, text, n && text[n - 1] == '\n' ? n - 1 : n);
}

void train_corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex)
{
    struct train_corpus *c = ctx;
    struct rng r = rng_make(seed_derive(c->seed, "train/role/%llu", (unsigned long long)index));
    int draw = (int)rng_below(&r, 100), role = 0;

    arena_free(c->arena);
    c->arena = arena_new();
    while (role < c->kind->n_roles - 1 && draw >= c->kind->roles[role].percent)
        draw -= c->kind->roles[role++].percent;
    c->kind->make(c, role, index, done, &r, ex);
}

void train_corpus_settings(const struct train_corpus *c, struct nn_train_config *cfg)
{
    c->kind->settings(cfg);
    cfg->name = c->kind->model;
}

static const struct train_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_eq(name, kinds[i]->name))
            return kinds[i];
    return NULL;
}

int train_corpus_open(const char *name, uint64_t seed, struct train_corpus **out, struct err *err)
{
    const struct train_kind *kind = find_kind(name);
    struct prompt_set *prompts;
    struct train_corpus *c;

    if (!kind)
        return err_input(err, "corpus '%s': expected code or math", name);
    int rc = prompt_set_load("tiny", &prompts, err);
    if (rc < 0)
        return rc;
    for (int i = 0; i < kind->n_roles; i++) {
        if (prompt_has(prompts, kind->roles[i].prompt))
            continue;
        prompt_set_free(prompts);
        return err_input(err, "prompt profile 'tiny' has no %s.txt", kind->roles[i].prompt);
    }
    c = xcalloc(1, sizeof *c);
    *c =
        (struct train_corpus){.kind = kind, .seed = seed, .prompts = prompts, .arena = arena_new()};
    rc = kind->open ? kind->open(c, err) : 0;
    if (rc < 0)
        train_corpus_free(c);
    else
        *out = c;
    return rc;
}

void train_corpus_free(struct train_corpus *c)
{
    if (!c)
        return;
    gram_set_free(c->seen);
    prompt_set_free(c->prompts);
    arena_free(c->arena);
    free(c);
}
