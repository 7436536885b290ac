// SPDX-License-Identifier: GPL-2.0-only
/* Locks that are taken or kept where they may not be. */
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "faults.h"

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

const struct fault lock_faults[] = {
	{ "schedule-in-atomic", fault_schedule_in_atomic },
	{ "mutex-in-atomic", fault_mutex_in_atomic },
	{ "unlock", fault_unlock },
	{ "recursive", fault_recursive },
	{ "lock-in-interrupt", fault_lock_in_interrupt },
	{ "work-keeps-lock", fault_work_keeps_lock },
	{ }
};
