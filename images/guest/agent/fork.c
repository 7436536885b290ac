// SPDX-License-Identifier: GPL-2.0-only
/* How tasks begin and end: copies of a user process, and threads in it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "task.h"

#define SCRATCH_BYTES		(1024 * 1024)
#define THREAD_STACK_BYTES	(128 * 1024)

/* Memory of a user process for the client's strings and structures. */
static char scratch[SCRATCH_BYTES] __attribute__((aligned(4096)));

/* Of this process: a forked child closes their descriptors. */
static LIST_HEAD(, task) tasks;
static pthread_mutex_t tasks_lock = PTHREAD_MUTEX_INITIALIZER;

struct new_task new_task(pid_t pid, pid_t tid)
{
	return (struct new_task){
		.pid = pid,
		.tid = tid,
		.scratch = (uintptr_t)scratch,
		.scratch_length = SCRATCH_BYTES,
	};
}

static void close_descriptors(const struct task *task)
{
	close(task->sock);
	if (task->fail_nth >= 0)
		close(task->fail_nth);
}

/* In a new process, which has no other thread. */
void be_only_task(struct task *mine, int sock)
{
	struct task *task;

	LIST_FOREACH(task, &tasks, entry)
		close_descriptors(task);
	LIST_INIT(&tasks);
	LIST_INSERT_HEAD(&tasks, mine, entry);
	mine->is_thread = false;
	mine->sock = sock;
	mine->fail_nth = -1;
}

static void reply_new_task(struct task *task, pid_t pid, pid_t tid, int routers_end)
{
	task->frame.new_task = new_task(pid, tid);
	reply_with(task, TASK, sizeof(struct new_task), routers_end);
	close(routers_end);
}

void answer_fork(struct task *task)
{
	int pair[2], failure;
	pid_t pid;

	pthread_mutex_lock(&tasks_lock);
	failure = high_socketpair(pair);
	if (failure) {
		reply_error(task, failure, "socketpair");
		goto unlock;
	}
	pid = fork();
	if (pid < 0) {
		reply_error(task, errno, "fork");
		close_pair(pair);
	} else if (pid) {
		close(pair[1]);
		reply_new_task(task, pid, pid, pair[0]);
	} else {
		close(pair[0]);
		be_only_task(task, pair[1]);
	}
unlock:
	pthread_mutex_unlock(&tasks_lock);
}

static void *serve_thread(void *data)
{
	struct task *task = data;

	task->tid = syscall(SYS_gettid);
	sem_post(&task->started);
	serve(task);
	return NULL;
}

/* NULL with errno if it cannot. */
static struct task *start_thread(int sock)
{
	struct task *task = calloc(1, sizeof(*task));
	pthread_attr_t detached;
	pthread_t thread;
	int failure;

	if (!task)
		return NULL;
	task->sock = sock;
	task->fail_nth = -1;
	task->is_thread = true;
	sem_init(&task->started, 0, 0);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, THREAD_STACK_BYTES);
	failure = pthread_create(&thread, &detached, serve_thread, task);
	pthread_attr_destroy(&detached);
	if (failure) {
		free(task);
		errno = failure;
		return NULL;
	}
	while (sem_wait(&task->started))
		;
	LIST_INSERT_HEAD(&tasks, task, entry);
	return task;
}

void answer_thread(struct task *task)
{
	const struct task *made;
	int pair[2], failure;

	pthread_mutex_lock(&tasks_lock);
	failure = high_socketpair(pair);
	if (failure) {
		reply_error(task, failure, "socketpair");
		goto unlock;
	}
	made = start_thread(pair[1]);
	if (made) {
		reply_new_task(task, getpid(), made->tid, pair[0]);
	} else {
		reply_error(task, errno, "thread");
		close_pair(pair);
	}
unlock:
	pthread_mutex_unlock(&tasks_lock);
}

/* Ends a thread; ends the whole process if the task is not an added thread. */
void end_task(struct task *task, int status)
{
	if (!task->is_thread)
		_exit(status);
	pthread_mutex_lock(&tasks_lock);
	LIST_REMOVE(task, entry);
	close_descriptors(task);
	pthread_mutex_unlock(&tasks_lock);
	free(task);
	pthread_exit(NULL);
}

void answer_exit(struct task *task)
{
	end_task(task, task->frame.status);
}
