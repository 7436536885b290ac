// SPDX-License-Identifier: GPL-2.0-only
/* System calls: as they are, by the 32-bit entry, and with a fault injected. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "task.h"

#define MAX_ERRNO	4095	/* linux/err.h */

static struct result invoke(const struct call *call)
{
	const uint64_t *a = call->arguments;
	long value = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);

	return (struct result){ .value = value, .error = value == -1 ? errno : 0 };
}

void answer_call(struct task *task)
{
	task->frame.result = invoke(&task->frame.call);
	reply(task, RESULT, sizeof(struct result));
}

/*
 * Enters the kernel as a 32-bit program does (arch/x86/entry/syscalls/syscall_32.tbl). The sixth
 * argument is swapped into %rbp only for the call, because that may be the frame pointer.
 */
static long invoke_32(const struct call *call)
{
#ifdef __x86_64__
	register uint64_t sixth __asm__("r12") = call->arguments[5];
	const uint64_t *a = call->arguments;
	long value;

	__asm__ volatile("xchg %%rbp, %[sixth]\n\tint $0x80\n\txchg %%rbp, %[sixth]"
			 : "=a"(value), [sixth] "+r"(sixth)
			 : "a"(call->number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return value;
#else
	(void)call;
	return -ENOSYS;
#endif
}

void answer_call_32(struct task *task)
{
	bool is_error;
	long value;

	/* A kernel without the 32-bit entry sends SIGSEGV. */
	if (sigsetjmp(guard.back, 0)) {
		reply_error(task, ENOSYS, "this kernel takes no 32-bit system calls");
		return;
	}
	guard.armed = 1;
	value = invoke_32(&task->frame.call);
	guard.armed = 0;
	is_error = value < 0 && value >= -MAX_ERRNO;
	task->frame.result = (struct result){
		.value = is_error ? -1 : value,
		.error = is_error ? -value : 0,
	};
	reply(task, RESULT, sizeof(struct result));
}

/*
 * Arms fail-nth, makes the call and reads the counter back, with nothing between. The counter also
 * fails the copies of these reads and writes (CONFIG_FAULT_INJECTION_USERCOPY); EFAULT while
 * reading it back therefore means that one failure was left.
 */
static __attribute__((noinline)) int invoke_failing(int fail_nth, uint64_t n,
						    const struct call *call, struct result *result)
{
	char armed[24], left[24] = "";
	int length = snprintf(armed, sizeof(armed), "%llu", (unsigned long long)n);

	if (pwrite(fail_nth, armed, length, 0) < 0)
		return -1;
	*result = invoke(call);
	if (pread(fail_nth, left, sizeof(left) - 1, 0) < 0)
		left[0] = '1';
	result->failures_left = strtoul(left, NULL, 10);
	return 0;
}

void answer_failing_call(struct task *task)
{
	const struct failing failing = task->frame.failing;
	const struct call dry = { .number = SYS_getpid };
	struct result *result = &task->frame.result;

	/* On demand: it costs a sixth of starting a process. */
	if (task->fail_nth < 0)
		task->fail_nth = open_high("/proc/thread-self/fail-nth", O_RDWR);
	if (task->fail_nth < 0) {
		reply_error(task, ENOENT, "this kernel has no /proc/thread-self/fail-nth");
		return;
	}
	/* First a dry run: page faults on untouched code and stack would count as failures. */
	if (invoke_failing(task->fail_nth, 0, &dry, result) ||
	    invoke_failing(task->fail_nth, failing.n, &failing.call, result)) {
		reply_error(task, errno, "fail-nth did not take its number");
		return;
	}
	while (pwrite(task->fail_nth, "0", 1, 0) < 0 && errno == EFAULT)
		;
	reply(task, RESULT, sizeof(struct result));
}
