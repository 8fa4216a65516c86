/* Runs in boxes: hand over the descriptors, collect the output, wait for the reply. One poll loop
 * serves the two boxes of a grading as well as the single one of a run. */
#include "sandbox/box.h"
#include "sandbox/box_impl.h"
#include "sandbox/cgroup.h"
#include "sandbox/delay.h"
#include "base/clock.h"
#include "base/err.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAX_RUNS = 2,
    MAX_FILES = 64,
    MAX_THREADS = 40,
    LINES_MAX = 1000000, /* of a program, to believe the number of one */
    GRACE_S = 10,        /* to end when asked to; after that the interpreter is taken to hang */
};
static const uint64_t FILE_BYTES = 16u << 20;
static const double BACKSTOP = 20,
                    BACKSTOP_S = 60; /* hrm-python's own wall limit, should hrm hang */

/* Of one run. */
struct progress {
    int blob, in, out, err; /* ours, -1 when closed */
    bool done, told;
    double started,
        deadline; /* when to check its time again; once told to end, when it counts as lost */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A memfd with the bytes in it, positioned at its start. */
static int memory_file(const char *name, const struct iovec *parts, int n, size_t total)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    if ((n && writev(fd, parts, n) < 0) || ftruncate(fd, (off_t)total) < 0 ||
        lseek(fd, 0, SEEK_SET) < 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

static int make_blob(const struct box_run *r)
{
    struct str text CLEANUP_STR = {0};
    struct box_blob head = {.report_cap = r->report_bytes};
    str_addn(&text, (const char *)&head, sizeof head);
    for (size_t i = 0; i < r->n_input; i++) {
        uint32_t len = (uint32_t)r->input[i].len;
        str_addn(&text, (const char *)&len, sizeof len);
        str_addn(&text, r->input[i].p ? r->input[i].p : "", r->input[i].len);
    }
    head.input_len = text.len - sizeof head;
    head.report_off = (text.len + 15) & ~(uint64_t)15;
    memcpy(text.p, &head, sizeof head);
    struct iovec part = {text.p, text.len};
    return memory_file("blob", &part, 1, head.report_off + head.report_cap);
}

static int open_stdin(const struct box_run *r)
{
    if (!r->stdin_bytes.p || !r->stdin_bytes.len)
        return fcntl(r->box->null_fd, F_DUPFD_CLOEXEC, 0);
    struct iovec part = {(void *)r->stdin_bytes.p, r->stdin_bytes.len};
    return memory_file("stdin", &part, 1, r->stdin_bytes.len);
}

static int send_request(const struct box_run *r, const struct box_request *rq, const int *fds,
                        size_t n_fds)
{
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int) * 5)];
    } control = {0};
    struct iovec iov = {(void *)rq, sizeof *rq};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    if (n_fds) {
        msg.msg_control = control.buf;
        msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
    }
    return sendmsg(r->box->sock, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Opens what the run needs and sends it off. A box that does not take it is lost, which is no
 * error. */
static int start(struct box_run *r, struct progress *p)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1}, rc = 0;
    cgroup_allow_memory(r->box->cgroup, r->memory_bytes);
    p->blob = make_blob(r);
    p->in = open_stdin(r);
    if (p->blob < 0 || p->in < 0)
        return -ENFILE;
    if (r->capture && (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)) {
        rc = -errno;
    } else {
        struct box_request rq = {.verb = BOX_START,
                                 .job = r->job,
                                 .serial = ++r->box->serial,
                                 .max_files = MAX_FILES,
                                 .max_threads = MAX_THREADS,
                                 .cpu_s = r->cpu_s,
                                 .wall_s = BACKSTOP * r->wall_s + BACKSTOP_S,
                                 .memory_bytes = r->memory_bytes,
                                 .file_bytes = FILE_BYTES,
                                 .seed = r->seed};
        int null = r->box->null_fd;
        int fds[] = {p->in, r->capture ? out[1] : null, r->capture ? err[1] : null, p->blob,
                     r->rpc};
        r->lost = send_request(r, &rq, fds, r->rpc >= 0 ? 5 : 4) < 0;
        p->done = r->lost;
        p->started = clock_seconds();
        p->deadline = p->started + r->wall_s;
    }
    close_fd(&out[1]);
    close_fd(&err[1]);
    close_fd(&p->in);
    close_fd(&r->rpc); /* or its peer would never see the run end */
    p->out = out[0];
    p->err = err[0];
    return rc;
}

static void ask_to_end(const struct box_run *r, struct progress *p)
{
    struct box_request rq = {.verb = r->late ? BOX_LATE : BOX_KILL, .serial = r->box->serial};
    if (p->told || p->done)
        return;
    send_request(r, &rq, NULL, 0);
    p->told = true;
    p->deadline = clock_seconds() + GRACE_S;
}

static void read_output(struct box_run *r, struct progress *p, int *fd, struct str *into)
{
    char buf[65536];
    ssize_t n = read(*fd, buf, sizeof buf);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close_fd(fd);
        return;
    }
    size_t room = r->output_bytes - into->len, take = (size_t)n < room ? (size_t)n : room;
    str_addn(into, buf, take);
    if (take < (size_t)n) {
        r->output_over = true;
        ask_to_end(r, p);
    }
}

