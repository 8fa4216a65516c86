/* A panel of a figure as an SVG element with its title and description. */
#pragma once
#include "doc/figure.h"
#include "doc/html.h"

/* id: unique on the page. */
void draw_panel(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
                const char *id);
