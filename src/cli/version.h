/* Which hrm this is: "0.1.0+47822ec2f1ab", the commit it was built from, ".dirty" behind it where a
 * tracked file had changed since, "0.1.0+nogit" where it was not built from a git checkout. */
#pragma once

extern const char *const hrm_version;
