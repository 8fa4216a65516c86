/* Who listens on a port of this machine? A server that we have started is not the only one that may
 * answer there: the port was free when it was chosen, and is anybody's until the server takes it.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include "base/str.h"

enum port_owner {
    PORT_NOBODY,
    PORT_OURS,    /* a process of this session */
    PORT_FOREIGN, /* certainly another one: of another user, of another hrm, or older than we are */
    PORT_UNKNOWN, /* it may be a container's: root's, or begun after `session` */
};

/* `session`: of the server that we have started, the number of its keeper. `who` (may be NULL) gets
 * words for PORT_FOREIGN, as in "process 123 (vllm)". */
enum port_owner port_find_owner(int port, pid_t session, struct str *who);
