/* From generated items to tasks with tests, and to whole suites. */
#include <string.h>
#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_builder.h"
#include "gen/gen_code.h"
#include "gen/gen_code_probe.h"

enum {
    ATTEMPTS_PER_TASK = 100,
    SUITE_SEED = 1,
};

static const char *const suite_header =
    "# Generated: compositions of list and string operations that training never shows. Made by\n"
    "#   hrm gen code --suite -o eval/suites/compositional_code.yaml\n"
    "# byte for byte; edit the generator (src/gen/gen_code*.c), not this file.\n";

static const struct {
    enum gen_code_split split;
    int steps, n;
} quota[] = {
    {GEN_CODE_TEST, 1, 20},
    {GEN_CODE_TEST, 2, 20},
    {GEN_CODE_TEST, 3, 20},
    {GEN_CODE_TEST, 4, 15},
    {GEN_CODE_HELDOUT_PAIRS, 2, 14},
    {GEN_CODE_HELDOUT_PAIRS, 3, 13},
    {GEN_CODE_HELDOUT_PAIRS, 4, 13},
    {GEN_CODE_HELDOUT_PHRASING, 1, 5},
    {GEN_CODE_HELDOUT_PHRASING, 2, 5},
    {GEN_CODE_HELDOUT_PHRASING, 3, 5},
    {GEN_CODE_HELDOUT_PHRASING, 4, 5},
};

static void add_literal(struct str *s, const struct gen_value *x)
{
    if (x->type == GEN_INT) {
        str_addf(s, "%lld", x->v[0]);
    } else if (x->type == GEN_TEXT) {
        str_addc(s, '\'');
        str_addn(s, x->s, (size_t)x->n);
        str_addc(s, '\'');
    } else {
        str_addc(s, '[');
        for (int i = 0; i < x->n; i++)
            str_addf(s, "%s%lld", i > 0 ? ", " : "", x->v[i]);
        str_addc(s, ']');
    }
}

static const char *make_assert(const struct gen_probe *probe, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    str_add(&s, "assert f(");
    add_literal(&s, &probe->in);
    str_add(&s, ") == ");
    add_literal(&s, &probe->out);
    return arena_strdup(arena, str_text(&s));
}

static bool input_taken(const struct gen_probe *probe, const bool *used, int p)
{
    for (int q = 0; q < GEN_PROBES; q++)
        if (used[q] && gen_value_equal(&probe[q].in, &probe[p].in))
            return true;
    return false;
}

static bool answer_taken(const struct gen_probe *probe, const bool *used, int p)
{
    for (int q = 0; q < GEN_PROBES; q++)
        if (used[q] && gen_value_equal(&probe[q].out, &probe[p].out))
            return true;
    return false;
}

/* Greedy: the unused ordinary probe that reveals most of what is still unrevealed: dropped steps
 * (the low bits) first, then other mistakes; among equals one whose answer is new. */
static int best_probe(const struct gen_probe *probe, const bool *used, unsigned revealed, int steps)
{
    int best = -1, best_score = -1;
    for (int p = GEN_PROBE_EDGES; p < GEN_PROBES; p++) {
        unsigned fresh = probe[p].reveals & ~revealed, dropped = fresh & ((1u << steps) - 1);
        int score = 1000 * __builtin_popcount(dropped) + 10 * __builtin_popcount(fresh) +
                    !answer_taken(probe, used, p);
        if (score > best_score && !used[p] && !input_taken(probe, used, p)) {
            best = p;
            best_score = score;
        }
    }
    return best;
}

static const char *const *choose_tests(const struct gen_probe *probe, bool *used, int steps,
                                       int n_edges, size_t n, struct arena *arena)
{
    const char **tests = arena_alloc(arena, n * sizeof *tests);
    unsigned revealed = 0;
    for (size_t i = 0; i < n; i++) {
        int p = (int)i < n_edges ? (int)i : best_probe(probe, used, revealed, steps);
        used[p] = true;
        revealed |= (int)i < n_edges ? 0 : probe[p].reveals;
        tests[i] = make_assert(&probe[p], arena);
    }
    return tests;
}

void gen_code_task(const struct gen_code_item *item, struct task *out, struct arena *arena)
{
    struct gen_probe probe[GEN_PROBES];
    bool used[GEN_PROBES] = {false};
    char id_hash[HASH_HEX];
    gen_probe_run(item->chain, item->steps, item->hash, probe);
    hash_sha256_hex(item->prompt, strlen(item->prompt), id_hash);
    struct task t = {
        .id = arena_printf(arena, "%s/k%d/%.10s", item->group, item->steps, id_hash),
        .prompt = item->prompt,
        .entry_point = item->entry_point,
        .n_public = GEN_CODE_PUBLIC,
        .n_hidden = GEN_CODE_HIDDEN,
        .reference = item->program,
        .steps = item->steps,
        .group = item->group,
    };
    t.public_tests = choose_tests(probe, used, item->steps, 0, t.n_public, arena);
    t.hidden_tests = choose_tests(probe, used, item->steps, GEN_PROBE_EDGES, t.n_hidden, arena);
    *out = t;
}

/* Adds the first n items of the stream that are new by statement, or by chain. */
static int builder_add(struct gen_builder *b, uint64_t seed, size_t n, bool by_chain,
                       const struct gen_code_options *opt, struct err *err)
{
    size_t added = 0;
    for (uint64_t index = 0; added < n; index++) {
        struct gen_code_item item;
        if (index >= ATTEMPTS_PER_TASK * (uint64_t)n)
            return err_input(err, "%s, %d-%d steps: only %zu different tasks, %zu wanted",
                             gen_code_split_name(opt->split), opt->steps_min, opt->steps_max, added,
                             n);
        int rc = gen_code_item(seed, index, opt, &item, b->suite.arena, err);
        if (rc < 0)
            return rc;
        if (!gen_builder_note(b, by_chain ? item.hash : seed_derive(0, "%s", item.prompt)))
            continue;
        gen_code_task(&item, &b->suite.tasks[b->suite.n_tasks++], b->suite.arena);
        added++;
    }
    return 0;
}

int gen_code_tasks(uint64_t seed, size_t n, const struct gen_code_options *opt, struct suite *out,
                   struct err *err)
{
    struct gen_builder b = gen_builder_start(gen_code_split_name(opt->split), SUITE_CODE, n);
    return gen_builder_finish(&b, builder_add(&b, seed, n, false, opt, err), out);
}

int gen_code_suite(uint64_t seed, struct suite *out, struct err *err)
{
    enum { N_QUOTAS = sizeof quota / sizeof quota[0] };
    size_t n = 0;
    for (int i = 0; i < N_QUOTAS; i++)
        n += (size_t)quota[i].n;
    struct gen_builder b = gen_builder_start("compositional_code", SUITE_CODE, n);
    int rc = 0;
    for (int i = 0; i < N_QUOTAS && rc == 0; i++) {
        struct gen_code_options opt = {quota[i].steps, quota[i].steps, quota[i].split};
        rc = builder_add(&b, seed, (size_t)quota[i].n, true, &opt, err);
    }
    return gen_builder_finish(&b, rc, out);
}

int gen_code_suite_text(char **out, struct err *err)
{
    struct suite s;
    int rc = gen_code_suite(SUITE_SEED, &s, err);
    if (rc == 0)
        *out = gen_builder_text(suite_header, &s);
    return rc;
}
