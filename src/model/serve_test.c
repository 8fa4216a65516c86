/* --serve: the server is started on a free port, waited for, and stopped on every exit, also after
 * kill -9. The server here is a few lines of Python. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/serve.h"

/* Answers /health with 503 for 0.3 s, as a server that loads a model does; writes its pid and that
 * of a child to the file `pids`. The child does not heed SIGTERM. */
static const char server[] =
    "import http.server, os, signal, subprocess, sys, time\n"
    "child = subprocess.Popen(['sh', '-c', 'trap \"\" TERM; while :; do sleep 1; done'])\n"
    "open(sys.argv[2], 'w').write(f'{os.getpid()} {child.pid}')\n"
    "print('loading a model', flush=True)\n"
    "start = time.monotonic()\n"
    "class H(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(200 if time.monotonic() > start + .3 else 503)\n"
    "        self.send_header('Content-Length', '2')\n"
    "        self.end_headers()\n"
    "        self.wfile.write(b'ok')\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()\n";

struct fixture {
    char dir[64];
    char *log, *pids, *command;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/hrm-serve-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    char *script CLEANUP_FREE = file_join(f->dir, "server.py");
    f->log = file_join(f->dir, "log");
    f->pids = file_join(f->dir, "pids");
    f->command = xasprintf("exec /usr/bin/env python3 %s {port} %s", script, f->pids);
    *state = f;
    return file_write(script, server, strlen(server), &f->err);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"server.py", "log", "pids", "moved.log"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *p CLEANUP_FREE = file_join(f->dir, names[i]);
        unlink(p);
    }
    int left = rmdir(f->dir);
    free(f->log);
    free(f->pids);
    free(f->command);
    free(f);
    stop_reset();
    return left;
}

static void read_pids(struct fixture *f, pid_t pid[2])
{
    char *text CLEANUP_FREE = NULL;
    size_t n;
    for (int i = 0; i < 1000 && (!file_exists(f->pids) || pid[1] == 0); i++) {
        usleep(10000);
        if (file_read(f->pids, 0, &text, &n, NULL) == 0) {
            sscanf(text, "%d %d", &pid[0], &pid[1]);
            free(text);
            text = NULL;
        }
    }
    assert_true(pid[0] > 0 && pid[1] > 0);
}

static bool gone(pid_t pid)
{
    char *path CLEANUP_FREE = xasprintf("/proc/%d/stat", (int)pid), *text CLEANUP_FREE = NULL;
    size_t n;
    if (file_read(path, 4096, &text, &n, NULL) < 0)
        return true;
    return strstr(text, ") Z ") != NULL; /* a zombie whose new parent has not looked yet */
}

static void assert_all_gone(const pid_t pid[2], double within_s)
{
    double until = clock_seconds() + within_s;
    while ((!gone(pid[0]) || !gone(pid[1])) && clock_seconds() < until)
        usleep(20000);
    assert_true(gone(pid[0]) && gone(pid[1]));
}

static void count_wait(void *user, double seconds)
{
    assert_true(seconds >= 0);
    ++*(int *)user;
}

static void a_server_is_waited_for_and_ended_with_all_its_children(void **state)
{
    struct fixture *f = *state;
    struct serve *s = NULL;
    pid_t pid[2] = {0};
    int waits = 0;
    assert_int_equal(serve_start(f->command, f->log, &s, &f->err), 0);
    assert_true(str_starts(serve_url(s), "http://127.0.0.1:"));
    if (serve_wait(s, 60, count_wait, &waits, &f->err) < 0)
        fail_msg("%s", f->err.msg);
    assert_true(waits > 0);
    assert_int_equal(serve_check(s, &f->err), 0);
    char *moved CLEANUP_FREE = file_join(f->dir, "moved.log"), *text CLEANUP_FREE = NULL;
    size_t n;
    assert_int_equal(serve_log_to(s, moved, &f->err), 0);
    read_pids(f, pid);
    serve_stop(s);
    assert_all_gone(pid, 0.5);
    assert_int_equal(file_read(moved, 0, &text, &n, &f->err), 0);
    assert_non_null(strstr(text, "loading a model"));
    assert_false(file_exists(f->log));
}

static void assert_early_end(struct fixture *f, const char *command, const char *says)
{
    struct serve *s = NULL;
    assert_int_equal(serve_start(command, f->log, &s, &f->err), 0);
    assert_true(serve_wait(s, 60, NULL, NULL, &f->err) < 0);
    assert_int_equal(f->err.kind, ERR_ENV);
    if (!strstr(f->err.msg, says))
        fail_msg("'%s' does not say '%s'", f->err.msg, says);
    serve_stop(s);
    assert_false(file_exists(f->log));
}

static void a_server_that_ends_early_tells_why(void **state)
{
    struct fixture *f = *state;
    assert_early_end(f, "echo one; printf 'no \\033[1mmodel\\n' >&2; exit 3 # {port}",
                     "exit code 3; the end of its log:\n    one\n    no  [1mmodel");
    assert_early_end(f, "kill -9 $$ # {port}", "killed by signal 9 (its log is empty)");
    assert_early_end(f, "/nowhere/llama-server --port {port}", "exit code 127; the end of its log");
    for (int i = 0; i < 5; i++) /* only the last lines of a long log */
        assert_early_end(f, "seq 100000; exit 1 # {port}",
                         "log:\n    99995\n    99996\n    99997\n    99998\n    99999\n    100000");
}

static void what_cannot_be_served_is_refused(void **state)
{
    struct fixture *f = *state;
    struct serve *s = NULL;
    assert_true(serve_start("llama-server --port 8080", f->log, &s, &f->err) < 0);
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_non_null(strstr(f->err.msg, "must say {port}"));
    assert_true(serve_start("x {port}", "/nowhere/log", &s, &f->err) < 0);
    assert_int_equal(serve_start("sleep 100 # {port}", f->log, &s, &f->err), 0);
    assert_true(serve_wait(s, 0.3, NULL, NULL, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "no answer at http://127.0.0.1:"));
    stop_request();
    assert_int_equal(serve_wait(s, 60, NULL, NULL, &f->err), -EINTR);
    stop_reset();
    serve_stop(s);
    serve_stop(NULL);
}

/* kill -9 of whoever started it. */
static void a_server_does_not_outlive_us(void **state)
{
    struct fixture *f = *state;
    pid_t pid[2] = {0}, us = fork();
    if (us == 0) {
        struct serve *s = NULL;
        if (serve_start(f->command, f->log, &s, NULL) == 0)
            pause();
        _exit(1);
    }
    read_pids(f, pid);
    assert_false(gone(pid[0]));
    kill(us, SIGKILL);
    waitpid(us, NULL, 0);
    assert_all_gone(pid, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(a_server_is_waited_for_and_ended_with_all_its_children),
        T(a_server_that_ends_early_tells_why),
        T(what_cannot_be_served_is_refused),
        T(a_server_does_not_outlive_us),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
