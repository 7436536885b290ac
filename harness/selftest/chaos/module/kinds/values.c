// SPDX-License-Identifier: GPL-2.0-only
/* Values that no code may have: an index, a bool, a divisor, an address, a count. */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/refcount.h>
#include "faults.h"

static int few[4];

static noinline int fault_index(void)
{
	int at = 5;

	OPTIMIZER_HIDE_VAR(at);
	few[at] = 1;
	return 0;
}

static noinline int fault_bool(void)
{
	unsigned char three = 3;
	bool *truth = (bool *)&three;

	barrier_data(truth);
	return *truth ? 0 : -EIO;
}

static noinline int fault_divide(void)
{
	int by = 0;

	OPTIMIZER_HIDE_VAR(by);
	WRITE_ONCE(few[0], 7 / by);
	return 0;
}

/* An address that no processor of 48 bits can have. */
static noinline int fault_not_canonical(void)
{
	int **place = (int **)0xdead000000000122;

	OPTIMIZER_HIDE_VAR(place);
	WRITE_ONCE(*place, NULL);
	return 0;
}

static noinline int fault_null_call(void)
{
	int (*jump)(void) = NULL;

	OPTIMIZER_HIDE_VAR(jump);
	return jump() + 1;
}

static noinline int fault_refcount_underflow(void)
{
	refcount_t none = REFCOUNT_INIT(0);

	if (refcount_sub_and_test(1, &none))
		return -EIO;
	return 0;
}

const struct fault value_faults[] = {
	{ "index", fault_index },
	{ "bool", fault_bool },
	{ "divide", fault_divide },
	{ "not-canonical", fault_not_canonical },
	{ "null-call", fault_null_call },
	{ "refcount-underflow", fault_refcount_underflow },
	{ }
};
