/* The labelling screen on a terminal: a transcript to scroll, and keys for labels. */
#pragma once
#include "label/label_session.h"

/* Where transcripts come from. */
struct label_source {
    char *(*text)(void *ctx, size_t item, struct err *err); /* caller frees; NULL = failed */
    void *ctx;
};

/* Until the person quits. The terminal is left as it was, also when a signal asks to stop. */
int label_tty_run(struct label_session *s, const struct label_source *source, struct err *err);
