/* A Python traceback as the jail prints it. */
#pragma once

/* The last line of the program that it names: where the program's own code raised or was left. 0
 * when it names none. */
int traceback_line(const char *text);
