/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device that does wrong when it is told to: text that is written to it names
 * the fault.
 */
#ifndef FAULT_DEVICE_H
#define FAULT_DEVICE_H

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "fault.h"

/* Ends with NULL; the module defines it. */
static const struct fault *const fault_tables[];

static const struct fault *fault_named(const char *name)
{
	const struct fault *const *table;
	const struct fault *fault;

	for (table = fault_tables; *table; table++)
		for (fault = *table; fault->name; fault++)
			if (!strcmp(name, fault->name))
				return fault;
	return NULL;
}

/* The fault's name as text; the length is the write's. */
static ssize_t fault_write(struct file *file, const char __user *text, size_t length, loff_t *pos)
{
	const struct fault *fault;
	char name[32] = "";
	int err;

	if (length >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, text, length))
		return -EFAULT;
	fault = fault_named(name);
	if (!fault)
		return -ENOENT;
	pr_info("%s: begin %s\n", KBUILD_MODNAME, name);
	err = fault->make();
	return err ? err : length;
}

/* What a fault leaves to be done when who made it has closed the device. */
static void (*fault_released)(void);

static int fault_release(struct inode *inode, struct file *file)
{
	if (fault_released)
		fault_released();
	return 0;
}

static const struct file_operations fault_fops = {
	.owner	= THIS_MODULE,
	.write	= fault_write,
	.release = fault_release,
};

static struct miscdevice fault_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= KBUILD_MODNAME,
	.fops	= &fault_fops,
};

#endif
