// SPDX-License-Identifier: GPL-2.0-only
/* Accesses beside an object or after it is freed, and frees of what is none. */
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "faults.h"

static noinline int fault_use_after_free_write(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);
	char *still = gone;

	OPTIMIZER_HIDE_VAR(still);
	kfree(gone);
	WRITE_ONCE(still[8], 1);
	return 0;
}

static noinline int fault_double_free(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);
	char *still = gone;

	OPTIMIZER_HIDE_VAR(still);
	kfree(gone);
	kfree(still);
	return 0;
}

static noinline int fault_invalid_free(void)
{
	char *memory = kmalloc(64, GFP_KERNEL);
	char *within = memory + 8;

	OPTIMIZER_HIDE_VAR(within);
	kfree(within);
	kfree(memory);
	return 0;
}

static noinline int fault_out_of_bounds(void)
{
	char *memory = kmalloc(60, GFP_KERNEL);
	int at = 61;

	if (!memory)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(at);
	WRITE_ONCE(memory[at], 1);
	kfree(memory);
	return 0;
}

static char of_module[10];

static noinline int fault_global_out_of_bounds(void)
{
	char *within = of_module;

	OPTIMIZER_HIDE_VAR(within);
	return READ_ONCE(within[12]) & 0;
}

static noinline int fault_stack_out_of_bounds(void)
{
	char note[10];
	char *within = note;

	memset(note, 1, sizeof(note));
	OPTIMIZER_HIDE_VAR(within);
	return READ_ONCE(within[12]) & 0;
}

static noinline int fault_user_copy(void)
{
	char *memory = kmalloc(64, GFP_KERNEL);
	unsigned long length = 80;

	if (!memory)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(memory);
	OPTIMIZER_HIDE_VAR(length);
	/* Refused before anything is written. */
	if (copy_from_user(memory, (void __user *)16, length))
		kfree(memory);
	return 0;
}

const struct fault memory_faults[] = {
	{ "use-after-free-write", fault_use_after_free_write },
	{ "double-free", fault_double_free },
	{ "invalid-free", fault_invalid_free },
	{ "out-of-bounds", fault_out_of_bounds },
	{ "global-out-of-bounds", fault_global_out_of_bounds },
	{ "stack-out-of-bounds", fault_stack_out_of_bounds },
	{ "user-copy", fault_user_copy },
	{ }
};
