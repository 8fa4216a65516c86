/* Matrix products and the packing of transposed weights; compiled once per instruction set. */
#include "nn/kern_isa.h"
#include "nn/kern_tile.h"

void KERN(gemm)(const struct nn_gemm *g)
{
    struct tile t = {.k = g->k,
                     .a_row = g->a_row,
                     .a_col = g->a_col,
                     .b_row = g->b_row,
                     .c_row = g->c_row,
                     .add = g->add};

    for (int n = 0; n < g->n; n += PANEL) {
        t.b = g->b + (size_t)(n / PANEL) * g->b_panel;
        for (int m = 0; m < g->m; m += TILE_ROWS) {
            t.a = g->a + (size_t)m * g->a_row;
            t.c = g->c + (size_t)m * g->c_row + n;
            tile_run(&t, g->m - m);
        }
    }
}

void KERN(pack)(const float *w, int rows, int cols, float *panels)
{
    for (int r = 0; r < rows; r += PANEL) {
        int real = rows - r < PANEL ? rows - r : PANEL;
        for (int c = 0; c < cols; c++, panels += PANEL) {
            const float *from = w + (size_t)r * (size_t)cols + c;
            for (int i = 0; i < PANEL; i++)
                panels[i] = i < real ? from[(size_t)i * (size_t)cols] : 0;
        }
    }
}
