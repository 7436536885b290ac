// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ends the task that does it.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "faults.h"

static noinline int fault_oops(void)
{
	WRITE_ONCE(*(int *)8, 0);
	return 0;
}

static noinline int fault_bug(void)
{
	BUG();
	return 0;
}

/* Deeper than any kernel stack; what each call notes is needed after the next. */
static noinline int fault_stack_in(int depth)
{
	char note[256];
	int below;

	memset(note, depth, sizeof(note));
	OPTIMIZER_HIDE_VAR(depth);
	below = depth < 100000 ? fault_stack_in(depth + 1) : 0;
	barrier_data(note);
	return below + note[depth & 255];
}

static noinline int fault_stack(void)
{
	return fault_stack_in(0) & 0;
}

/* A jump to memory that holds no code. */
static noinline int fault_execute(void)
{
	void *data = kzalloc(64, GFP_KERNEL);
	int (*jump)(void);

	if (!data)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(data);
	jump = data;
	return jump() + 1;
}

const struct fault crash_faults[] = {
	{ "oops", fault_oops },
	{ "bug", fault_bug },
	{ "stack", fault_stack },
	{ "execute", fault_execute },
	{ }
};
