/* The part of `hrm doctor` about model servers. */
#pragma once

/* Prints who serves models on this machine and where the environment points, and which ones. */
void doctor_show_servers(void);
