// SPDX-License-Identifier: GPL-2.0-only
/* Warnings, and words that look like one: once, again and again, late, on each processor. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "faults.h"

static noinline int fault_warn(void)
{
	WARN(1, "a warning that was asked for\n");
	return 0;
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

void flush_late_warning(void)
{
	flush_delayed_work(&late);
}

const struct fault warning_faults[] = {
	{ "warn", fault_warn },
	{ "words", fault_words },
	{ "again", fault_again },
	{ "late", arm_late },
	{ "everywhere", fault_everywhere },
	{ }
};
