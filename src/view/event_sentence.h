/* What an event says, as a sentence for people. */
#pragma once
#include "base/str.h"
#include "store/transcript.h"

/* Appends; index: into the transcript's events. */
void event_sentence(const struct transcript *t, size_t index, struct str *out);
