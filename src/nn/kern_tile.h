/* The one inner loop of all matrix work: a tile of MR rows by PANEL columns, C (+)= A B.
 *
 * Every element of C is one chain of fused multiply-adds over k in rising order, whatever MR is: a
 * row's result does not depend on which rows share its tile. Batched decoding relies on this. */
#pragma once
#include <stdbool.h>
#include "nn/kern_vec.h"

#define TILE_ROWS 6

struct tile {
    int k;
    const float *a; /* A(m,k) = a[m*a_row + k*a_col] */
    size_t a_row, a_col;
    const float *b; /* B(k,n) = b[k*b_row + n], n < PANEL */
    size_t b_row;
    float *c; /* C(m,n) = c[m*c_row + n] */
    size_t c_row;
    bool add;
};

static inline __attribute__((always_inline)) void tile_rows(const struct tile *t, const int mr)
{
    const float *a = t->a, *b = t->b;
    const size_t a_row = t->a_row, a_col = t->a_col, b_row = t->b_row;
    vf acc[TILE_ROWS][NV];

#pragma GCC unroll 6
    for (int m = 0; m < mr; m++)
        for (int v = 0; v < NV; v++)
            acc[m][v] = t->add ? vload(t->c + (size_t)m * t->c_row + v * VW) : vset(0);
    for (int k = t->k; k > 0; k--) {
        vf bv[NV];
        for (int v = 0; v < NV; v++)
            bv[v] = vload(b + v * VW);
#pragma GCC unroll 6
        for (int m = 0; m < mr; m++) {
            vf x = vset(a[(size_t)m * a_row]);
            for (int v = 0; v < NV; v++)
                acc[m][v] = acc[m][v] + x * bv[v];
        }
        a += a_col;
        b += b_row;
    }
#pragma GCC unroll 6
    for (int m = 0; m < mr; m++)
        for (int v = 0; v < NV; v++)
            vstore(t->c + (size_t)m * t->c_row + v * VW, acc[m][v]);
}

static inline void tile_run(const struct tile *t, int mr)
{
    switch (mr) {
    case 1:
        tile_rows(t, 1);
        break;
    case 2:
        tile_rows(t, 2);
        break;
    case 3:
        tile_rows(t, 3);
        break;
    case 4:
        tile_rows(t, 4);
        break;
    case 5:
        tile_rows(t, 5);
        break;
    default:
        tile_rows(t, 6);
    }
}
