/* hrm slurm merge: the whole run of a study, or what there is of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/merge_run.h"
#include "cli/slurm_cmds.h"
#include "cluster/overview.h"
#include "cluster/record.h"

static error_t parse_dir(int key, char *value, struct argp_state *state)
{
    return slurm_take_dir(key, value, state->input, state);
}

const struct argp slurm_merge_argp = {
    NULL, parse_dir, "DIR",
    "Merge the shards of a study into DIR/merged, a run like any other, with its report. A study "
    "with shards missing is not merged: they are named with the reason, what there is goes into "
    "DIR/partial, whose report names them, too, and the exit code is 1."};

/* The parts that are merged: a record each. */
struct parts {
    char **dirs, **dbs; /* [n] */
    struct merge_part *part;
    size_t n;
};

static int read_part(struct parts *p, char *dir, struct err *err)
{
    p->dirs[p->n] = dir;
    p->dbs[p->n] = file_join(dir, "run.db");
    int rc = merge_read(p->dbs[p->n], &p->part[p->n], err);
    p->n++;
    return rc;
}

static void free_parts(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++) {
        manifest_free(&p->part[i].manifest);
        free(p->dirs[i]);
        free(p->dbs[i]);
    }
    free(p->dirs);
    free(p->dbs);
    free(p->part);
}

/* Of finished shards their final record; of the others, if `unfinished`, the last copy. */
static int read_parts(const struct study *s, bool unfinished, struct parts *p, struct err *err)
{
    int rc = 0;
    *p = (struct parts){.dirs = xcalloc(s->shards, sizeof *p->dirs),
                        .dbs = xcalloc(s->shards, sizeof *p->dbs),
                        .part = xcalloc(s->shards, sizeof *p->part)};
    for (unsigned k = 1; rc == 0 && k <= s->shards; k++) {
        char *dir = unfinished ? shard_record_dir(s, k) : shard_done_dir(s, k);
        if (dir)
            rc = read_part(p, dir, err);
    }
    return rc;
}

static int merge_into(const struct study *s, const char *name, const char *command, json_t *missing,
                      struct err *err)
{
    char *output CLEANUP_FREE = study_path(s, name);
    struct parts parts;
    int rc = read_parts(s, missing != NULL, &parts, err);
    if (rc == 0 && parts.n)
        rc = merge_runs(output, parts.part, parts.n, command, missing, err);
    for (size_t i = 0; rc == 0 && i < parts.n; i++) /* of a curriculum */
        rc = record_copy_models(parts.dirs[i], output, err);
    if (rc == 0 && parts.n)
        fprintf(stderr, "hrm: the report is %s/report.html\n", output);
    free_parts(&parts);
    return rc;
}

/* [{"shard","state","reason","log"}] of those that are not done; also said on stderr. NULL = none.
 */
static json_t *list_missing(const struct study *s)
{
    struct overview o;
    json_t *list = NULL;
    overview_read(s, true, &o);
    for (size_t i = 0; i < o.n; i++) {
        const struct shard_state *st = &o.shards[i];
        if (st->kind == SHARD_DONE)
            continue;
        const char *reason = *st->reason ? st->reason : "it has not been played";
        list = list ? list : json_array();
        json_array_append_new(list,
                              json_pack("{s:I, s:s, s:o, s:s}", "shard", (json_int_t)st->shard,
                                        "state", shard_kind_names[st->kind], "reason",
                                        json_bytes(reason, strlen(reason)), "log", st->log));
        fprintf(stderr, "hrm: shard %u of %zu is missing (%s, %ld of %ld episodes): %s%s%s\n",
                st->shard, o.n, shard_kind_names[st->kind], st->counts.done, st->counts.planned,
                reason, *st->log ? "; see " : "", st->log);
    }
    overview_free(&o);
    return list;
}

static int merge_study(const struct study *s, const char *command, struct err *err)
{
    char *merged CLEANUP_FREE = study_path(s, "merged");
    char *partial CLEANUP_FREE = study_path(s, "partial");
    if (file_exists(merged)) {
        fprintf(stderr, "hrm: %s is there already\n", merged);
        return EXIT_DONE;
    }
    json_t *missing CLEANUP_JSON = list_missing(s);
    record_remove_scratch(partial);
    int rc = merge_into(s, missing ? "partial" : "merged", command, missing, err);
    if (rc < 0)
        return rc;
    if (missing)
        fprintf(stderr,
                "hrm: %s is not complete: %zu of %u shards are missing; 'hrm slurm resume "
                "%s' submits what is not on its way\n",
                s->dir, json_array_size(missing), s->shards, s->dir);
    return missing ? EXIT_EPISODES_IN_ERROR : EXIT_DONE;
}

int slurm_cmd_merge(int argc, char **argv)
{
    const char *dir = NULL;
    struct study study = {0};
    struct err err = {0};
    char *command CLEANUP_FREE = command_line(argc, argv);
    int code = cmd_parse(&slurm_merge_argp, argc, argv, &dir);
    if (code)
        return code - 1;
    int rc = study_open(dir, &study, &err);
    if (rc == 0)
        rc = merge_study(&study, command, &err);
    study_close(&study);
    return rc < 0 ? cmd_fail(&err) : rc;
}
