// SPDX-License-Identifier: GPL-2.0-only
/* The guest's processes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "router.h"

#define KERNEL_THREAD	0x00200000	/* linux/sched.h: PF_KTHREAD */

struct process seen[MAX_PROCESSES];
int seen_count;

/* Documentation/filesystems/proc.rst, table 1-4: from the end of the name to num_threads. */
static const char after_name[] =
	") %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d";

/* False if gone, a zombie, or a kernel thread. */
static bool read_process(pid_t pid, struct process *process)
{
	char path[32], stat[512], *name, *name_end;
	unsigned int flags;
	int threads, fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (length <= 0)
		return false;
	stat[length] = '\0';
	name = strchr(stat, '(');
	/* A name may contain brackets. */
	name_end = strrchr(stat, ')');
	if (!name || !name_end ||
	    sscanf(name_end, after_name, &process->state, &process->parent, &flags, &threads) != 4)
		return false;
	/* After its first thread's end, a process is no zombie while other threads run. */
	if ((strchr("ZX", process->state) && threads <= 1) || flags & KERNEL_THREAD)
		return false;
	process->pid = pid;
	memset(process->name, 0, sizeof(process->name));
	for (size_t i = 0; ++name < name_end && i < sizeof(process->name); i++)
		process->name[i] = *name;
	return true;
}

bool see_processes(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	seen_count = 0;
	if (!proc)
		return false;
	while ((entry = readdir(proc)) && seen_count < MAX_PROCESSES) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0 && read_process(pid, &seen[seen_count]))
			seen_count++;
	}
	closedir(proc);
	return true;
}

const struct process *seen_process(pid_t pid)
{
	for (int i = 0; i < seen_count; i++)
		if (seen[i].pid == pid)
			return &seen[i];
	return NULL;
}
