/* decode_bench MODEL PROMPTS BATCH: what the embedded engine's tokens cost in CPU time.
 *
 * Every line of PROMPTS is the user's message of one greedy request of at most 200 tokens. BATCH
 * threads ask them all, so that as many answers are decoded at once. Prints "prompt_tokens P
 * generated_tokens G cpu_s S"; loading the model is not in S. bench/table runs it against
 * llama-server on the same file with the same requests. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "nn/engine.h"

enum { MAX_BATCH = 256, MAX_PROMPTS = 4096, MAX_TOKENS = 200 };

static char *prompts[MAX_PROMPTS]; /* [n_prompts] */
static int n_prompts;
static atomic_int next_prompt;
static atomic_long prompt_tokens, generated_tokens;

static int read_prompts(const char *path)
{
    FILE *f = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;
    if (!f)
        return -1;
    while (n_prompts < MAX_PROMPTS && getline(&line, &cap, f) > 0) {
        line[strcspn(line, "\n")] = '\0';
        prompts[n_prompts++] = xstrdup(line);
    }
    free(line);
    fclose(f);
    return n_prompts > 0 ? 0 : -1;
}

static void *ask_in_turn(void *engine)
{
    for (int i; (i = atomic_fetch_add(&next_prompt, 1)) < n_prompts;) {
        struct nn_message message = {"user", prompts[i]};
        struct nn_request request = {.messages = &message,
                                     .n_messages = 1,
                                     .sampling = {.top_p = 1},
                                     .max_tokens = MAX_TOKENS};
        struct nn_reply reply = {0};
        struct err err = {0};
        if (nn_generate(engine, &request, &reply, &err) < 0) {
            fprintf(stderr, "decode_bench: %s\n", err.msg);
            exit(1);
        }
        atomic_fetch_add(&prompt_tokens, reply.prompt_tokens);
        atomic_fetch_add(&generated_tokens, reply.generated_tokens);
        free(reply.text);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_BATCH];
    struct nn_engine *engine;
    struct err err = {0};
    int batch = argc == 4 ? atoi(argv[3]) : 0;

    if (batch < 1 || batch > MAX_BATCH) {
        fprintf(stderr, "usage: decode_bench MODEL PROMPTS BATCH (1 to %d)\n", MAX_BATCH);
        return 2;
    }
    if (read_prompts(argv[2]) < 0) {
        fprintf(stderr, "decode_bench: %s: expected a file with a prompt per line\n", argv[2]);
        return 2;
    }
    if (nn_engine_open(argv[1], batch, &engine, &err) < 0) {
        fprintf(stderr, "decode_bench: %s\n", err.msg);
        return 2;
    }
    double cpu = clock_cpu_seconds();
    for (int i = 0; i < batch; i++) {
        if (pthread_create(&threads[i], NULL, ask_in_turn, engine) != 0) {
            fprintf(stderr, "decode_bench: cannot start thread %d of %d\n", i + 1, batch);
            return 1;
        }
    }
    for (int i = 0; i < batch; i++)
        pthread_join(threads[i], NULL);
    cpu = clock_cpu_seconds() - cpu;
    nn_engine_close(engine);
    printf("prompt_tokens %ld generated_tokens %ld cpu_s %.4f\n", atomic_load(&prompt_tokens),
           atomic_load(&generated_tokens), cpu);
    for (int i = 0; i < n_prompts; i++)
        free(prompts[i]);
    return 0;
}
