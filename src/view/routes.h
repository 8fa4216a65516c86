/* Which address gives what. */
#pragma once
#include "view/request.h"
#include "view/shelf.h"

/* What answers need. */
struct routes {
    struct shelf *shelf;
    const char *token, *annotator;
    int port;
};

/* Checks the request (guard.h) and answers it. */
void routes_answer(const struct routes *v, const struct view_request *q, struct view_reply *r);
