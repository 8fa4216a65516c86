/* Mutation analysis of chains on seeded sample inputs. */
#include "suite/gen_code_probe.h"
#include <string.h>
#include "base/rng.h"

/* Probes on which a dropped step must show: two may go to the public tests. */
enum { MIN_REVEALING = 3 };

struct mutant {
    struct gen_code_step chain[GEN_CODE_MAX_STEPS];
    int n;
};

static bool chain_apply(const struct gen_code_step *chain, int n, struct gen_value *x)
{
    for (int i = 0; i < n; i++)
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

static struct mutant drop_step(const struct gen_code_step *chain, int n, int i)
{
    struct mutant m = {.n = n - 1};
    memcpy(m.chain, chain, (size_t)i * sizeof chain[0]);
    memcpy(m.chain + i, chain + i + 1, (size_t)(n - 1 - i) * sizeof chain[0]);
    return m;
}

static int make_mutants(const struct gen_code_step *chain, int n, bool thorough, struct mutant *m)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        m[count++] = drop_step(chain, n, i);
    if (!thorough)
        return count;
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

bool gen_probe_run(const struct gen_code_step *chain, int n, uint64_t seed, bool thorough,
                   struct gen_probe *probe)
{
    struct rng r = rng_make(seed);
    struct mutant mutants[GEN_PROBE_MUTANTS];
    int n_mutants = make_mutants(chain, n, thorough, mutants);
    for (int p = 0; p < GEN_PROBES; p++) {
        struct gen_probe *at = &probe[p];
        at->in = at->out = probe_input(&r, gen_op((size_t)chain[0].op)->in, p);
        at->reveals = 0;
        if (!chain_apply(chain, n, &at->out))
            return false;
        for (int m = 0; m < n_mutants; m++) {
            struct gen_value x = at->in;
            bool starts = mutants[m].n == 0 || gen_op((size_t)mutants[m].chain[0].op)->in == x.type;
            if (!starts || !type_correct(&mutants[m]) ||
                !chain_apply(mutants[m].chain, mutants[m].n, &x) || !gen_value_equal(&x, &at->out))
                at->reveals |= 1u << m;
        }
    }
    return true;
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

bool gen_probe_sound(const struct gen_probe *probe, int n)
{
    for (int m = 0; m < n; m++) {
        int revealing = 0;
        for (int p = GEN_PROBE_EDGES; p < GEN_PROBES; p++)
            revealing += probe[p].reveals >> m & 1;
        if (revealing < MIN_REVEALING)
            return false;
    }
    return most_common_answer(probe) <= (GEN_PROBES - GEN_PROBE_EDGES) / 2;
}
