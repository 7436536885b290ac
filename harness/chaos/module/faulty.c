// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does wrong when it is told to: an ioctl of /dev/faulty names the fault. Each fault is a function
 * named for it, which must be in the trace of the splat. For machines that are thrown away.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

struct fault {
	const char *name;
	int (*make)(void);
};

static noinline int fault_warn(void)
{
	WARN(1, "a warning that was asked for\n");
	return 0;
}

static noinline int fault_oops(void)
{
	*(volatile int *)8 = 0;
	return 0;
}

static void spin_with_interrupts_off(void *unused)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static noinline int fault_hang(void)
{
	smp_call_function(spin_with_interrupts_off, NULL, 0);
	spin_with_interrupts_off(NULL);
	return 0;
}

static noinline int fault_sleep(void)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

static const struct fault faults[] = {
	{ "warn", fault_warn },
	{ "oops", fault_oops },
	{ "hang", fault_hang },
	{ "sleep", fault_sleep },
};

/* The fault's name as text; the length is the write's. */
static ssize_t faulty_write(struct file *file, const char __user *text, size_t length, loff_t *pos)
{
	char name[32] = "";
	size_t i;
	int err;

	if (length >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, text, length))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(name, faults[i].name))
			continue;
		err = faults[i].make();
		return err ? err : length;
	}
	return -ENOENT;
}

static const struct file_operations faulty_fops = {
	.owner	= THIS_MODULE,
	.write	= faulty_write,
};

static struct miscdevice faulty_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "faulty",
	.fops	= &faulty_fops,
};
module_misc_device(faulty_device);

MODULE_DESCRIPTION("Faults on request, for testing a test harness");
MODULE_LICENSE("GPL");
