/* The figures of a document for pgfplots: a CSV file per line of a figure, and figures.tex, which
 * draws them. */
#pragma once
#include "doc/doc.h"

/* Writes into a directory that is there: ID[-PANEL][-SERIES].csv, one for each series of each
 * panel, with the columns x, y, low, high, minus, plus (lengths of the error bars), n, in the units
 * of the axes; forests and bars have row and label in place of x, heat maps column, row, count. And
 * figures.tex, to be \input; \hrmfigures names the directory where it is another. A heat map of one
 * row or one column has its data only: pgfplots does not draw it. */
int plots_write(const struct doc *d, const char *dir, struct err *err);
