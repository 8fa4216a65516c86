/* The child of a task: `hrm run` on its shard. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "cluster/task_impl.h"

/* hrm run EXPERIMENT ... --shard 3/8 --run-dir ... Ends with NULL; caller frees with free_words. */
static char **arguments(const struct task_run *t)
{
    const struct study *s = t->job->study;
    bool direct = str_eq(t->life.scratch, t->life.dir); /* which may be on a network */
    size_t n = 0, i;
    const json_t *word;
    char **argv = xcalloc(json_array_size(s->run) + 12, sizeof *argv);
    argv[n++] = xstrdup("hrm");
    argv[n++] = xstrdup("run");
    json_array_foreach (s->run, i, word)
        argv[n++] = study_expand(s, json_string_value(word));
    argv[n++] = xasprintf("--shard=%u/%u", t->job->shard, s->shards);
    argv[n++] = xasprintf("--run-dir=%s", t->life.scratch);
    argv[n++] = xasprintf("--same-as=%s/identity.json", s->dir);
    if (direct)
        argv[n++] = xstrdup("--journal=rollback");
    return argv;
}

static void free_words(char **words)
{
    for (size_t i = 0; words[i]; i++)
        free(words[i]);
    free(words);
}

static _Noreturn void become(const struct task_run *t, char **argv, int output, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before */
        _exit(1);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDERR_FILENO);
    execv(t->job->program, argv);
    static const char words[] = "hrm: the program cannot be started\n";
    (void)!write(STDERR_FILENO, words, strlen(words));
    _exit(127);
}

int task_child_start(struct task_run *t, struct err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    char **argv = arguments(t);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(t, argv, ends[1], parent);
    int saved = errno;
    close(ends[1]);
    free_words(argv);
    if (pid < 0) {
        close(ends[0]);
        return err_errno(err, saved, "fork");
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    task_child_free(t);
    t->child = (struct task_child){.pid = pid, .output = ends[0]};
    return 0;
}

/* "hrm: ..." says something; that it can be continued is for people at a terminal. */
static void note_line(struct task_child *c)
{
    const char *line = str_text(&c->line);
    if (str_starts(line, "hrm: ") && !strstr(line, "the same command")) {
        free(c->said);
        c->said = xstrdup(line + strlen("hrm: "));
    }
    str_clear(&c->line);
}

static void read_output(struct task_child *c)
{
    char bytes[4096];
    ssize_t n;
    while ((n = read(c->output, bytes, sizeof bytes)) > 0) {
        (void)!write(STDERR_FILENO, bytes, (size_t)n);
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] == '\n')
                note_line(c);
            else
                str_addc(&c->line, bytes[i]);
    }
}

void task_child_look(struct task_run *t, double wait_s)
{
    struct task_child *c = &t->child;
    struct pollfd p = {.fd = c->output, .events = POLLIN};
    poll(&p, 1, (int)(wait_s * 1000));
    read_output(c);
    if (p.revents & POLLHUP) /* it closed its stderr: it ends now */
        poll(NULL, 0, 20);
    if (!c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid) {
        c->ended = true;
        kill(-c->pid, SIGKILL); /* what it left in its group */
        read_output(c);
    }
}

void task_child_signal(const struct task_run *t, int number)
{
    if (t->child.pid > 0 && !t->child.ended)
        kill(number == SIGKILL ? -t->child.pid : t->child.pid, number);
}

void task_child_free(struct task_run *t)
{
    if (t->child.pid > 0)
        close(t->child.output);
    str_free(&t->child.line);
    free(t->child.said);
    t->child = (struct task_child){0};
}
