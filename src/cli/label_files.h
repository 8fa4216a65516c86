/* Labelling away from the program: a sample as text files, and labels back from a file. */
#pragma once
#include "cli/label_tty.h"
#include "label/label_session.h"

/* DIR/001.txt ... in the order of the sample, DIR/codes.txt with the codes and their rules. */
int label_files_export(const struct label_session *s, const struct label_source *source,
                       const char *dir, struct err *err);
/* All of the file's labels, or none where a line of it is bad. */
int label_files_import(struct label_session *s, const char *file, struct err *err);
