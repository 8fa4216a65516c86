/* Prompt profiles: prompts/<profile>/<name>.txt with {{placeholders}}, and profile.yaml beside
 * them.
 *
 * A template is a subset of Mustache without HTML escaping: {{name}}, {{#name}}shown if not
 * empty{{/name}},
 * {{^name}}shown if empty{{/name}}. A line holding only a section tag vanishes. A file holds
 * one or more messages (prompt_file.h): a system message, worked examples, the question. An unknown
 * placeholder is an error at load time, with file and line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "control/arm.h"

enum prompt_var {
    PROMPT_TASK,         /* the statement */
    PROMPT_ENTRY_POINT,  /* function to define; empty for programs reading stdin */
    PROMPT_PUBLIC_TESTS, /* one per line, or stdin cases spelt out */
    PROMPT_PLAN,         /* the plan's steps, numbered */
    PROMPT_SIGNATURE,    /* from the plan */
    PROMPT_CONSTRAINTS,
    PROMPT_CANDIDATE, /* the best program so far */
    PROMPT_FEEDBACK,  /* its first failing test and stderr, at most FEEDBACK_MAX characters */
    PROMPT_FINDINGS,  /* what the reviewer says of the candidate */
    PROMPT_PROBLEM,   /* what was wrong with a reply that is asked for again, one sentence */
    PROMPT_STEP,      /* per_step: the description of this step */
    PROMPT_NAMES,     /* per_step: the names that exist before it */
    PROMPT_SUBGOAL,   /* math: the description of this subgoal, #K replaced by its value */
    PROMPT_VALUES,    /* math: subgoals with the values they came to, one per line */
    PROMPT_ANSWER,    /* math: the answer that is to be verified */
    PROMPT_OUTPUT,    /* math: what the model's own program gave */
    PROMPT_N_VARS,
};

struct prompt_vars {
    const char *v[PROMPT_N_VARS]; /* NULL counts as empty */
};

struct prompt_message {
    const char *role; /* "user" or "assistant" */
    const char *text;
};

struct prompt_text {
    const char *system;                    /* NULL = none */
    const struct prompt_message *examples; /* [n_examples] turns before the question */
    size_t n_examples;
    const char *user;
};

struct prompt_set;

/* `profile` is a name under prompts/ ("chat", "tiny") or a directory. All failures are ERR_INPUT.
 */
int prompt_set_load(const char *profile, struct prompt_set **out, struct err *err);
void prompt_set_free(struct prompt_set *p);

/* The files of a profile, sorted by name; owns all. */
struct prompt_source {
    const char *name; /* "coder.txt" */
    const char *bytes;
    size_t n;
};
struct prompt_sources {
    struct prompt_source *v; /* [n] */
    size_t n;
    char *dir; /* as shown in messages */
};
int prompt_sources_read(const char *profile, struct prompt_sources *out, struct err *err);
void prompt_sources_add(struct prompt_sources *s, const char *name, char *bytes,
                        size_t n); /* takes bytes */
void prompt_sources_free(struct prompt_sources *s);
/* prompt_set_load of files in memory. */
int prompt_set_parse(const char *name, const struct prompt_sources *s, struct prompt_set **out,
                     struct err *err);
/* Renders template `name` ("coder"). ERR_INPUT when the profile has no such file. */
int prompt_render(const struct prompt_set *p, const char *name, const struct prompt_vars *vars,
                  struct prompt_text *out, struct arena *arena, struct err *err);
bool prompt_has(const struct prompt_set *p, const char *name);
/* Does `text`, a part of a reply to this question, merely repeat the template: its form or its
 * worked examples (echo.h)? */
bool prompt_echoed(const struct prompt_set *p, const char *name, const struct prompt_vars *vars,
                   const char *text);

const char *prompt_set_name(const struct prompt_set *p);
/* SHA-256 over all files of the profile (names and bytes, sorted): part of a run's identity. */
const char *prompt_set_sha256(const struct prompt_set *p);
/* The settings of profile.yaml. */
enum arm_tester prompt_set_tester(const struct prompt_set *p);
enum arm_coder prompt_set_coder(const struct prompt_set *p);
bool prompt_set_plan_json(const struct prompt_set *p); /* plans are asked for as JSON */
bool prompt_set_dialogue(const struct prompt_set *p);  /* it can go on in one conversation */
/* Replies that have a form (plans, verdicts) are constrained by its JSON schema, for all roles. */
bool prompt_set_constrained(const struct prompt_set *p);
