// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each check of the kernel that reports only once, or turns itself off when it
 * has reported: two faults that it should report. Those named allowed_* are on the
 * list of known findings. For machines that are thrown away.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "fault-device.h"

/* What takes this many reports in a row: lib/debugobjects.c goes quiet after five. */
#define MANY 6

static __always_inline int use_after_free(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);
	char *still = gone;

	/* The compiler knows of a use after free what it can see. */
	OPTIMIZER_HIDE_VAR(still);
	kfree(gone);
	return READ_ONCE(still[8]) & 0;
}

/* Lockdep knows an order by the locks' classes: each pair is one of its own. */
static __always_inline int lock_both_ways(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
	mutex_lock(second);
	mutex_lock(first);
	mutex_unlock(first);
	mutex_unlock(second);
	return 0;
}

static __always_inline int shift_too_far(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) & 0;
}

static __always_inline int unmap_what_is_not_mapped(void)
{
	struct platform_device *device = platform_device_register_simple("once", -1, NULL, 0);

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	dma_unmap_single(&device->dev, 0x1000, 64, DMA_TO_DEVICE);
	platform_device_unregister(device);
	return 0;
}

/* Of the module: its state goes with the module alone. */
static __always_inline int warn_once(void)
{
	WARN_ONCE(1, "a warning that comes once\n");
	return 0;
}

/* Of the kernel: lib/refcount.c. */
static __always_inline int increase_zero(void)
{
	refcount_t none = REFCOUNT_INIT(0);

	refcount_warn_saturate(&none, REFCOUNT_ADD_UAF);
	return 0;
}

static DEFINE_SPINLOCK(lock);

static __always_inline int sleep_in_atomic(void)
{
	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
	return 0;
}

static void never(struct timer_list *timer)
{
}

static __always_inline int free_active_timers(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

		if (!timer)
			return -ENOMEM;
		timer_setup(timer, never, 0);
		mod_timer(timer, jiffies + 3600 * HZ);
		kfree(timer);
	}
	return 0;
}

/* Longer than the second that the test makes the kernel's patience. */
static __always_inline int block(void)
{
	DECLARE_COMPLETION_ONSTACK(never_done);

	wait_for_completion_timeout(&never_done, 8 * HZ);
	return 0;
}

static noinline int allowed_kasan(void)
{
	return use_after_free();
}

static noinline int later_kasan(void)
{
	return use_after_free();
}

static DEFINE_MUTEX(allowed_first);
static DEFINE_MUTEX(allowed_second);
static DEFINE_MUTEX(later_first);
static DEFINE_MUTEX(later_second);

static noinline int allowed_lockdep(void)
{
	return lock_both_ways(&allowed_first, &allowed_second);
}

static noinline int later_lockdep(void)
{
	return lock_both_ways(&later_first, &later_second);
}

static noinline int allowed_ubsan(void)
{
	return shift_too_far();
}

static noinline int later_ubsan(void)
{
	return shift_too_far();
}

static noinline int allowed_dma(void)
{
	return unmap_what_is_not_mapped();
}

static noinline int later_dma(void)
{
	return unmap_what_is_not_mapped();
}

static noinline int allowed_warn_once(void)
{
	return warn_once();
}

static noinline int later_warn_once(void)
{
	return warn_once();
}

static noinline int allowed_refcount(void)
{
	return increase_zero();
}

static noinline int later_refcount(void)
{
	return increase_zero();
}

static noinline int allowed_atomic(void)
{
	return sleep_in_atomic();
}

static noinline int later_atomic(void)
{
	return sleep_in_atomic();
}

static noinline int allowed_debug_objects(void)
{
	return free_active_timers();
}

static noinline int later_debug_objects(void)
{
	return free_active_timers();
}

static noinline int allowed_hung_task(void)
{
	return block();
}

static noinline int later_hung_task(void)
{
	return block();
}

static char noted[64];

/* Noting an object twice makes kmemleak give up (mm/kmemleak.c, kmemleak_stop). */
static noinline int allowed_kmemleak(void)
{
	kmemleak_alloc(noted, sizeof(noted), 1, GFP_KERNEL);
	kmemleak_alloc(noted, sizeof(noted), 1, GFP_KERNEL);
	return 0;
}

static noinline int later_leak(void)
{
	void *lost = kmalloc(96, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(lost);
	return lost ? 0 : -ENOMEM;
}

static const struct fault faults[] = {
	{ "allowed-kasan", allowed_kasan },
	{ "later-kasan", later_kasan },
	{ "allowed-lockdep", allowed_lockdep },
	{ "later-lockdep", later_lockdep },
	{ "allowed-ubsan", allowed_ubsan },
	{ "later-ubsan", later_ubsan },
	{ "allowed-dma", allowed_dma },
	{ "later-dma", later_dma },
	{ "allowed-warn-once", allowed_warn_once },
	{ "later-warn-once", later_warn_once },
	{ "allowed-refcount", allowed_refcount },
	{ "later-refcount", later_refcount },
	{ "allowed-atomic", allowed_atomic },
	{ "later-atomic", later_atomic },
	{ "allowed-debug-objects", allowed_debug_objects },
	{ "later-debug-objects", later_debug_objects },
	{ "allowed-hung-task", allowed_hung_task },
	{ "later-hung-task", later_hung_task },
	{ "allowed-kmemleak", allowed_kmemleak },
	{ "later-leak", later_leak },
	{ }
};

static const struct fault *const fault_tables[] = { faults, NULL };

static bool at_load;
module_param(at_load, bool, 0444);
MODULE_PARM_DESC(at_load, "Take locks in two orders when the module loads");

static int __init once_init(void)
{
	if (at_load)
		allowed_lockdep();
	return misc_register(&fault_device);
}
module_init(once_init);

static void __exit once_exit(void)
{
	misc_deregister(&fault_device);
}
module_exit(once_exit);

MODULE_DESCRIPTION("Pairs of faults of which the kernel reports the first alone, for testing a test harness");
MODULE_LICENSE("GPL");
