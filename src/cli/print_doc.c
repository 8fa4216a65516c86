/* See print_doc.h. */
#include "cli/print_doc.h"
#include <stdio.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "experiment/rundir.h"
#include "store/store.h"

int load_run(const char *name, struct report_run *out, struct err *err)
{
    char *db CLEANUP_FREE = NULL;
    struct store *store = NULL;
    int rc = rundir_find(name, &db, err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &store, err);
    if (rc == 0)
        rc = report_load(store, out, err);
    if (rc == 0)
        out->store = NULL; /* comparisons show no transcripts */
    store_close(store);
    return rc;
}

int print_doc(struct doc *d, const char *format, const char *output)
{
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    const struct doc_writer *writer = doc_find_writer(format, &err);
    if (writer)
        writer->write(d, &out);
    doc_free(d);
    if (!writer)
        return cmd_fail(&err);
    if (output && !str_eq(output, "-"))
        return file_write(output, out.p, out.len, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    fwrite(str_text(&out), 1, out.len, stdout);
    return EXIT_DONE;
}
