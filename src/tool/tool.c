/* Opening the tool, and running one program. */
#include "tool/tool.h"
#include "tool/tool_impl.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const double DEFAULT_CPU_S = 2;
enum {
    WALL_PER_CPU = 5,
    DEFAULT_MEMORY = 512 << 20,
    DEFAULT_OUTPUT = 64 << 10,
    RUN_REPORT = 2 << 20
};

static const char *const names[] = {"ok",     "fail",         "error", "cpu",  "timeout",
                                    "memory", "output_limit", "crash", "infra"};

const char *tool_status_name(enum tool_status s)
{
    return names[s];
}

const char *tool_verdict_name(enum tool_status s)
{
    return s == TOOL_OK ? "pass" : names[s];
}

static bool library_is_there(const char *name)
{
    static const char *const dirs[] = {"/usr/lib/python3/dist-packages",
                                       "/usr/local/lib/python3*/dist-packages"};
    bool there = false;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs && !there; i++) {
        char *pattern CLEANUP_FREE = xasprintf("%s/%s/__init__.py", dirs[i], name);
        glob_t found = {0};
        there = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
        globfree(&found);
    }
    return there;
}

const char *tool_missing_libraries(void)
{
    bool numpy = library_is_there("numpy"), sympy = library_is_there("sympy");
    return numpy && sympy ? NULL : numpy ? "sympy" : sympy ? "numpy" : "numpy, sympy";
}

static void describe(struct tool *t)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } layers[] = {{BOX_LAYER_USERNS, "user namespace"},
                  {BOX_LAYER_NAMESPACES, "pid, mount, net, ipc, uts and cgroup namespaces"},
                  {BOX_LAYER_ROOT, "own root"},
                  {BOX_LAYER_UID, "own uid"},
                  {BOX_LAYER_LANDLOCK, "Landlock"},
                  {BOX_LAYER_SECCOMP, "seccomp"},
                  {BOX_LAYER_CGROUP, "cgroup"}};
    const struct box_hello *h = pool_hello(t->pool);
    bool full = (h->layers & BOX_LAYER_ROOT) && (h->layers & BOX_LAYER_LANDLOCK);
    int n =
        snprintf(t->describe, sizeof t->describe, "%s jail, %s:", full ? "full" : "weak", h->text);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (h->layers & layers[i].bit)
            n += snprintf(t->describe + n, sizeof t->describe - (size_t)n, " %s,", layers[i].name);
    snprintf(t->describe + n, sizeof t->describe - (size_t)n, " rlimits");
    const char *missing = tool_missing_libraries();
    n = (int)strlen(t->describe);
    if (missing)
        snprintf(t->describe + n, sizeof t->describe - (size_t)n, "; without %s", missing);
}

int tool_open(const struct tool_config *cfg, struct tool **out, struct err *err)
{
    struct tool *t = xcalloc(1, sizeof *t);
    int rc = pool_open(cfg->slots, cfg->weak, &t->pool, err);
    if (rc < 0) {
        free(t);
        return rc;
    }
    describe(t);
    pthread_mutex_init(&t->lock, NULL);
    *out = t;
    return 0;
}

void tool_close(struct tool *t)
{
    if (!t)
        return;
    pool_close(t->pool);
    for (struct known_way *w = t->ways, *next; w; w = next) {
        next = w->next;
        free(w);
    }
    pthread_mutex_destroy(&t->lock);
    free(t);
}

const char *tool_describe(const struct tool *t)
{
    return t->describe;
}

struct tool_limits tool_limits_or_default(struct tool_limits l)
{
    if (l.cpu_s <= 0)
        l.cpu_s = DEFAULT_CPU_S;
    if (l.wall_s <= 0)
        l.wall_s = WALL_PER_CPU * l.cpu_s;
    if (!l.memory_bytes)
        l.memory_bytes = DEFAULT_MEMORY;
    if (!l.output_bytes)
        l.output_bytes = DEFAULT_OUTPUT;
    return l;
}

bool tool_is_numeric(const char *text)
{
    static const char *const packages[] = {"numpy", "sympy", "scipy", "pandas"};
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (text && strstr(text, packages[i]))
            return true;
    return false;
}

void tool_prepare(struct box_run *r, const struct tool_limits *limits, uint64_t seed)
{
    r->cpu_s = limits->cpu_s;
    r->wall_s = limits->wall_s;
    r->memory_bytes = limits->memory_bytes;
    r->output_bytes = limits->output_bytes;
    r->seed = seed;
    r->rpc = -1;
}

/* No program can end itself by SIGKILL, and the limits that the kernel enforces by it are known. */
bool tool_was_killed(const struct box_run *r)
{
    const struct box_reply *e = &r->reply;
    return !r->lost && e->end == BOX_END_SELF && WIFSIGNALED(e->wait_status) &&
           WTERMSIG(e->wait_status) == SIGKILL && !r->out_of_memory && e->cpu_s < r->cpu_s &&
           e->max_rss < r->memory_bytes / 2;
}

enum tool_status tool_end_status(const struct box_run *r, const char *error_type)
{
    const struct box_reply *e = &r->reply;
    if (r->lost || e->error)
        return TOOL_INFRA;
    if (r->output_over)
        return TOOL_OUTPUT_LIMIT;
    if (e->end == BOX_END_CPU)
        return TOOL_CPU;
    if (e->end == BOX_END_WALL)
        return TOOL_TIMEOUT;
    if (e->end == BOX_END_MEMORY)
        return TOOL_MEMORY;
    if (tool_was_killed(r))
        return TOOL_INFRA;
    if (WIFSIGNALED(e->wait_status)) {
        int sig = WTERMSIG(e->wait_status);
        bool spent = e->cpu_s >= r->cpu_s; /* the kernel's CPU limit came before our own watch */
        if (sig == SIGXCPU || (sig == SIGKILL && spent))
            return TOOL_CPU;
        return sig == SIGKILL ? TOOL_MEMORY : TOOL_CRASH;
    }
    if (WEXITSTATUS(e->wait_status) == 0)
        return TOOL_OK;
    return error_type && strcmp(error_type, "MemoryError") == 0 ? TOOL_MEMORY : TOOL_ERROR;
}

