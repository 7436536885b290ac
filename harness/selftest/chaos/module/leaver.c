// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that leaves behind what outlives its callers and itself: text that is
 * written to /dev/leaver says what. For machines that are thrown away.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include "fault-device.h"

/* In milliseconds from the end of the test that asked for it: the next one runs. */
#define AFTER_MS 1000
/* Shorter than the harness listens after the module is unloaded. */
#define PERIOD_MS 200
/* In seconds: longer than anybody listens. */
#define LONG 600
/* So many that chance neither hides most of them nor shows most. */
#define OBJECTS 100

static void panic_now(struct timer_list *timer)
{
	panic("a timer of a test before");
}

static void restart_now(struct timer_list *timer)
{
	emergency_restart();
}

static void nothing(struct timer_list *timer)
{
}

/* However long the unload takes, it expires once more after it. */
static void again(struct timer_list *timer)
{
	mod_timer(timer, jiffies + msecs_to_jiffies(PERIOD_MS));
}

static DEFINE_TIMER(panic_timer, panic_now);
static DEFINE_TIMER(restart_timer, restart_now);
static DEFINE_TIMER(own_timer, nothing);

static void arm_panic(void)
{
	mod_timer(&panic_timer, jiffies + msecs_to_jiffies(AFTER_MS));
}

static int leave_panic(void)
{
	fault_released = arm_panic;
	return 0;
}

static void arm_restart(void)
{
	mod_timer(&restart_timer, jiffies + msecs_to_jiffies(AFTER_MS));
}

static int leave_restart(void)
{
	fault_released = arm_restart;
	return 0;
}

/* In memory of their own: what lies in the module's crashes the kernel by itself. */
static int leave_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, again, 0);
	again(timer);
	return 0;
}

static enum hrtimer_restart no_more(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static int leave_hrtimer(void)
{
	struct hrtimer *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	hrtimer_setup(timer, no_more, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = no_more;
#endif
	hrtimer_start(timer, ktime_set(LONG, 0), HRTIMER_MODE_REL);
	return 0;
}

static int sleep_for_long(void *unused)
{
	while (!kthread_should_stop())
		ssleep(LONG);
	return 0;
}

static int leave_thread(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(sleep_for_long, NULL, "leaver_thread"));
}

/* Named as a worker of the kernel's pools is. */
static int leave_worker(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(sleep_for_long, NULL, "kworker/0:7"));
}

static int leave_own_timer(void)
{
	mod_timer(&own_timer, jiffies + LONG * HZ);
	return 0;
}

static const struct proc_ops empty_ops = { };

static int leave_entry(void)
{
	return proc_create("leaver_entry", 0444, NULL, &empty_ops) ? 0 : -ENOMEM;
}

static int leave_workqueue(void)
{
	return alloc_workqueue("leaver_queue", WQ_MEM_RECLAIM, 0) ? 0 : -ENOMEM;
}

/* Each follows one that stays, and is not written: what SLUB left in that may refer to it. */
static int leave_objects(void)
{
	void *kept, *lost;
	int i;

	for (i = 0; i < OBJECTS; i++) {
		kept = kmalloc(64, GFP_KERNEL);
		lost = kmalloc(64, GFP_KERNEL);
		if (!kept || !lost)
			return -ENOMEM;
		kmemleak_not_leak(kept);
		OPTIMIZER_HIDE_VAR(lost);
	}
	return 0;
}

static const struct fault faults[] = {
	{ "panic", leave_panic },
	{ "restart", leave_restart },
	{ "timer", leave_timer },
	{ "hrtimer", leave_hrtimer },
	{ "thread", leave_thread },
	{ "workqueue", leave_workqueue },
	{ "worker", leave_worker },
	{ "entry", leave_entry },
	{ "own-timer", leave_own_timer },
	{ "objects", leave_objects },
	{ }
};

static const struct fault *const fault_tables[] = { faults, NULL };

static int __init leaver_init(void)
{
	return misc_register(&fault_device);
}
module_init(leaver_init);

static void __exit leaver_exit(void)
{
	misc_deregister(&fault_device);
}
module_exit(leaver_exit);

MODULE_DESCRIPTION("Leaves timers, threads, queues and memory behind, for testing a test harness");
MODULE_LICENSE("GPL");
