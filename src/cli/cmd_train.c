/* hrm train: makes the embedded model's weights from generated tasks. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/stop_signals.h"
#include "cli/values.h"
#include "experiment/train_corpus.h"
#include "nn/train.h"

enum { KEY_D_MODEL = 1000, KEY_LAYERS, KEY_HEADS, KEY_FF, KEY_VOCAB };

struct train_args {
    const char *what, *output;
    struct nn_train_config given; /* 0: the corpus's default */
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "where the weights go, as GGUF (required)"},
    {"seed", 's', "S", 0, "of the examples and the first weights (default 1)"},
    {"steps", 'n', "N", 0, "training steps of about 512 tokens"},
    {"threads", 't', "T", 0, "threads to train on (default 2; 1 and 2 give the same weights)"},
    {0, 0, 0, 0, "Size of the model, where it is not to be the shipped one's:", 1},
    {"d-model", KEY_D_MODEL, "N", 0, "width of the residual stream"},
    {"layers", KEY_LAYERS, "N", 0, "blocks of attention and feed-forward"},
    {"heads", KEY_HEADS, "N", 0, "attention heads per layer"},
    {"ff", KEY_FF, "N", 0, "width of the feed-forward"},
    {"vocab", KEY_VOCAB, "N", 0, "tokens, learnt on the corpus"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct train_args *args = state->input;
    struct nn_train_config *given = &args->given;
    switch (key) {
    case 'o':
        args->output = value;
        return 0;
    case 's':
        given->seed = value_whole(value, "seed", 0, ULLONG_MAX, state);
        return 0;
    case 'n':
        given->steps = (int)value_whole(value, "steps", 1, 10000000, state);
        return 0;
    case 't':
        given->threads = (int)value_whole(value, "threads", 1, 64, state);
        return 0;
    case KEY_D_MODEL:
        given->d_model = (int)value_whole(value, "d_model", 8, 1024, state);
        return 0;
    case KEY_LAYERS:
        given->n_layers = (int)value_whole(value, "layers", 1, 64, state);
        return 0;
    case KEY_HEADS:
        given->n_heads = (int)value_whole(value, "heads", 1, 64, state);
        return 0;
    case KEY_FF:
        given->d_ff = (int)value_whole(value, "ff", 8, 4096, state);
        return 0;
    case KEY_VOCAB:
        given->vocab = (int)value_whole(value, "vocab", 260, 32000, state);
        return 0;
    case ARGP_KEY_ARG:
        if (args->what || (!str_eq(value, "code") && !str_eq(value, "math")))
            argp_error(state, "expected 'code' or 'math', found '%s'", value);
        args->what = value;
        return 0;
    case ARGP_KEY_END:
        if (!args->what)
            argp_error(state, "say what to train on: code or math");
        if (!args->output)
            argp_error(state, "name the file for the weights: -o FILE");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp train_argp = {
    options, parse_option, "code|math",
    "Train an embedded model: 'code' for exp1, 'math' for exp2. Ctrl-C saves where it stands "
    "beside FILE; the same command continues "
    "from there. "
    "The same seed, program and number of threads give the same bytes."};

struct train_screen {
    bool terminal;
    bool open;    /* the progress line is not ended yet */
    double shown; /* seconds */
};

static void show(void *ctx, const struct nn_train_progress *p)
{
    struct train_screen *s = ctx;
    double now = clock_seconds();
    bool last = p->step == p->steps;
    if (!last && now - s->shown < (s->terminal ? 0.25 : 10))
        return;
    s->shown = now;
    s->open = s->terminal && !last;
    fprintf(stderr,
            "%strain: step %d/%d, loss %.4f nats/token, lr %.1e, %.1f k tokens/s, %.0f s left%s",
            s->terminal ? "\r\033[K" : "", p->step, p->steps, p->loss, p->lr,
            p->tokens_per_s / 1000, p->eta_s, s->open ? "" : "\n");
}

static void on_signal(int sig)
{
    (void)sig;
    stop_request();
}

/* The corpus's defaults, overridden by the options. */
static struct nn_train_config settings(const struct train_corpus *corpus,
                                       const struct nn_train_config *given)
{
    struct nn_train_config cfg = nn_train_defaults();
    train_corpus_settings(corpus, &cfg);
    cfg.seed = given->seed;
    cfg.steps = given->steps ? given->steps : cfg.steps;
    cfg.threads = given->threads ? given->threads : cfg.threads;
    cfg.d_model = given->d_model ? given->d_model : cfg.d_model;
    cfg.n_layers = given->n_layers ? given->n_layers : cfg.n_layers;
    cfg.n_heads = given->n_heads ? given->n_heads : cfg.n_heads;
    cfg.d_ff = given->d_ff ? given->d_ff : cfg.d_ff;
    cfg.vocab = given->vocab ? given->vocab : cfg.vocab;
    return cfg;
}

static int train(const struct train_args *args, struct err *err)
{
    struct train_screen screen = {.terminal = isatty(STDERR_FILENO) == 1, .shown = clock_seconds()};
    struct train_corpus *corpus = NULL;
    int rc = train_corpus_open(args->what, args->given.seed, &corpus, err);
    if (rc < 0)
        return rc;
    struct nn_train_config cfg = settings(corpus, &args->given);
    rc = nn_train(&cfg, train_corpus_next, corpus, show, &screen, args->output, err);
    train_corpus_free(corpus);
    if (screen.open)
        fputc('\n', stderr);
    return rc;
}

int cmd_train(int argc, char **argv)
{
    struct train_args args = {.given.seed = 1};
    struct err err = {0};
    int code = cmd_parse(&train_argp, argc, argv, &args);
    if (code)
        return code - 1;
    struct sigaction stop = {.sa_handler = on_signal};
    stop_signals_watch(&stop);
    int rc = train(&args, &err);
    if (rc < 0)
        return cmd_fail(&err);
    if (rc == 1)
        fprintf(stderr, "hrm train: stopped; the same command continues from %s.ckpt\n",
                args.output);
    return rc == 1 ? EXIT_INTERRUPTED : EXIT_DONE;
}
