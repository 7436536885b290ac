// SPDX-License-Identifier: GPL-2.0-only
/* Processes that belong to no task: running commands, and what outlived them. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "router.h"

#define MAX_ROUNDS	200

static_assert(MAX_PROCESSES * sizeof(struct other) <= MAX_PAYLOAD, "they are one frame");

struct pids {
	int count;
	pid_t pid[MAX_PROCESSES];
};

/* Ran before the first request. */
static struct pids standing;
/* Stopped processes cannot fork. */
static struct pids stopped;
/* Parent of this session's commands. 0 outside a guest, where only descendants count. */
static pid_t sshd;

static bool has_pid(const struct pids *pids, pid_t pid)
{
	for (int i = 0; i < pids->count; i++)
		if (pids->pid[i] == pid)
			return true;
	return false;
}

void remember_standing(pid_t parent_of_commands)
{
	sshd = parent_of_commands;
	see_processes();
	for (int i = 0; i < seen_count; i++)
		standing.pid[standing.count++] = seen[i].pid;
}

/* A free pid may be reused later. */
static void forget_standing(void)
{
	int kept = 0;

	for (int i = 0; i < standing.count; i++)
		if (seen_process(standing.pid[i]))
			standing.pid[kept++] = standing.pid[i];
	standing.count = kept;
}

enum owner {
	/* The guest's own processes, and tasks, which the client ends. */
	NOT_OURS,
	/* Of a running command, of a program that replaced a task, or a task's child. */
	HELD,
	/* Its parent has ended. */
	LEFT,
};

static enum owner owner_of(const struct process *process)
{
	const struct peer *peer = living_peer(process->pid);
	pid_t me = getpid();

	if (peer)
		return peer->sock < 0 ? HELD : NOT_OURS;
	if (process->pid == me || has_pid(&standing, process->pid))
		return NOT_OURS;
	for (int depth = 0; process && depth < seen_count; depth++) {
		pid_t parent = process->parent;

		if (living_peer(parent) || (sshd && parent == sshd))
			return HELD;
		if (parent == me)
			return LEFT;
		if (has_pid(&standing, parent))
			break;
		process = seen_process(parent);
	}
	/* The parent is init, a kernel thread, or has just ended. */
	return sshd ? LEFT : NOT_OURS;
}

/*
 * Returns how many were not stopped when last seen, and may have forked since. A process in
 * uninterruptible sleep does not fork, either: it may be waiting for its vfork().
 */
static int stop_held(void)
{
	int fresh = 0;

	for (int i = 0; i < seen_count && stopped.count < MAX_PROCESSES; i++) {
		const struct process *process = &seen[i];

		if (owner_of(process) != HELD || has_pid(&stopped, process->pid))
			continue;
		fresh++;
		if (process->state != 'R' && process->state != 'S')
			stopped.pid[stopped.count++] = process->pid;
		kill(process->pid, SIGSTOP);
	}
	return fresh;
}

/* All, before the first is killed: a child being forked meanwhile would look like an orphan. */
static bool stop_all_held(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	stopped.count = 0;
	/* A process that loops in the kernel never stops. */
	for (int round = 0; round < MAX_ROUNDS; round++) {
		if (!see_processes())
			return false;
		if (!stop_held())
			break;
		/* Gives them the guest's only CPU. */
		nanosleep(&moment, NULL);
	}
	return true;
}

/* Kills running commands, and with @kill_left orphans, and answers with both. */
void answer_others(uint32_t request, bool kill_left)
{
	static struct other others[MAX_PROCESSES];
	int count = 0;

	if (!stop_all_held()) {
		emit_error(request, 0, errno, "/proc cannot be read");
		return;
	}
	forget_standing();
	for (int i = 0; i < seen_count; i++) {
		enum owner owner = owner_of(&seen[i]);

		if (owner == NOT_OURS)
			continue;
		others[count].pid = seen[i].pid;
		others[count].is_left = owner == LEFT;
		memcpy(others[count].name, seen[i].name, sizeof(others[count].name));
		count++;
		if (kill_left || owner == HELD)
			kill(seen[i].pid, SIGKILL);
	}
	emit(request, 0, DATA, others, count * sizeof(others[0]));
}

void kill_descendants(void)
{
	pid_t me = getpid();

	for (int i = 0; i < peer_count; i++)
		if (is_alive(&peers[i]))
			kill(peers[i].pid, SIGKILL);
	/* Orphans become children of the router, a subreaper, so this reaches everything. */
	do {
		if (!see_processes())
			return;
		for (int i = 0; i < seen_count; i++)
			if (seen[i].parent == me)
				kill(seen[i].pid, SIGKILL);
	} while (waitpid(-1, NULL, 0) > 0);
}
