// SPDX-License-Identifier: GPL-2.0-only
/* List entries, timers and devices that are there already, or are freed too early. */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include "faults.h"

static noinline int fault_list_add_twice(void)
{
	LIST_HEAD(items);
	struct list_head *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	list_add(item, &items);
	list_add(item, &items);
	return 0;
}

static void never(struct timer_list *timer)
{
}

static noinline int fault_free_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
	return 0;
}

static noinline int fault_set_up_timer_twice(void)
{
	static struct timer_list timer;

	timer_setup(&timer, never, 0);
	mod_timer(&timer, jiffies + 3600 * HZ);
	timer_setup(&timer, never, 0);
	return 0;
}

static noinline int fault_sysfs_twice(void)
{
	struct platform_device *device;

	device = platform_device_register_simple("kinds", -1, NULL, 0);
	platform_device_register_simple("kinds", -1, NULL, 0);
	platform_device_unregister(device);
	return 0;
}

const struct fault object_faults[] = {
	{ "list-add-twice", fault_list_add_twice },
	{ "free-timer", fault_free_timer },
	{ "set-up-timer-twice", fault_set_up_timer_twice },
	{ "sysfs-twice", fault_sysfs_twice },
	{ }
};
