/* xoshiro256** 1.0 (Blackman & Vigna, 2018), seeded by splitmix64 as its authors recommend. */
#include "base/rng.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct rng rng_make(uint64_t seed)
{
    struct rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix64(&seed);
    return r;
}

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    /* Lemire's multiplication with rejection of the biased low part. */
    unsigned __int128 m = (unsigned __int128)rng_u64(r) * n;
    if ((uint64_t)m < n) {
        uint64_t biased = -n % n;
        while ((uint64_t)m < biased)
            m = (unsigned __int128)rng_u64(r) * n;
    }
    return (uint64_t)(m >> 64);
}

double rng_double(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *r)
{
    for (;;) { /* Marsaglia's polar method; the second value is dropped, so that a draw depends on
                  the state alone */
        double u = 2 * rng_double(r) - 1, v = 2 * rng_double(r) - 1, q = u * u + v * v;
        if (q > 0 && q < 1)
            return u * sqrt(-2 * log(q) / q);
    }
}

void rng_shuffle(struct rng *r, void *base, size_t n, size_t size)
{
    unsigned char *p = base;
    unsigned char *held CLEANUP_FREE = xmalloc(size);
    for (size_t i = n; i > 1; i--) {
        size_t j = rng_below(r, i);
        if (j == i - 1)
            continue;
        memcpy(held, p + (i - 1) * size, size);
        memcpy(p + (i - 1) * size, p + j * size, size);
        memcpy(p + j * size, held, size);
    }
}

uint64_t seed_derive(uint64_t seed, const char *key_fmt, ...)
{
    struct str key CLEANUP_STR = {0};
    str_addf(&key, "%llu", (unsigned long long)seed);
    str_addc(&key, '\0');
    va_list ap;
    va_start(ap, key_fmt);
    str_vaddf(&key, key_fmt, ap);
    va_end(ap);
    uint8_t digest[32];
    hash_sha256(key.p, key.len, digest);
    uint64_t out = 0;
    for (int i = 7; i >= 0; i--)
        out = out << 8 | digest[i];
    return out;
}