const char *tool_end_message(const struct box_run *r, enum tool_status s, struct arena *arena)
{
    int status = r->reply.wait_status;
    switch (s) {
    case TOOL_CPU:
        return arena_printf(arena, "used %.3g s of CPU time", r->cpu_s);
    case TOOL_TIMEOUT:
        return arena_printf(arena, "not finished after %.3g s", r->wall_s);
    case TOOL_MEMORY:
        return arena_printf(arena, "used %zu MB of memory", r->memory_bytes >> 20);
    case TOOL_OUTPUT_LIMIT:
        return arena_printf(arena, "wrote more than %zu KB", r->output_bytes >> 10);
    case TOOL_CRASH:
        if (WTERMSIG(status) == SIGSYS)
            return "made a system call of another architecture (int 0x80 or x32), which the "
                   "sandbox does not allow";
        return arena_printf(arena, "killed by signal %d (%s)", WTERMSIG(status),
                            strsignal(WTERMSIG(status)));
    case TOOL_INFRA:
        return r->lost              ? "the sandbox was lost twice"
               : tool_was_killed(r) ? "killed from outside (SIGKILL) twice"
                                    : "the sandbox could not start the run";
    default:
        return WIFEXITED(status) && WEXITSTATUS(status)
                   ? arena_printf(arena, "exit status %d", WEXITSTATUS(status))
                   : NULL;
    }
}

const char *tool_message_at(const char *message, int line, struct arena *arena)
{
    return line > 0 && message ? arena_printf(arena, "%s (line %d)", message, line) : message;
}

const char *tool_text(struct box_bytes b, struct arena *arena)
{
    if (!b.len)
        return NULL;
    char *clean CLEANUP_FREE = utf8_clean(b.p, b.len);
    return arena_strdup(arena, clean);
}

int tool_run_in_slot(struct pool_slot *slot, bool numeric, struct box_run *r, struct err *err)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        struct box_run fresh = *r;
        int rc = pool_box(slot, false, numeric, &fresh.box, err);
        if (rc < 0 || (rc = box_run_all(&(struct box_run *){&fresh}, 1, err)) < 0) {
            box_run_free(&fresh);
            return rc;
        }
        if ((!fresh.lost && !tool_was_killed(&fresh)) || attempt) {
            *r = fresh;
            break;
        }
        if (fresh.lost)
            pool_drop(slot, false, numeric);
        box_run_free(&fresh);
    }
    if (r->lost)
        pool_drop(slot, false, numeric);
    return 0;
}

static void fill_result(const struct box_run *r, int above, struct tool_run_result *res,
                        struct arena *arena)
{
    struct box_bytes part[3] = {0}; /* error type, message, value */
    size_t pos = 0;
    for (int i = 0; i < 3 && box_next(&r->report, &pos, &part[i]); i++)
        ;
    res->error_type = tool_text(part[0], arena);
    res->message = tool_text(part[1], arena);
    res->value = tool_text(part[2], arena);
    res->status = tool_end_status(r, res->error_type);
    res->line = r->line > above ? r->line - above : 0;
    if (!res->message)
        res->message = tool_message_at(tool_end_message(r, res->status, arena), res->line, arena);
    res->out = tool_text((struct box_bytes){r->out.p, r->out.len}, arena);
    res->errout = tool_text((struct box_bytes){r->errout.p, r->errout.len}, arena);
    res->out = res->out ? res->out : "";
    res->errout = res->errout ? res->errout : "";
    res->out_len = strlen(res->out);
    res->errout_len = strlen(res->errout);
    res->exit_code = WIFEXITED(r->reply.wait_status) ? WEXITSTATUS(r->reply.wait_status) : 0;
    res->signal = WIFSIGNALED(r->reply.wait_status) ? WTERMSIG(r->reply.wait_status) : 0;
    res->cpu_seconds = r->reply.cpu_s;
}

int tool_run(struct tool *t, const struct tool_run_request *req, struct tool_run_result *res,
             struct arena *arena, struct err *err)
{
    struct tool_limits limits = tool_limits_or_default(req->limits);
    const char *name = req->value_name ? req->value_name : "";
    struct box_bytes input[] = {{req->code, req->code_len}, {name, strlen(name)}};
    struct box_run r = {.job = BOX_PROGRAM,
                        .capture = true,
                        .input = input,
                        .n_input = 2,
                        .report_bytes = RUN_REPORT,
                        .stdin_bytes = {req->stdin_text, req->stdin_len}};
    double started = clock_seconds();
    char *text CLEANUP_FREE = xstrndup(req->code, req->code_len);
    tool_prepare(&r, &limits, req->seed);
    struct pool_slot *slot = pool_take(t->pool);
    int rc = tool_run_in_slot(slot, tool_is_numeric(text), &r, err);
    pool_give(t->pool, slot);
    if (rc == 0) {
        *res = (struct tool_run_result){0};
        fill_result(&r, req->lines_above, res, arena);
        res->seconds = clock_seconds() - started;
        box_run_free(&r);
    }
    return rc;
}

int tool_slots(const struct tool *t)
{
    return pool_slots(t->pool);
}
