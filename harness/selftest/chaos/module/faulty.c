// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does wrong when it is told to: text that is written to
 * /dev/faulty names the fault. Each fault is a function named for it, which must
 * be in the trace of the splat. For machines that are thrown away.
 *
 * Of checkpatch's advice, what speaks against this file's purpose is left aside:
 * AVOID_BUG
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/dma-mapping.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "fault-device.h"

static noinline int fault_warn(void)
{
	WARN(1, "a warning that was asked for\n");
	return 0;
}

static noinline int fault_oops(void)
{
	WRITE_ONCE(*(int *)8, 0);
	return 0;
}

static noinline int fault_bug(void)
{
	BUG();
	return 0;
}

static noinline int fault_kasan(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);
	char *still = gone;

	/* The compiler knows of a use after free what it can see. */
	OPTIMIZER_HIDE_VAR(still);
	kfree(gone);
	return READ_ONCE(still[8]) & 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static noinline int fault_lockdep(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static noinline int fault_ubsan(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) & 0;
}

static noinline int fault_dma(void)
{
	struct platform_device *device = platform_device_register_simple("faulty", -1, NULL, 0);

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	dma_unmap_single(&device->dev, 0x1000, 64, DMA_TO_DEVICE);
	platform_device_unregister(device);
	return 0;
}

static noinline int fault_refcount(void)
{
	refcount_t none = REFCOUNT_INIT(0);

	refcount_inc(&none);
	return 0;
}

static noinline int fault_bad_page(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	page->mapping = (void *)8;
	__free_page(page);
	return 0;
}

static DEFINE_SPINLOCK(lock);

static noinline int fault_atomic(void)
{
	void *memory;

	spin_lock(&lock);
	memory = kmalloc(64, GFP_KERNEL);
	spin_unlock(&lock);
	kfree(memory);
	return 0;
}

/* Longer than the second that the test makes the kernel's patience. */
static noinline int fault_hung_task(void)
{
	DECLARE_COMPLETION_ONSTACK(never);

	wait_for_completion_timeout(&never, 8 * HZ);
	return 0;
}

/* Deeper than any kernel stack; what each call notes is needed after the next. */
static noinline int fault_stack_in(int depth)
{
	char note[256];
	int below;

	memset(note, depth, sizeof(note));
	OPTIMIZER_HIDE_VAR(depth);
	below = depth < 100000 ? fault_stack_in(depth + 1) : 0;
	barrier_data(note);
	return below + note[depth & 255];
}

static noinline int fault_stack(void)
{
	return fault_stack_in(0) & 0;
}

struct item {
	struct list_head entry;
	char payload[48];
};

/* Taken off its list twice. */
static noinline int fault_list(void)
{
	LIST_HEAD(items);
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	list_add(&item->entry, &items);
	list_del(&item->entry);
	list_del(&item->entry);
	kfree(item);
	return 0;
}

/* Taken off its list when it is gone. */
static noinline int fault_list_freed(void)
{
	LIST_HEAD(items);
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);
	struct item *still = item;

	if (!item)
		return -ENOMEM;
	list_add(&item->entry, &items);
	OPTIMIZER_HIDE_VAR(still);
	kfree(item);
	list_del(&still->entry);
	return 0;
}

static DEFINE_MUTEX(kept);

static noinline int fault_held(void)
{
	mutex_lock(&kept);
	return 0;
}

static noinline int fault_rcu_held(void)
{
	rcu_read_lock();
	return 0;
}

/* A jump to memory that holds no code. */
static noinline int fault_execute(void)
{
	void *data = kzalloc(64, GFP_KERNEL);
	int (*jump)(void);

	if (!data)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(data);
	jump = data;
	return jump() + 1;
}

static noinline int fault_words(void)
{
	pr_err("BUG: item %d of the ring is lost\n", 12);
	return 0;
}

static noinline int fault_again(void)
{
	int i;

	for (i = 0; i < 100; i++)
		WARN(1, "a warning that comes again, time %d\n", i);
	return 0;
}

static struct rcu_head awaited;

static void grace_period_ends(struct rcu_head *head)
{
}

/* Whether a grace period began; the thread that begins it may wait for this very processor. */
static bool begin_grace_period(void)
{
	unsigned long before = get_state_synchronize_rcu();
	unsigned long end = jiffies + HZ;

	call_rcu(&awaited, grace_period_ends);
	while (get_state_synchronize_rcu() == before)
		if (time_after(jiffies, end))
			return false;
	return true;
}

/*
 * Keeps a processor, and with it a grace period, longer than RCU is patient (3 s, and 5 s with
 * PROVE_RCU). RCU counts ticks, and on emulation a busy host loses most of them: so does this.
 */
static noinline int fault_lockup(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		bool began;

		rcu_barrier();
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
		preempt_disable();
		/* Begun now, it cannot end without this processor. */
		began = begin_grace_period();
		if (began) {
			unsigned long end = jiffies + 10 * HZ;

			while (time_before(jiffies, end))
				cpu_relax();
		}
		preempt_enable();
		if (began)
			return 0;
	}
	return -ETIME;
}

static void fault_late(struct work_struct *work)
{
	WARN(1, "a warning that comes late\n");
}

static DECLARE_DELAYED_WORK(late, fault_late);

static noinline int arm_late(void)
{
	schedule_delayed_work(&late, 2 * HZ);
	return 0;
}

static atomic_t ready;

static void fault_on_each_cpu(void *unused)
{
	atomic_inc(&ready);
	while (atomic_read(&ready) < num_online_cpus())
		cpu_relax();
	WARN(1, "a warning on CPU %d\n", smp_processor_id());
}

static noinline int fault_everywhere(void)
{
	atomic_set(&ready, 0);
	on_each_cpu(fault_on_each_cpu, NULL, 1);
	return 0;
}

static void fault_hang(void *unused)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static noinline int hang_everywhere(void)
{
	smp_call_function(fault_hang, NULL, 0);
	fault_hang(NULL);
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
	{ "bug", fault_bug },
	{ "kasan", fault_kasan },
	{ "lockdep", fault_lockdep },
	{ "ubsan", fault_ubsan },
	{ "dma", fault_dma },
	{ "refcount", fault_refcount },
	{ "bad-page", fault_bad_page },
	{ "atomic", fault_atomic },
	{ "hung-task", fault_hung_task },
	{ "stack", fault_stack },
	{ "list", fault_list },
	{ "list-freed", fault_list_freed },
	{ "held", fault_held },
	{ "rcu-held", fault_rcu_held },
	{ "execute", fault_execute },
	{ "words", fault_words },
	{ "again", fault_again },
	{ "lockup", fault_lockup },
	{ "late", arm_late },
	{ "everywhere", fault_everywhere },
	{ "hang", hang_everywhere },
	{ "sleep", fault_sleep },
	{ }
};

static int __init faulty_init(void)
{
	return misc_register(&fault_device);
}

static void __exit faulty_exit(void)
{
	misc_deregister(&fault_device);
	/* What was armed goes off now. */
	flush_delayed_work(&late);
	rcu_barrier();
}

module_init(faulty_init);
module_exit(faulty_exit);

MODULE_DESCRIPTION("Faults on request, for testing a test harness");
MODULE_LICENSE("GPL");
