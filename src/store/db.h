/* Internal: the connection, its prepared statements, and how rows meet columns.
 */
#pragma once
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include "base/arena.h"
#include "base/err.h"
#include "store/field.h"
#include "store/store.h"

#define DB_APPLICATION_ID 0x68726d31 /* "hrm1": what file(1) and we look for in the header */
/* 1 knew neither the attempts of a call nor the calls that failed; 2 no flags and no shares of
 * roles; 3 no accuracy at smaller budgets and no labels; 4 kept both as text in the episode's row;
 * 5 had no checksums */
#define DB_SCHEMA 6
#define DB_SCHEMA_OLDEST 4 /* that migrate.c brings up to date */

/* The tool runs with a disputed verdict (graded.c); an index holds them, since they are few. */
#define DB_DISPUTED_INDEX "tool_runs_disputed"
#define DB_DISPUTED "instr(detail, '\"disputed\":true')"

enum db_stmt {
    DB_BEGIN,
    DB_COMMIT,
    DB_META_SET,
    DB_META_GET,
    DB_ARM_ADD,
    DB_TASK_ADD,
    DB_ROLE_ADD,
    DB_EPISODE_ADD,
    DB_EPISODE_FIND,
    DB_EPISODE_FINISH,
    DB_EPISODE_REOPEN,
    DB_EPISODE_TAG,
    DB_EVENTS_DROP,
    DB_SHARES_DROP,
    DB_MOMENTS_DROP,
    DB_TOOLS_DROP,
    DB_CALLS_SHELVE,
    DB_CALLS_DROP,
    DB_CALL_FIND,
    DB_CALL_TOUCH,
    DB_CALL_PUT,
    DB_FAILURE_PUT,
    DB_TOOL_FIND,
    DB_TOOL_PUT,
    DB_EVENT_PUT,
    DB_SHARE_PUT,
    DB_MOMENT_PUT,
    DB_LABEL_PUT,
    DB_LABEL_DROP,
    DB_SUM_DROP,
    N_DB_STMTS,
};

enum db_sum_stmt { DB_SUM_PUT, DB_SUM_GET, N_DB_SUM_STMTS };
enum { N_DB_SUM_LISTS = 7 }; /* of an episode: what its checksums are over */

/* A prepared statement of a reading, free for the next one. */
struct db_spare {
    const struct store_fields *of;
    sqlite3_stmt *stmt;
};

struct store {
    sqlite3 *db;
    pthread_mutex_t mutex;        /* recursive: a callback of a reading may use the store */
    _Atomic(const void *) reader; /* db_self of the thread that holds it for a reading, or NULL */
    int depth;                    /* how often it does */
    bool writing;                 /* the run */
    bool rollback;                /* its journal: not a write-ahead log */
    bool annotating;              /* labels only */
    atomic_llong shelved;         /* calls of interrupted episodes, which may be found again */
    json_t *capsule;              /* the head of the capsule that it came from, or NULL */
    int lock_fd;                  /* -1 when reading */
    char *path;
    sqlite3_stmt *stmt[N_DB_STMTS];
    struct db_spare spare[8];
    /* sums.c, prepared when they are first needed */
    sqlite3_stmt *sum_list[N_DB_SUM_LISTS], *sum_stmt[N_DB_SUM_STMTS];
    /* write.c */
    pthread_t writer;
    bool has_writer;
    pthread_mutex_t queue_mutex;  /* guards the next four */
    pthread_cond_t queue_changed; /* a write was queued, or closing */
    struct db_write *queue, **queue_end;
    bool idle, closing;       /* idle: the writer waits for the queue */
    atomic_bool write_failed; /* a queued write failed: */
    struct err write_fault;   /* why; set once, before `write_failed` */
};

extern _Thread_local const char db_self; /* its address identifies the thread */
void db_flush(struct store *s);          /* waits until the queue so far is committed */

static inline bool db_is_reading(struct store *s) /* this thread */
{
    return atomic_load(&s->reader) == &db_self;
}

/* Scoped locking: DB_LOCKED(s); holds the store's mutex until the end of the block, after all
 * writes that this thread has queued are committed. */
static inline struct store *db_lock(struct store *s)
{
    if (!db_is_reading(s) && s->has_writer)
        db_flush(s);
    pthread_mutex_lock(&s->mutex);
    atomic_store(&s->reader, &db_self);
    s->depth++;
    return s;
}
static inline void db_unlock(struct store **s)
{
    if (--(*s)->depth == 0)
        atomic_store(&(*s)->reader, NULL);
    pthread_mutex_unlock(&(*s)->mutex);
}
#define DB_LOCKED(s) struct store *db_guard __attribute__((cleanup(db_unlock), unused)) = db_lock(s)

