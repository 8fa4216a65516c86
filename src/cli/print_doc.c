/* See print_doc.h. */
#include "cli/print_doc.h"
#include <stdio.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "store/store.h"

int load_run(const char *name, struct analysis_run *out, struct err *err)
{
    char *db CLEANUP_FREE = NULL;
    int rc = find_run(name, &db, err);
    return rc < 0 ? rc : load_record(db, out, err);
}

int load_record(const char *db, struct analysis_run *out, struct err *err)
{
    struct store *store = NULL;
    int rc = store_open(db, STORE_READ, &store, err);
    if (rc == 0)
        rc = analysis_load(store, out, err);
    if (rc == 0)
        out->store = NULL; /* comparisons show no transcripts */
    store_close(store);
    return rc;
}

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "text (default), md, csv, json, latex or html"},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct print_args *args = state->input;
    switch (key) {
    case 'f':
        args->format = value;
        return 0;
    case 'o':
        args->output = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp print_argp = {.options = options, .parser = parse_option};
const struct argp_child print_children[] = {{&print_argp, 0, NULL, 0}, {0}};

int print_text(const struct str *text, const char *output)
{
    struct err err = {0};
    if (output && !str_eq(output, "-"))
        return file_write(output, text->p, text->len, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    fwrite(str_text(text), 1, text->len, stdout);
    return EXIT_DONE;
}

int print_doc(struct doc *d, const struct print_args *how)
{
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    const struct doc_writer *writer = doc_find_writer(how->format, &err);
    if (writer)
        writer->write(d, &out);
    doc_free(d);
    return writer ? print_text(&out, how->output) : cmd_fail(&err);
}
