/* What a path lies on. */
#pragma once
#include <stdbool.h>

/* Do other machines see this file system, too? Neither shared memory nor locks can be relied on
 * there. */
bool mount_is_network(const char *path);
