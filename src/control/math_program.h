/* What the program in a reply of a math role comes to. One way for all roles of all arms: the
 * program is found, refused where it only repeats the prompt, not run where it was run already, and
 * its value is held against the type that is asked for. */
#pragma once
#include "control/episode.h"
#include "control/pace.h"

struct math_program {
    const struct ask *ask;         /* what the reply answers, or opened its conversation with */
    const char *purpose, *subgoal; /* as in struct code_run */
    const char *type;              /* that the value must have (math_type_error) */
    bool again;                    /* a reply that is refused is asked for once more */
    struct repeats *repeats;       /* NULL = a program may come again */
};

struct math_outcome {
    const char *program; /* NULL = none was found, or it was refused */
    const char *value;   /* as math_plain; NULL = none */
    const char *error;   /* a sentence for the model; NULL when there is a value, or `repeated` */
    bool repeated;       /* it was run already, and was not run again */
};

/* EPISODE_CAP when no run is left. Text in the episode's arena. */
int math_program_run(struct episode *e, const struct math_program *p, const char *reply,
                     struct math_outcome *out);
