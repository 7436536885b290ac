// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the kinds that a checking kernel tells apart, whose words change from
 * release to release. Text that is written to /dev/kinds names the fault; each is
 * a function named for it. For machines that are thrown away.
 */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include "fault-device.h"

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

static DEFINE_SPINLOCK(lock);

static noinline int fault_schedule_in_atomic(void)
{
	spin_lock(&lock);
	schedule();
	spin_unlock(&lock);
	return 0;
}

static DEFINE_MUTEX(mutex);

static noinline int fault_mutex_in_atomic(void)
{
	local_irq_disable();
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	local_irq_enable();
	return 0;
}

static noinline int fault_unlock(void)
{
	mutex_unlock(&mutex);
	return 0;
}

/* Two locks of one class. */
static noinline int fault_recursive(void)
{
	static struct mutex both[2];
	int i;

	for (i = 0; i < 2; i++)
		mutex_init(&both[i]);
	mutex_lock(&both[0]);
	mutex_lock(&both[1]);
	mutex_unlock(&both[1]);
	mutex_unlock(&both[0]);
	return 0;
}

static DEFINE_SPINLOCK(of_interrupts);

static void lock_in_interrupt(struct timer_list *timer)
{
	spin_lock(&of_interrupts);
	spin_unlock(&of_interrupts);
}

static DEFINE_TIMER(soon, lock_in_interrupt);

/* Held with interrupts on, and taken in one. */
static noinline int fault_lock_in_interrupt(void)
{
	mod_timer(&soon, jiffies + 1);
	schedule_timeout_uninterruptible(HZ / 4);
	spin_lock(&of_interrupts);
	spin_unlock(&of_interrupts);
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

static noinline int fault_alloc_huge(void)
{
	int order = 30;

	OPTIMIZER_HIDE_VAR(order);
	__free_pages(alloc_pages(GFP_KERNEL, order), order);
	return 0;
}

static noinline int fault_cache_destroy(void)
{
	struct kmem_cache *cache = kmem_cache_create("kinds_cache", 64, 0, SLAB_ACCOUNT, NULL);

	if (!cache)
		return -ENOMEM;
	barrier_data(kmem_cache_alloc(cache, GFP_KERNEL));
	kmem_cache_destroy(cache);
	return 0;
}

static noinline int fault_page_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	__free_page(page);
	__free_page(page);
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

static void leaky(struct work_struct *work)
{
	mutex_lock(&mutex);
}

static DECLARE_WORK(leaky_work, leaky);

static noinline int fault_work_keeps_lock(void)
{
	schedule_work(&leaky_work);
	flush_work(&leaky_work);
	return 0;
}

/* Unmapped with what may not be its own size or direction, and perhaps unchecked. */
static noinline int dma_wrongly(size_t size, enum dma_data_direction direction, bool checked)
{
	struct platform_device *device = platform_device_register_simple("kinds_dma", -1, NULL, 0);
	char *memory = kmalloc(128, GFP_KERNEL);
	dma_addr_t address;

	if (IS_ERR(device) || !memory)
		return -ENOMEM;
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	address = dma_map_single(&device->dev, memory, 128, DMA_TO_DEVICE);
	if (checked && dma_mapping_error(&device->dev, address))
		return -EIO;
	dma_unmap_single(&device->dev, address, size, direction);
	platform_device_unregister(device);
	kfree(memory);
	return 0;
}

static noinline int fault_dma_size(void)
{
	return dma_wrongly(64, DMA_TO_DEVICE, true) & 0;
}

static noinline int fault_dma_direction(void)
{
	return dma_wrongly(128, DMA_FROM_DEVICE, true) & 0;
}

static noinline int fault_dma_unchecked(void)
{
	return dma_wrongly(128, DMA_TO_DEVICE, false) & 0;
}

static noinline int fault_dma_stack(void)
{
	struct platform_device *device = platform_device_register_simple("kinds_dma", -1, NULL, 0);
	char note[64];

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	dma_map_single(&device->dev, note, sizeof(note), DMA_TO_DEVICE);
	platform_device_unregister(device);
	return 0;
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

static const struct fault faults[] = {
	{ "use-after-free-write", fault_use_after_free_write },
	{ "double-free", fault_double_free },
	{ "invalid-free", fault_invalid_free },
	{ "out-of-bounds", fault_out_of_bounds },
	{ "global-out-of-bounds", fault_global_out_of_bounds },
	{ "stack-out-of-bounds", fault_stack_out_of_bounds },
	{ "index", fault_index },
	{ "bool", fault_bool },
	{ "divide", fault_divide },
	{ "not-canonical", fault_not_canonical },
	{ "null-call", fault_null_call },
	{ "refcount-underflow", fault_refcount_underflow },
	{ "list-add-twice", fault_list_add_twice },
	{ "schedule-in-atomic", fault_schedule_in_atomic },
	{ "mutex-in-atomic", fault_mutex_in_atomic },
	{ "unlock", fault_unlock },
	{ "recursive", fault_recursive },
	{ "lock-in-interrupt", fault_lock_in_interrupt },
	{ "free-timer", fault_free_timer },
	{ "set-up-timer-twice", fault_set_up_timer_twice },
	{ "alloc-huge", fault_alloc_huge },
	{ "cache-destroy", fault_cache_destroy },
	{ "page-twice", fault_page_twice },
	{ "sysfs-twice", fault_sysfs_twice },
	{ "work-keeps-lock", fault_work_keeps_lock },
	{ "dma-size", fault_dma_size },
	{ "dma-direction", fault_dma_direction },
	{ "dma-unchecked", fault_dma_unchecked },
	{ "dma-stack", fault_dma_stack },
	{ "user-copy", fault_user_copy },
	{ }
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
