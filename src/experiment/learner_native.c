/* See learner_native.h. */
#include "experiment/learner_native.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/cores.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"
#include "experiment/cell_train.h"
#include "model/backend.h"

enum { SLOTS = 32, OPEN_MODELS = 6 };

enum cell_state { CELL_IDLE, CELL_WANTED, CELL_TRAINING, CELL_TRAINED, CELL_FAILED };

struct native_cell {
    struct curriculum_cell cell;
    enum cell_state state;
    struct err why; /* CELL_FAILED */
    double tokens_per_s;
    struct model *model; /* NULL = not open */
    int users;           /* requests in it */
    unsigned long used;  /* when last, in requests */
};

struct native {
    struct cell_job job;
    char *dir;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    struct native_cell *cells; /* [n_cells] in the order of the plan */
    size_t n_cells;
    unsigned long requests;
    bool closing;
    pthread_t *threads; /* [n_threads] */
    size_t n_threads;
};

/* Whose progress it is. */
struct trainer_report {
    struct native *n;
    struct native_cell *cell;
};

extern const struct model_ops model_native;

static bool same_cell(const struct curriculum_cell *a, const struct curriculum_cell *b)
{
    return a->order == b->order && a->n == b->n && a->seed == b->seed;
}

static struct native_cell *find_cell(struct native *n, const struct curriculum_cell *cell)
{
    for (size_t i = 0; i < n->n_cells; i++)
        if (same_cell(&n->cells[i].cell, cell))
            return &n->cells[i];
    return NULL;
}

/* ---- training ---- */

static void note_speed(void *ctx, double tokens_per_s)
{
    struct trainer_report *r = ctx;
    pthread_mutex_lock(&r->n->mutex);
    r->cell->tokens_per_s = tokens_per_s;
    pthread_mutex_unlock(&r->n->mutex);
}

static struct native_cell *take(struct native *n)
{
    struct native_cell *found = NULL;
    pthread_mutex_lock(&n->mutex);
    for (size_t i = 0; i < n->n_cells && !found && !n->closing && !stop_requested(); i++)
        if (n->cells[i].state == CELL_WANTED)
            found = &n->cells[i];
    if (found)
        found->state = CELL_TRAINING;
    pthread_mutex_unlock(&n->mutex);
    return found;
}

static void *train(void *arg)
{
    struct native *n = arg;
    for (struct native_cell *c; (c = take(n));) {
        struct trainer_report report = {n, c};
        struct cell_job job = n->job;
        struct err err = {0};
        job.progress = note_speed;
        job.ctx = &report;
        int rc = cell_train(&job, &c->cell, &err);
        pthread_mutex_lock(&n->mutex);
        c->state = rc == 0 ? CELL_TRAINED : CELL_FAILED;
        c->tokens_per_s = 0;
        c->why = err;
        pthread_cond_broadcast(&n->changed);
        pthread_mutex_unlock(&n->mutex);
    }
    return NULL;
}

/* ---- answering ---- */

/* Closes the least recently used models until there is room for one more. */
static void make_room(struct native *n)
{
    for (;;) {
        struct native_cell *oldest = NULL;
        size_t open = 0;
        for (size_t i = 0; i < n->n_cells; i++) {
            struct native_cell *c = &n->cells[i];
            open += c->model != NULL;
            if (c->model && c->users == 0 && (!oldest || c->used < oldest->used))
                oldest = c;
        }
        if (open < OPEN_MODELS || !oldest)
            return;
        model_close(oldest->model);
        oldest->model = NULL;
    }
}

static int open_cell(struct native *n, struct native_cell *c, struct err *err)
{
    char *path CLEANUP_FREE = cell_weights(&n->job, &c->cell);
    struct model_config cfg = {.backend = "embedded", .name = path, .max_connections = SLOTS};
    make_room(n);
    return model_open(&cfg, &c->model, err);
}

/* Waits for the cell's model; the caller gives it back. */
static int borrow(struct native *n, const struct curriculum_cell *cell, struct native_cell **out,
                  struct err *err)
{
    pthread_mutex_lock(&n->mutex);
    struct native_cell *c = find_cell(n, cell);
    int rc = c ? 0 : err_fault(err, "no model was planned for this arm and sample");
    while (rc == 0 && c->state != CELL_TRAINED) {
        if (stop_requested()) {
            rc = err_interrupted(err);
        } else if (c->state == CELL_FAILED) {
            if (err)
                *err = c->why;
            rc = c->why.code;
        } else {
            patience_wait(&n->changed, &n->mutex);
        }
    }
    if (rc == 0 && !c->model)
        rc = open_cell(n, c, err);
    if (rc == 0) {
        c->users++;
        c->used = ++n->requests;
        *out = c;
    }
    pthread_mutex_unlock(&n->mutex);
    return rc;
}

static void give_back(struct native *n, struct native_cell *c)
{
    pthread_mutex_lock(&n->mutex);
    c->users--;
    pthread_mutex_unlock(&n->mutex);
}

static int native_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                       struct arena *arena, struct err *err)
{
    struct native *n = ctx;
    struct native_cell *c = NULL;
    struct curriculum_cell cell;
    if (!curriculum_cell_of(n->job.x->curriculum, req->key.arm, req->key.sample, &cell))
        return err_fault(err, "arm '%s' has no cell", req->key.arm);
    double asked = clock_seconds();
    int rc = borrow(n, &cell, &c, err);
    if (rc < 0)
        return rc;
    double waited = clock_seconds() - asked;
    rc = model_chat(c->model, req, reply, arena, err);
    reply->queue_s += waited;
    give_back(n, c);
    return rc;
}

