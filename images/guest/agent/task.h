/* SPDX-License-Identifier: GPL-2.0-only */
/* A task: a thread of a user process. */
#ifndef AGENT_TASK_H
#define AGENT_TASK_H

#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "protocol.h"

struct task {
	LIST_ENTRY(task) entry;
	int sock;
	int fail_nth;		/* of its thread; -1: not open */
	bool is_thread;		/* and not what its process began with */
	pid_t tid;
	sem_t started;
	struct frame frame;	/* the answer takes the place of the request */
};

void serve(struct task *task);
void reply(struct task *task, uint32_t op, size_t length);
void reply_with(struct task *task, uint32_t op, size_t length, int fd);
void reply_error(struct task *task, int number, const char *text);

/* user-process.c */
void become_user_process(int sock, pid_t router);

/* fork.c */
struct new_task new_task(pid_t pid, pid_t tid);
void be_only_task(struct task *mine, int sock);
void answer_fork(struct task *task);
void answer_thread(struct task *task);
void answer_exit(struct task *task);
void end_task(struct task *task, int status);

/* descriptors.c */
int high_socketpair(int pair[2]);
void close_pair(const int pair[2]);
int open_high(const char *path, int flags);

/* calls.c */
void answer_call(struct task *task);
void answer_call_32(struct task *task);
void answer_failing_call(struct task *task);

/* memory.c */
extern __thread struct guard {
	sigjmp_buf back;
	volatile sig_atomic_t armed;
	struct fault fault;
} guard;

void catch_faults(void);
void answer_read(struct task *task);
void answer_write(struct task *task);

/* files.c */
void answer_read_file(struct task *task);
void answer_write_file(struct task *task);

/* tree.c */
void answer_list_tree(struct task *task);

#endif
