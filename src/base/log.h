/* Messages to stderr. Library rooms log only what a person at the terminal must know now;
 * everything else is an error or data. */
#pragma once

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