/* ---- the backend ---- */

static int native_probe(void *ctx, json_t **identity, struct err *err)
{
    struct native *n = ctx;
    char hex[HASH_HEX];
    (void)err;
    json_t *settings = cell_settings(n->job.x);
    char *text CLEANUP_FREE = json_text(settings);
    char *name CLEANUP_FREE = xasprintf("native-%s", n->job.x->curriculum->size);
    hash_sha256_hex(text, strlen(text), hex);
    *identity = json_pack("{s:s, s:s, s:s, s:o}", "backend", "native", "name", name, "digest", hex,
                          "training", settings);
    return 0;
}

static int native_slots(const void *ctx)
{
    (void)ctx;
    return SLOTS;
}

static void native_close(void *ctx)
{
    struct native *n = ctx;
    pthread_mutex_lock(&n->mutex);
    n->closing = true;
    pthread_mutex_unlock(&n->mutex);
    for (size_t i = 0; i < n->n_threads; i++)
        pthread_join(n->threads[i], NULL);
    for (size_t i = 0; i < n->n_cells; i++)
        model_close(n->cells[i].model);
    pthread_cond_destroy(&n->changed);
    pthread_mutex_destroy(&n->mutex);
    free(n->threads);
    free(n->cells);
    free(n->dir);
    free(n);
}

const struct model_ops model_native = {
    .name = "native",
    .probe = native_probe,
    .chat = native_chat,
    .slots = native_slots,
    .close = native_close,
};

int learner_native_open(const struct experiment *x, const struct suite *suite,
                        const struct prompt_set *prompts, struct model **out, struct err *err)
{
    struct native *n = xcalloc(1, sizeof *n);
    (void)err;
    n->job = (struct cell_job){.x = x, .tests = suite, .prompts = prompts};
    pthread_mutex_init(&n->mutex, NULL);
    patience_init(&n->changed);
    *out = model_from_ops(&model_native, n);
    return 0;
}

/* The cells of the plan, those with episodes to play as wanted. */
static void list_cells(struct native *n, const struct plan *plan)
{
    size_t cap = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const struct store_plan_item *it = &plan->items[i];
        struct curriculum_cell cell;
        if (!curriculum_cell_of(n->job.x->curriculum, it->arm, it->sample, &cell))
            continue;
        struct native_cell *c = n->n_cells ? &n->cells[n->n_cells - 1] : NULL;
        if (!c || !same_cell(&c->cell, &cell)) { /* the plan is sorted by cell */
            n->cells = xgrow(n->cells, &cap, n->n_cells + 1, sizeof *n->cells);
            c = &n->cells[n->n_cells++];
            *c = (struct native_cell){.cell = cell};
            c->state = cell_trained(&n->job, &cell) ? CELL_TRAINED : CELL_IDLE;
        }
        if (it->status != STORE_DONE && c->state == CELL_IDLE)
            c->state = CELL_WANTED;
    }
}

int learner_native_start(struct model *m, const struct plan *plan, const char *dir, int parallel,
                         struct err *err)
{
    struct native *n = model_context(m, &model_native);
    n->dir = file_join(dir, "models");
    n->job.dir = n->dir;
    int rc = file_mkdirs(n->dir, err);
    if (rc < 0)
        return rc;
    list_cells(n, plan);
    size_t wanted = 0;
    for (size_t i = 0; i < n->n_cells; i++)
        wanted += n->cells[i].state == CELL_WANTED;
    if (wanted == 0)
        return 0;
    rc = cell_train_base(&n->job, err);
    if (rc < 0)
        return rc;
    size_t most = (size_t)(parallel > 0 ? parallel : cores_allowed());
    most = most < wanted ? most : wanted;
    n->threads = xcalloc(most, sizeof *n->threads);
    for (; n->n_threads < most; n->n_threads++) {
        int failed = pthread_create(&n->threads[n->n_threads], NULL, train, n);
        if (failed)
            return n->n_threads ? 0 : err_errno(err, failed, "cannot start a thread");
    }
    return 0;
}

bool learner_native_look(const struct model *m, struct learner_progress *out)
{
    struct native *n = m ? model_context(m, &model_native) : NULL;
    if (!n)
        return false;
    *out = (struct learner_progress){0};
    pthread_mutex_lock(&n->mutex);
    for (size_t i = 0; i < n->n_cells; i++) {
        out->total += n->cells[i].state != CELL_IDLE;
        out->trained += n->cells[i].state == CELL_TRAINED;
        out->tokens_per_s += n->cells[i].tokens_per_s;
    }
    pthread_mutex_unlock(&n->mutex);
    return true;
}

json_t *learner_native_cells(const struct model *m)
{
    struct native *n = m ? model_context(m, &model_native) : NULL;
    json_t *list = n ? json_array() : NULL;
    for (size_t i = 0; n && i < n->n_cells; i++) {
        json_t *record = cell_record(&n->job, &n->cells[i].cell);
        if (record)
            json_array_append_new(list, record);
    }
    return list;
}
