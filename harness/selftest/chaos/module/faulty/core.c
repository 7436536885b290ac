// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does wrong on request: text that is written to
 * /dev/faulty names the fault. Each fault is a function named for it, which must
 * be in the trace of the splat. For machines that are thrown away.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "../fault-device.h"
#include "faults.h"

static const struct fault *const fault_tables[] = {
	crash_faults,
	lock_faults,
	memory_faults,
	misuse_faults,
	stall_faults,
	warning_faults,
	NULL
};

static int __init faulty_init(void)
{
	return misc_register(&fault_device);
}
module_init(faulty_init);

static void __exit faulty_exit(void)
{
	misc_deregister(&fault_device);
	flush_late_warning();
	rcu_barrier();
}
module_exit(faulty_exit);

MODULE_DESCRIPTION("Faults on request, for testing a test harness");
MODULE_LICENSE("GPL");
