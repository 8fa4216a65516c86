/* One vector of floats, as wide as the instruction set this file is being compiled for (GCC vector
 * extensions, which clang shares), and the exponential on it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
#define VW 16
#elif defined(__AVX2__)
#define VW 8
#else
#define VW 4
#endif
#define PANEL 16        /* columns of one gemm tile, whatever VW is */
#define NV (PANEL / VW) /* vectors in a panel's row */

typedef float vf __attribute__((vector_size(4 * VW)));
typedef int32_t vi __attribute__((vector_size(4 * VW)));
typedef float vf_mem __attribute__((vector_size(4 * VW), aligned(4), may_alias));

static inline vf vload(const float *p)
{
    return *(const vf_mem *)p;
}

static inline void vstore(float *p, vf v)
{
    *(vf_mem *)p = v;
}

static inline vf vset(float x)
{
    return x - (vf){0}; /* folds to a broadcast; 0 + x would not, because of -0 */
}

static inline vf vmax(vf a, vf b)
{
    vi m = a > b;
    return (vf)(((vi)a & m) | ((vi)b & ~m));
}

static inline vf vmin(vf a, vf b)
{
    vi m = a < b;
    return (vf)(((vi)a & m) | ((vi)b & ~m));
}

static inline float vsum(vf v)
{
    float s = 0;
    for (int i = 0; i < VW; i++)
        s += v[i];
    return s;
}

static inline float vmax_of(vf v)
{
    float m = v[0];
    for (int i = 1; i < VW; i++)
        m = v[i] > m ? v[i] : m;
    return m;
}

/* e^x within 2 ulp on [-87, 88], clamped outside: 2^n by exponent bits times a degree-6 polynomial
 * in the reduced argument |r| <= ln2/2 (the Cephes coefficients). */
static inline vf vexp(vf x)
{
    const float magic =
        12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer in the low bits */
    x = vmin(vmax(x, vset(-87.0f)), vset(88.0f));
    vf t = x * 1.44269504f + magic;
    vf n = t - magic;
    vf r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vf p = vset(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    return (vf)((vi)p + ((vi)t << 23));
}