/* store.c */
struct store *db_new(const char *path); /* not connected; store_close ends it */

/* schema.c */
enum { DB_HEADER = 100 }; /* bytes that begin an SQLite file */
/* Of a file of `size` bytes that begins with h: is it a whole record, and of which schema? */
int db_check_bytes(const char *path, const unsigned char h[DB_HEADER], long long size,
                   uint32_t *schema, struct err *err);
/* 1 = there is none yet, 0 = ours, of *schema. */
int db_check_header(const char *path, uint32_t *schema, struct err *err);
int db_create(const char *path, struct err *err); /* appears whole or not at all */
int db_prepare_all(struct store *s, struct err *err);
void db_parts_sql(struct str *sql); /* the tables that schema 5 added */
void db_views_sql(struct str *sql);

void db_sums_sql(struct str *sql); /* the table that schema 6 added */

/* sums.c: checksums (what they are over stands there). */
uint32_t db_meta_sum(const char *key, const char *value);
/* Of an episode that has ended, anew; inside a transaction. */
int db_sums_put(struct store *s, long long id, struct err *err);
/* Of all that there is, for a record that has none yet; inside a transaction. */
int db_sums_fill(struct store *s, struct err *err);
/* Is the row what was written? 1 when it has no checksum, ERR_INPUT when it is not. */
int db_sums_check_row(struct store *s, long long id, struct err *err);
void db_sums_close(struct store *s);

/* journal.c: how the connection works; the writer's journal: WAL, or rollback where s->rollback
 * says so. */
int db_set_up(struct store *s, struct err *err);

/* migrate.c: brings a connected record of an older schema up to date, where it lies if it may be
 * written and nobody else writes it; a reader is else given a copy in memory. */
int db_migrate(struct store *s, struct err *err);
/* s->db becomes a copy of `from` in memory. */
int db_copy_to_memory(struct store *s, sqlite3 *from, struct err *err);

/* SELECT the fields' columns, then `more`, FROM ... */
void db_select(const struct store_fields *fields, const char *more, const char *from,
               const char *tail, struct str *sql);

/* write.c: every write. Runs the statements of `run` in a transaction, alone or with other writes;
 * 0 when it is committed, or negative when nothing of it was written. `run` may be called twice, if
 * the first transaction is rolled back. */
typedef int db_write_fn(struct store *s, const void *arg, struct err *err);
int db_write(struct store *s, db_write_fn *run, const void *arg, struct err *err);
/* The same without waiting; takes ownership of arg (from malloc). After a fault every later write
 * fails with it. */
int db_queue_write(struct store *s, db_write_fn *run, void *arg, struct err *err);
/* The writer thread; without it each thread commits its own writes. Stopping waits until the queue
 * is committed. */
int db_writer_start(struct store *s, struct err *err);
void db_writer_stop(struct store *s);

/* lock.c: the writer's lock, held by the process and gone with it. */
int db_lock_take(const char *db_path, int *fd, struct err *err);
void db_lock_drop(const char *db_path, int fd);

/* read.c */
/* The rows of a table or view that belong to an episode, in order. */
struct db_list {
    const struct store_fields *of;
    const char *table, *order;
    size_t size, row; /* of a struct of the list, and where the row stands in it */
};
/* All of them, in the arena: [*n] structs, zero but for the row. */
int db_read_list(struct store *s, const struct db_list *list, long long id, void **out, size_t *n,
                 struct arena *arena, struct err *err);

/* db.c */
size_t db_row_bytes(const struct store_fields *fields, const void *row); /* of a copy */
void db_row_copy(const struct store_fields *fields, const void *row, void *copy);
int db_fail(struct store *s, struct err *err); /* the message for the connection's last error */
int db_prepare(struct store *s, const char *sql, sqlite3_stmt **out, struct err *err);
int db_exec(struct store *s, const char *sql, struct err *err);
/* Steps a statement that returns no row, then resets it. */
int db_run(struct store *s, sqlite3_stmt *stmt, struct err *err);
/* Binds the fields of row from parameter `first` (1-based) on; text stays borrowed until the next
 * reset. */
void db_bind_row(sqlite3_stmt *stmt, int first, const struct store_fields *fields, const void *row);
/* Reads columns from `first` (0-based) on; text is copied into arena, or borrowed from the
 * statement if arena is NULL. */
void db_read_row(sqlite3_stmt *stmt, int first, const struct store_fields *fields, void *row,
                 struct arena *arena);
void db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
