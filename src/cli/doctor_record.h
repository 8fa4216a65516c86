/* hrm doctor RUN: is the run's record what was written? */
#pragma once

/* Prints what is damaged; the exit code. */
int doctor_show_record(const char *run);
