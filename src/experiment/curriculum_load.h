/* Reading `curriculum:`; see curriculum.h. */
#pragma once
#include "base/ytree.h"

struct err;
struct experiment;

/* Fills x->curriculum from the section; the experiment's arms must have been read, and become those
 * of the cells. Every complaint is ERR_INPUT with file and line. */
int curriculum_read(const struct ytree *t, const struct ynode *map, struct experiment *x,
                    struct err *err);