static void read_reply(struct box_run *r, struct progress *p)
{
    ssize_t n = recv(r->box->sock, &r->reply, sizeof r->reply, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    r->lost = n != (ssize_t)sizeof r->reply || r->reply.serial != r->box->serial;
    p->done = true;
    if (r->late && r->reply.end == BOX_END_ASKED)
        r->reply.end = BOX_END_WALL;
    r->out_of_memory = r->reply.end == BOX_END_SELF && WIFSIGNALED(r->reply.wait_status) &&
                       WTERMSIG(r->reply.wait_status) == SIGKILL &&
                       cgroup_has_killed(r->box->cgroup);
    if (r->lost) { /* nobody will close these for us */
        close_fd(&p->out);
        close_fd(&p->err);
    }
}

/* What the run wrote into the blob. Its lengths are not trusted and are bounded here. */
static void read_report(struct box_run *r, const struct progress *p)
{
    struct box_blob head;
    if (pread(p->blob, &head, sizeof head, 0) != (ssize_t)sizeof head)
        return;
    bool limit = r->reply.end == BOX_END_CPU || r->reply.end == BOX_END_WALL;
    r->line = limit && head.line <= LINES_MAX ? (int)head.line : 0;
    size_t n = head.report_len < r->report_bytes ? head.report_len : r->report_bytes;
    size_t off = sizeof head;
    for (size_t i = 0; i < r->n_input; i++)
        off += sizeof(uint32_t) + r->input[i].len;
    off = (off + 15) & ~(size_t)15;
    if (!n)
        return;
    char *text = xmalloc(n);
    if (pread(p->blob, text, n, (off_t)off) == (ssize_t)n)
        str_addn(&r->report, text, n);
    free(text);
}

/* The wall limit is there against sleeping. What the runs of one grading have waited for a
 * processor is not counted, and of theirs one waits while the other runs, so their delays add up.
 */
static void check_time(struct box_run *const *runs, struct progress *p, size_t n, size_t i)
{
    double now = clock_seconds(), delay = 0;
    if (p[i].told) {
        runs[i]->lost = p[i].done = true;
        close_fd(&p[i].out);
        close_fd(&p[i].err);
        return;
    }
    for (size_t j = 0; j < n; j++)
        if (!p[j].done)
            delay += delay_of_run(runs[j]->box->pid);
    p[i].deadline = p[i].started + runs[i]->wall_s + delay;
    if (now > p[i].deadline) {
        runs[i]->late = true;
        ask_to_end(runs[i], &p[i]);
    }
}

static bool finished(const struct progress *p)
{
    return p->done && p->out < 0 && p->err < 0;
}

/* One turn of the loop: sleep until something can be read or a deadline passes, then read it. */
static int turn(struct box_run *const *runs, struct progress *p, size_t n)
{
    struct pollfd fds[MAX_RUNS * 3];
    double now = clock_seconds(), left = 3600;
    for (size_t i = 0; i < n; i++) {
        const int of[] = {p[i].done ? -1 : runs[i]->box->sock, p[i].out, p[i].err};
        for (int j = 0; j < 3; j++)
            fds[3 * i + (size_t)j] = (struct pollfd){.fd = of[j], .events = POLLIN};
        if (!finished(&p[i]))
            left = fmin(left, p[i].deadline - now);
    }
    if (poll(fds, 3 * n, (int)(1000 * fmax(left, 0)) + 1) < 0)
        return errno == EINTR ? 0 : -errno;
    for (size_t i = 0; i < n; i++) {
        if (fds[3 * i + 1].revents)
            read_output(runs[i], &p[i], &p[i].out, &runs[i]->out);
        if (fds[3 * i + 2].revents)
            read_output(runs[i], &p[i], &p[i].err, &runs[i]->errout);
        if (fds[3 * i].revents)
            read_reply(runs[i], &p[i]);
        if (!finished(&p[i]) && clock_seconds() > p[i].deadline)
            check_time(runs, p, n, i);
    }
    return 0;
}

static bool all_finished(const struct progress *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!finished(&p[i]))
            return false;
    return true;
}

int box_run_all(struct box_run *const *runs, size_t n, struct err *err)
{
    struct progress p[MAX_RUNS];
    int rc = 0;
    for (size_t i = 0; i < n; i++)
        p[i] = (struct progress){.blob = -1, .in = -1, .out = -1, .err = -1};
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = start(runs[i], &p[i]);
    while (rc == 0 && !all_finished(p, n)) {
        rc = turn(runs, p, n);
        for (size_t i = 1; i < n && finished(&p[0]); i++)
            ask_to_end(runs[i], &p[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (rc == 0 && !runs[i]->lost)
            read_report(runs[i], &p[i]);
        int *all[] = {&p[i].blob, &p[i].in, &p[i].out, &p[i].err, &runs[i]->rpc};
        for (int j = 0; j < 5; j++)
            close_fd(all[j]);
    }
    return rc < 0 ? err_errno(err, rc, "sandbox") : 0;
}

void box_run_free(struct box_run *r)
{
    str_free(&r->out);
    str_free(&r->errout);
    str_free(&r->report);
}

bool box_next(const struct str *report, size_t *pos, struct box_bytes *out)
{
    uint32_t len;
    if (report->len < *pos + sizeof len)
        return false;
    memcpy(&len, report->p + *pos, sizeof len);
    if (len > report->len - *pos - sizeof len)
        return false;
    *out = (struct box_bytes){report->p + *pos + sizeof len, len};
    *pos += sizeof len + len;
    return true;
}
