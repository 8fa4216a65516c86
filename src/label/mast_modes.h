/* The failure modes of MAST (Cemri et al. 2025, arXiv:2503.13657) and the codes of ours that stand
 * for them. Modes are matched by name: the numbers changed between versions of that taxonomy, and
 * names did a little. Notes of imported labels list them: "modes: step repetition; task
 * derailment". */
#pragma once
#include <stddef.h>
#include "taxonomy/taxonomy.h"

struct mast_mode {
    const char *number, *name; /* "1.3", "step repetition": of the paper's last version */
    const char *other;         /* names of earlier versions, separated by "|" */
    const char *codes;         /* any of these, the nearest first; "" = none of ours: unmapped */
};

extern const struct mast_mode mast_modes[]; /* [mast_n_modes] */
extern const size_t mast_n_modes;

/* By "1.3 Step Repetition", "FM-1.3", "Step repetition" or "step_repetition"; a name goes before a
 * number. NULL = no such mode. */
const struct mast_mode *mast_find(const char *text);
taxonomy_set mast_codes(const struct mast_mode *m);
/* The list behind "modes: " of a note; NULL = the note has none. */
const char *mast_listed(const char *note);
/* Adds how many modes a note lists, and how many of them have no code. */
void mast_count(const char *note, long *named, long *unmapped);
