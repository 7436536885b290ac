// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does not load, or is slow to go, when its parameters say so.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/printk.h>

static int init_error;
module_param(init_error, int, 0444);
MODULE_PARM_DESC(init_error, "errno(3) number that loading ends with (default: 0, it loads)");

static unsigned int exit_ms;
module_param(exit_ms, uint, 0444);
MODULE_PARM_DESC(exit_ms, "how long unloading takes, in milliseconds (default: 0)");

static int __init moody_init(void)
{
	if (init_error)
		pr_err("moody: refusing with %d, as it was asked to\n", init_error);
	return -init_error;
}
module_init(moody_init);

static void __exit moody_exit(void)
{
	msleep(exit_ms);
}
module_exit(moody_exit);

MODULE_DESCRIPTION("Does not load, or is slow to go, for testing a test harness");
MODULE_LICENSE("GPL");
