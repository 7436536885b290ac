/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAULT_H
#define FAULT_H

/* What a module does wrong when it is told its name. A table ends with an empty one. */
struct fault {
	const char *name;
	int (*make)(void);
};

#endif
