/* Messages to stderr. Library rooms log only what the user must know at once; everything else is an
 * error or data. */
#pragma once

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
