// SPDX-License-Identifier: GPL-2.0-only
/* Tasks and processors that do not go on. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include "faults.h"

/* Longer than the second that the test makes the kernel's patience. */
static noinline int fault_hung_task(void)
{
	DECLARE_COMPLETION_ONSTACK(never);

	wait_for_completion_timeout(&never, 8 * HZ);
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

const struct fault stall_faults[] = {
	{ "hung-task", fault_hung_task },
	{ "lockup", fault_lockup },
	{ "hang", hang_everywhere },
	{ "sleep", fault_sleep },
	{ }
};
