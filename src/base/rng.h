/* The seeded generator (xoshiro256**, Blackman & Vigna 2018, seeded by splitmix64) and the one
 * derivation of seeds. No other source of randomness exists in the program. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

struct rng rng_make(uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* uniform in [0, n), unbiased; n > 0 */
double rng_double(struct rng *r);              /* uniform in [0, 1), 53 bits */
double rng_normal(struct rng *r);              /* standard normal (polar method) */
void rng_shuffle(struct rng *r, void *base, size_t n, size_t size);

/* First 8 bytes (little-endian) of SHA-256 over the decimal seed, a NUL, and the key. Every seed in
 * the program is derived here; keys read like "call/<task>/<sample>/<role>/<index>", so arms share
 * random numbers. */
uint64_t seed_derive(uint64_t seed, const char *key_fmt, ...) __attribute__((format(printf, 2, 3)));
