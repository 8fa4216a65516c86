/* Mutation analysis of chains on seeded sample inputs. */
#include "gen/gen_code_probe.h"
#include <string.h>
#include "base/rng.h"

enum {
    MIN_REVEALING = 3, /* probes on which a dropped step must show: two may become public */
    FIRST_LOOK =
        GEN_PROBE_EDGES + 6, /* until here every dropped step must have shown at least once */
};

struct mutant {
    struct gen_code_step chain[GEN_CODE_MAX_STEPS];
    int n;
};

static bool chain_apply(const struct gen_code_step *chain, int from, int n, struct gen_value *x)
{
    for (int i = from; i < n; i++)
        if (!gen_op((size_t)chain[i].op)->apply(x, chain[i].param))
            return false;
    return true;
}

static bool type_correct(const struct mutant *m)
{
    for (int i = 0; i + 1 < m->n; i++)
        if (gen_op((size_t)m->chain[i].op)->out != gen_op((size_t)m->chain[i + 1].op)->in)
            return false;
    return true;
}

/* Mistakes other than a dropped step: a parameter that is one too large, two neighbours swapped. */
static int make_mutants(const struct gen_code_step *chain, int n, struct mutant *m)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        struct mutant changed = {.n = n};
        memcpy(changed.chain, chain, (size_t)n * sizeof chain[0]);
        if (gen_op((size_t)chain[i].op)->params) {
            changed.chain[i].param++;
            m[count++] = changed;
            changed.chain[i].param--;
        }
        if (i + 1 == n)
            continue;
        changed.chain[i] = chain[i + 1];
        changed.chain[i + 1] = chain[i];
        if (type_correct(&changed))
            m[count++] = changed;
    }
    return count;
}

static struct gen_value random_list(struct rng *r, int n)
{
    struct gen_value x = {.type = GEN_LIST, .n = n};
    for (int i = 0; i < n; i++) {
        bool repeat = i > 0 && rng_below(r, 4) == 0;
        x.v[i] = repeat ? x.v[rng_below(r, (uint64_t)i)] : (long long)rng_below(r, 30) - 9;
    }
    return x;
}

static struct gen_value random_text(struct rng *r, int words)
{
    static const char *const word[] = {
        "Apple", "the",   "red",  "sea",  "Moon", "tiger",  "old", "a",      "Under", "rain",
        "hello", "World", "nine", "EAST", "so",   "street", "Odd", "little", "I",     "Anna"};
    struct gen_value x = {.type = GEN_TEXT};
    for (int i = 0; i < words; i++) {
        const char *w = word[rng_below(r, sizeof word / sizeof word[0])];
        size_t len = strlen(w);
        if (i > 0)
            x.s[x.n++] = ' ';
        memcpy(x.s + x.n, w, len);
        x.n += (int)len;
    }
    return x;
}

static struct gen_value probe_input(struct rng *r, enum gen_type type, int index)
{
    if (type == GEN_LIST)
        return random_list(r, index < GEN_PROBE_EDGES ? index : 4 + (int)rng_below(r, 5));
    return random_text(r, index < GEN_PROBE_EDGES ? index : 2 + (int)rng_below(r, 4));
}

/* Runs the chain on at->in, noting which dropped steps show; false if a number left its range. */
static bool probe_chain(const struct gen_code_step *chain, int n, struct gen_probe *at)
{
    struct gen_value before[GEN_CODE_MAX_STEPS]; /* [n] what step i is applied to */
    at->out = at->in;
    at->reveals = 0;
    for (int i = 0; i < n; i++) {
        before[i] = at->out;
        if (!chain_apply(chain, i, i + 1, &at->out))
            return false;
    }
    for (int i = 0; i < n; i++) {
        const struct gen_op *op = gen_op((size_t)chain[i].op);
        if (op->in != op->out || !chain_apply(chain, i + 1, n, &before[i]) ||
            !gen_value_equal(&before[i], &at->out))
            at->reveals |= 1u << i;
    }
    return true;
}

void gen_probe_run(const struct gen_code_step *chain, int n, uint64_t seed, struct gen_probe *probe)
{
    struct rng r = rng_make(seed);
    struct mutant mutants[2 * GEN_CODE_MAX_STEPS];
    int n_mutants = make_mutants(chain, n, mutants);
    for (int p = 0; p < GEN_PROBES; p++) {
        struct gen_probe *at = &probe[p];
        at->in = probe_input(&r, gen_op((size_t)chain[0].op)->in, p);
        probe_chain(chain, n, at);
        for (int m = 0; m < n_mutants; m++) {
            struct gen_value x = at->in;
            if (!chain_apply(mutants[m].chain, 0, n, &x) || !gen_value_equal(&x, &at->out))
                at->reveals |= 1u << (n + m);
        }
    }
}

/* On how many ordinary probes the most common answer is the right one. */
static int most_common_answer(const struct gen_probe *probe)
{
    int most = 0;
    for (int p = GEN_PROBE_EDGES; p < GEN_PROBES; p++) {
        int same = 0;
        for (int q = GEN_PROBE_EDGES; q < GEN_PROBES; q++)
            same += gen_value_equal(&probe[q].out, &probe[p].out);
        most = same > most ? same : most;
    }
    return most;
}

/* On how few of the first p probes a dropped step shows, taking the step for which that is worst.
 */
static int least_revealed(const struct gen_probe *probe, int n, int p)
{
    int least = p;
    for (int i = 0; i < n; i++) {
        int revealing = 0;
        for (int q = GEN_PROBE_EDGES; q < p; q++)
            revealing += probe[q].reveals >> i & 1;
        least = revealing < least ? revealing : least;
    }
    return least;
}

bool gen_probe_sound(const struct gen_code_step *chain, int n, uint64_t seed)
{
    struct gen_probe probe[GEN_PROBES];
    struct rng r = rng_make(seed);
    for (int p = 0; p < GEN_PROBES; p++) {
        probe[p].in = probe_input(&r, gen_op((size_t)chain[0].op)->in, p);
        if (!probe_chain(chain, n, &probe[p]))
            return false;
        if (p + 1 == FIRST_LOOK && least_revealed(probe, n, FIRST_LOOK) == 0)
            return false; /* most unsound chains end here, early */
    }
    return least_revealed(probe, n, GEN_PROBES) >= MIN_REVEALING &&
           most_common_answer(probe) <= (GEN_PROBES - GEN_PROBE_EDGES) / 2;
}
