// SPDX-License-Identifier: GPL-2.0-only
/* Locks that are taken in two orders, slept under, or kept. */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "faults.h"

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

const struct fault lock_faults[] = {
	{ "lockdep", fault_lockdep },
	{ "atomic", fault_atomic },
	{ "held", fault_held },
	{ "rcu-held", fault_rcu_held },
	{ }
};
