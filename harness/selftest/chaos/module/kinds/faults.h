/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KINDS_FAULTS_H
#define KINDS_FAULTS_H

#include "../fault.h"

extern const struct fault allocator_faults[];
extern const struct fault dma_faults[];
extern const struct fault lock_faults[];
extern const struct fault memory_faults[];
extern const struct fault object_faults[];
extern const struct fault value_faults[];

#endif
