/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAULTY_FAULTS_H
#define FAULTY_FAULTS_H

#include "../fault.h"

extern const struct fault crash_faults[];
extern const struct fault lock_faults[];
extern const struct fault memory_faults[];
extern const struct fault misuse_faults[];
extern const struct fault stall_faults[];
extern const struct fault warning_faults[];

/* What was armed goes off now. */
void flush_late_warning(void);

#endif
