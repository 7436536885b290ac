// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a task, one after another. */
#include <errno.h>

#include "task.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* What serves each, and how long its payload is: at least, at most. */
static const struct {
	void (*answer)(struct task *task);
	uint32_t min, max;
} requests[] = {
	[SYSCALL] = { answer_call, sizeof(struct call), sizeof(struct call) },
	[SYSCALL_32] = { answer_call_32, sizeof(struct call), sizeof(struct call) },
	[FAIL_NTH] = { answer_failing_call, sizeof(struct failing), sizeof(struct failing) },
	[READ] = { answer_read, sizeof(struct range), sizeof(struct range) },
	[WRITE] = { answer_write, offsetof(struct bytes, content), MAX_PAYLOAD },
	[FORK] = { answer_fork, 0, MAX_PAYLOAD },
	[THREAD] = { answer_thread, 0, MAX_PAYLOAD },
	[EXIT] = { answer_exit, sizeof(uint32_t), sizeof(uint32_t) },
	[READ_FILE] = { answer_read_file, 0, MAX_PAYLOAD },
	[WRITE_FILE] = { answer_write_file, offsetof(struct new_file, path), MAX_PAYLOAD },
	[LIST_TREE] = { answer_list_tree, sizeof(uint32_t), sizeof(struct list_tree) - 1 },
};

/* The answer to the request in the task's frame, whose payload is in its place. */
void reply_with(struct task *task, uint32_t op, size_t length, int fd)
{
	struct iovec bytes = { &task->frame, sizeof(struct header) + length };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
	union descriptor control = { 0 };

	task->frame.header.op = op;
	task->frame.header.length = length;
	if (fd >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	while (sendmsg(task->sock, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

void reply(struct task *task, uint32_t op, size_t length)
{
	reply_with(task, op, length, -1);
}

void reply_error(struct task *task, int number, const char *text)
{
	reply(task, ERROR, set_error(&task->frame.error, number, text));
}

static void answer(struct task *task)
{
	const uint32_t op = task->frame.header.op, length = task->frame.header.length;

	if (op < ARRAY_SIZE(requests) && requests[op].answer &&
	    length >= requests[op].min && length <= requests[op].max)
		requests[op].answer(task);
	else
		reply_error(task, EPROTO,
			    "a task does not know this request, or not with this length");
}

void serve(struct task *task)
{
	for (;;) {
		ssize_t size = recv(task->sock, &task->frame, sizeof(task->frame), 0);

		if (size >= (ssize_t)sizeof(struct header))
			answer(task);
		else if (size >= 0 || errno != EINTR)
			end_task(task, 0);
	}
}
