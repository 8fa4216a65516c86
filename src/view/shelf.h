/* The records that are open in the viewer. A record is used by one thread at a time.
 *
 * Beside the store's own reading there is an SQLite connection for what needs a query of its own:
 * its main database is view.db beside the record (or a temporary one where nothing can be written),
 * and the record is attached to it as `r`, which no statement may change. */
#pragma once
#include <sqlite3.h>
#include "experiment/tagging.h"
#include "store/manifest.h"
#include "store/store.h"

struct shelf;

struct shelf_record {
    char *key; /* what it is called in addresses: its directory below the viewer's */
    char *dir; /* with run.db in it */
    struct store *store;
    sqlite3 *sql;
    struct manifest manifest; /* empty when there is none */
    struct tagging tagging;   /* with the suite, if that is at hand: */
    bool has_suite;
};

struct shelf *shelf_new(const char *dir); /* dir is copied */
void shelf_free(struct shelf *s);         /* when no record is in use; NULL is legal */
const char *shelf_dir(const struct shelf *s);
/* Where the run of that key lies; NULL = no such key can be. Caller frees. */
char *shelf_place(const struct shelf *s, const char *key);
/* Opens it, or waits for whoever uses it. ERR_INPUT when there is no such run. */
int shelf_take(struct shelf *s, const char *key, struct shelf_record **out, struct err *err);
void shelf_give(struct shelf *s, struct shelf_record *r); /* NULL is legal */

/* Statements on r->sql. */
int shelf_prepare(struct shelf_record *r, const char *sql, sqlite3_stmt **out, struct err *err);
int shelf_exec(struct shelf_record *r, const char *sql, struct err *err);
int shelf_fail(struct shelf_record *r, struct err *err);
/* The single number that a statement gives. */
int shelf_number(struct shelf_record *r, const char *sql, long long *out, struct err *err);
void shelf_cleanup_stmt(sqlite3_stmt **stmt);
#define CLEANUP_STMT CLEANUP(shelf_cleanup_stmt)
