/* Draws chains of operations and writes them as statements and Python.
 *
 * A chain is drawn uniformly among type-correct ones without a repeated operation, and drawn again
 * until it belongs to the requested split and mutation analysis shows that each step matters. */
#include "gen/gen_code.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"
#include "gen/gen_code_probe.h"

enum {
    HELDOUT_PAIR_SHARE = 5, /* one pair in 5 */
    TEST_SHARE = 6,         /* one chain in 6 */
    TEST_SHARE_SINGLE = 3,  /* one single operation in 3: there are few */
    MAX_DRAWS = 20000,
};

/* The sentence around the steps; %s of `open` is the argument's type. */
struct frame {
    const char *open, *join, *close;
};

static const struct frame frames[] = {
    /* the last one is held out */
    {"Write a function f(x) for %s x. It should ", ", then ", " and return the result."},
    {"Define f(x), where x is %s: ", ", then ", ", then return that."},
    {"x is %s. Let f(x) do this: ", "; after that ", ". Return the result."},
    {"Create f for an argument x, %s. In order, ", ", next ", ", and return what you get."},
};
enum { N_FRAMES = sizeof frames / sizeof frames[0] };

static const char *const split_names[] = {"train", "test", "heldout_pairs", "heldout_phrasing"};
static const char *const group_names[] = {"train", "seen_pairs", "heldout_pairs",
                                          "heldout_phrasing"};

static const struct gen_op *op_of(const struct gen_code_step *step)
{
    return gen_op((size_t)step->op);
}

static void add_param(struct str *s, const struct gen_op *op, int param)
{
    if (gen_op_param_is_letter(op))
        str_addc(s, (char)param);
    else
        str_addf(s, "%d", param);
}

/* The pattern with its {k} replaced. */
static void add_filled(struct str *s, const char *pattern, const struct gen_code_step *step)
{
    const char *k = strstr(pattern, "{k}");
    if (!k) {
        str_add(s, pattern);
        return;
    }
    str_addn(s, pattern, (size_t)(k - pattern));
    add_param(s, op_of(step), step->param);
    str_add(s, k + 3);
}

static uint64_t hash_text(const struct str *text)
{
    uint8_t digest[32];
    uint64_t out = 0;
    hash_sha256(text->p, text->len, digest);
    for (int i = 0; i < 8; i++)
        out = out << 8 | digest[i];
    return out;
}

/* Hash of the chain's Python lines, with {k} filled in or as it stands. Lines rather than names,
 * because "reverse the list" and "reverse the string" are one program, and a program in the test
 * must not be one in training. */
static uint64_t chain_hash(const struct gen_code_step *chain, int n, bool with_params)
{
    struct str key CLEANUP_STR = {0};
    for (int i = 0; i < n; i++) {
        if (with_params)
            add_filled(&key, op_of(&chain[i])->code, &chain[i]);
        else
            str_add(&key, op_of(&chain[i])->code);
        str_addc(&key, '\n');
    }
    return hash_text(&key);
}

static bool pair_is_heldout(const struct gen_code_step *a, const struct gen_code_step *b)
{
    struct str key CLEANUP_STR = {0};
    str_add(&key, op_of(a)->code);
    str_addc(&key, '>');
    str_add(&key, op_of(b)->code);
    return hash_text(&key) % HELDOUT_PAIR_SHARE == 0;
}

bool gen_code_has_heldout_pair(const struct gen_code_step *chain, int n)
{
    for (int i = 0; i + 1 < n; i++)
        if (pair_is_heldout(&chain[i], &chain[i + 1]))
            return true;
    return false;
}

static bool chain_is_test(const struct gen_code_step *chain, int n)
{
    return n == 1 ? chain_hash(chain, n, true) % TEST_SHARE_SINGLE == 0
                  : chain_hash(chain, n, false) % TEST_SHARE == 0;
}

static bool chain_in_split(const struct gen_code_step *chain, int n, enum gen_code_split split)
{
    bool heldout = gen_code_has_heldout_pair(chain, n);
    switch (split) {
    case GEN_CODE_TRAIN:
        return !heldout && !chain_is_test(chain, n);
    case GEN_CODE_TEST:
    case GEN_CODE_HELDOUT_PHRASING:
        return !heldout && chain_is_test(chain, n);
    case GEN_CODE_HELDOUT_PAIRS:
        return heldout;
    }
    return false;
}

static bool op_used(const struct gen_code_step *chain, int n, int op)
{
    for (int i = 0; i < n; i++)
        if (chain[i].op == op)
            return true;
    return false;
}

/* Uniform among the operations that may stand at position i of n; false if there is none. Half of
 * the last steps give a number, so that those operations, which can stand nowhere else, are seen
 * often enough. */
static bool draw_step(struct rng *r, struct gen_code_step *chain, int i, int n)
{
    int fit[64], n_fit = 0;
    bool last = i + 1 == n, want_number = last && n > 1 && rng_below(r, 2) == 0;
    for (int op = 0; op < (int)gen_op_count(); op++) {
        const struct gen_op *o = gen_op((size_t)op);
        bool type_fits = i == 0 || o->in == op_of(&chain[i - 1])->out;
        if (type_fits && !op_used(chain, i, op) && (last || o->out != GEN_INT) &&
            (!want_number || o->out == GEN_INT))
            fit[n_fit++] = op;
    }
    if (n_fit == 0)
        return false;
    chain[i].op = fit[rng_below(r, (uint64_t)n_fit)];
    const struct gen_op *o = op_of(&chain[i]);
    chain[i].param = gen_op_param(o, (int)rng_below(r, (uint64_t)gen_op_param_count(o)));
    return true;
}

