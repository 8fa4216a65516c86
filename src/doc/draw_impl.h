/* What draw.c and draw_rows.c share. */
#pragma once
#include "doc/draw.h"
#include "doc/svg.h"

enum { DRAW_WIDTH = 420, DRAW_COLOURS = 6 };

/* Opens the svg with its title and description; the caller closes it. */
void draw_open(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id, double height);
/* A group in the colour of a series; the caller closes it. */
void draw_group(struct html *h, int colour);
double draw_legend(struct html *h, const struct figure_panel *p, double y);

void draw_forest(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
                 const char *id);
void draw_bars(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id);
void draw_heat(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id);
