/* How a model is named on the command line: NAME[+lora=ID[:SCALE]][@URL].
 *
 * `+lora=1` asks llama-server for its second adapter (--lora given twice), and for none of the
 * others, in every request; `+lora=0:0` asks for none at all. `@URL` names another server. */
#pragma once
#include "model/model.h"

/* owned; free with model_name_free. */
struct model_name {
    char *name; /* "" = the only one that is served */
    char *lora; /* JSON for the request, [{"id":1,"scale":1.0}]; NULL = not said */
    char *url;  /* NULL = where the others are */
};

int model_name_parse(const char *text, struct model_name *out, struct err *err);
void model_name_free(struct model_name *n);
