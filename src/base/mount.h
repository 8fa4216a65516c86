/* What a path lies on. */
#pragma once
#include <stdbool.h>

/* "nfs", "lustre", ...; "local" for all that is of this machine alone. Of a path that does not
 * exist yet, what its nearest directory lies on. */
const char *mount_kind(const char *path);
/* Do other machines see this file system, too? Neither shared memory nor locks can be relied on
 * there. */
bool mount_is_network(const char *path);
