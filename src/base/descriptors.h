/* How many files this process may have open, and has. */
#pragma once

/* Raises the soft limit to `want`, as far as the hard one allows; never lowers it. The limit now.
 */
long descriptors_allow(long want);
long descriptors_used(void);