static bool draw_chain(struct rng *r, const struct gen_code_options *opt, int n,
                       struct gen_code_step *chain)
{
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
        int i = 0;
        while (i < n && draw_step(r, chain, i, n))
            i++;
        if (i == n && chain_in_split(chain, n, opt->split) &&
            gen_probe_sound(chain, n, chain_hash(chain, n, true)))
            return true;
    }
    return false;
}

enum { TRAINED_WORDINGS = -1, HELDOUT_FRAME = 0 /* step i's wording: i + 1 */ };

/* `heldout`: the part of the statement that gets a held-out wording. */
static const char *make_prompt(struct rng *r, const struct gen_code_item *item, int heldout,
                               struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    bool new_frame = heldout == HELDOUT_FRAME;
    const struct frame *f = &frames[new_frame ? N_FRAMES - 1 : rng_below(r, N_FRAMES - 1)];
    const char *type = op_of(&item->chain[0])->in == GEN_LIST ? "a list of integers" : "a string";
    const char *slot = strstr(f->open, "%s");
    str_addn(&s, f->open, (size_t)(slot - f->open));
    str_add(&s, type);
    str_add(&s, slot + 2);
    for (int i = 0; i < item->steps; i++) {
        bool new_wording = heldout == i + 1;
        size_t w = new_wording ? GEN_OP_WORDINGS - 1 : rng_below(r, GEN_OP_WORDINGS - 1);
        if (i > 0)
            str_add(&s, f->join);
        add_filled(&s, op_of(&item->chain[i])->wording[w], &item->chain[i]);
    }
    str_add(&s, f->close);
    return arena_strdup(arena, str_text(&s));
}

static const char *const *make_plan(const struct gen_code_item *item, struct arena *arena)
{
    const char **plan = arena_alloc(arena, (size_t)item->steps * sizeof *plan);
    for (int i = 0; i < item->steps; i++) {
        struct str s CLEANUP_STR = {0};
        add_filled(&s, op_of(&item->chain[i])->wording[0], &item->chain[i]);
        plan[i] = arena_strdup(arena, str_text(&s));
    }
    return plan;
}

static const char *make_program(const struct gen_code_item *item, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    str_add(&s, "def f(x):\n");
    for (int i = 0; i < item->steps; i++) {
        str_add(&s, "    ");
        add_filled(&s, op_of(&item->chain[i])->code, &item->chain[i]);
        str_addc(&s, '\n');
    }
    str_add(&s, "    return x\n");
    return arena_strdup(arena, str_text(&s));
}

static int check_options(const struct gen_code_options *opt, struct err *err)
{
    if (opt->steps_min < 1 || opt->steps_max > GEN_CODE_MAX_STEPS ||
        opt->steps_min > opt->steps_max)
        return err_input(err, "steps %d-%d: expected a range within 1-%d", opt->steps_min,
                         opt->steps_max, GEN_CODE_MAX_STEPS);
    if (opt->split == GEN_CODE_HELDOUT_PAIRS && opt->steps_min < 2)
        return err_input(err, "steps %d-%d: tasks with held-out pairs have at least 2 steps",
                         opt->steps_min, opt->steps_max);
    return 0;
}

int gen_code_item(uint64_t seed, uint64_t index, const struct gen_code_options *opt,
                  struct gen_code_item *out, struct arena *arena, struct err *err)
{
    int rc = check_options(opt, err);
    if (rc < 0)
        return rc;
    struct rng r = rng_make(
        seed_derive(seed, "gen_code/%s/%llu", split_names[opt->split], (unsigned long long)index));
    struct gen_code_item item = {.entry_point = "f", .group = group_names[opt->split]};
    uint64_t range = (uint64_t)(opt->steps_max - opt->steps_min) + 1;
    item.steps = opt->steps_min + (int)rng_below(&r, range);
    if (!draw_chain(&r, opt, item.steps, item.chain))
        return err_fault(err, "no %d-step task found in %d draws", item.steps, MAX_DRAWS);
    item.hash = chain_hash(item.chain, item.steps, true);
    int heldout = opt->split == GEN_CODE_HELDOUT_PHRASING
                      ? (int)rng_below(&r, (uint64_t)item.steps + 1)
                      : TRAINED_WORDINGS;
    item.prompt = make_prompt(&r, &item, heldout, arena);
    item.plan = make_plan(&item, arena);
    item.program = make_program(&item, arena);
    *out = item;
    return 0;
}

const char *gen_code_split_name(enum gen_code_split split)
{
    return split_names[split];
}

int gen_code_split_parse(const char *name, enum gen_code_split *out, struct err *err)
{
    for (size_t i = 0; i < sizeof split_names / sizeof split_names[0]; i++) {
        if (str_eq(name, split_names[i])) {
            *out = (enum gen_code_split)i;
            return 0;
        }
    }
    return err_input(err, "split '%s': expected train, test, heldout_pairs or heldout_phrasing",
                     name);
}
