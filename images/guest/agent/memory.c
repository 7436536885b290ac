// SPDX-License-Identifier: GPL-2.0-only
/* Memory that the client reads and writes, and the faults this may end in. */
#include <errno.h>
#include <stdatomic.h>

#include "task.h"

/* While armed, a fault jumps back to where it was set. */
__thread struct guard guard;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!guard.armed) {
		signal(number, SIG_DFL);
		/* It need not recur: kill(2) and a driver's force_sig() send it once. */
		raise(number);
		return;
	}
	guard.armed = 0;
	guard.fault.signal = number;
	guard.fault.code = info->si_code;
	guard.fault.address = (uintptr_t)info->si_addr;
	siglongjmp(guard.back, 1);
}

void catch_faults(void)
{
	/* SA_NODEFER, because the jump back leaves the signal mask as it is. */
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
}

/* clang has __has_feature; gcc defines the macro itself. */
#if defined(__has_feature) && !defined(__SANITIZE_ADDRESS__)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
/* In memcpy(), a bad address of the client would be a sanitizer error of the agent. */
__attribute__((no_sanitize("address", "undefined")))
static void copy_unchecked(void *to, const void *from, size_t length)
{
	volatile char *at = to;

	for (const volatile char *byte = from; length; length--)
		*at++ = *byte++;
}
#else
#define copy_unchecked memcpy
#endif

/* Copies where either side may fault. */
static bool copy_guarded(void *to, const void *from, size_t length)
{
	if (sigsetjmp(guard.back, 0))
		return false;
	guard.armed = 1;
	atomic_signal_fence(memory_order_seq_cst);
	copy_unchecked(to, from, length);
	atomic_signal_fence(memory_order_seq_cst);
	guard.armed = 0;
	return true;
}

static void reply_fault(struct task *task)
{
	task->frame.fault = guard.fault;
	reply(task, FAULT, sizeof(struct fault));
}

void answer_read(struct task *task)
{
	const struct range range = task->frame.range;

	if (range.length > MAX_PAYLOAD)
		reply_error(task, EMSGSIZE, "a read takes more than one frame");
	else if (copy_guarded(task->frame.payload, (void *)(uintptr_t)range.address, range.length))
		reply(task, DATA, range.length);
	else
		reply_fault(task);
}

void answer_write(struct task *task)
{
	const struct bytes *bytes = &task->frame.bytes;
	size_t length = task->frame.header.length - offsetof(struct bytes, content);

	if (copy_guarded((void *)(uintptr_t)bytes->address, bytes->content, length))
		reply(task, OK, 0);
	else
		reply_fault(task);
}
