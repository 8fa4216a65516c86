/* The part of `hrm doctor` about model servers. */
#pragma once

/* Prints the model servers on this machine and at the environment's addresses, with their models.
 */
void doctor_show_servers(void);
