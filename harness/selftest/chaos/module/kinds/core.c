// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the kinds that a checking kernel tells apart, whose words change from
 * release to release. Text that is written to /dev/kinds names the fault; each is
 * a function named for it. For machines that are thrown away.
 */
#include <linux/module.h>
#include "../fault-device.h"
#include "faults.h"

static const struct fault *const fault_tables[] = {
	allocator_faults,
	dma_faults,
	lock_faults,
	memory_faults,
	object_faults,
	value_faults,
	NULL
};

static int __init kinds_init(void)
{
	return misc_register(&fault_device);
}
module_init(kinds_init);

static void __exit kinds_exit(void)
{
	misc_deregister(&fault_device);
}
module_exit(kinds_exit);

MODULE_DESCRIPTION("Faults of the kinds that a checking kernel tells apart, for testing a test harness");
MODULE_LICENSE("GPL");
