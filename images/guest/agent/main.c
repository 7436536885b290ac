// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's agent: remote system calls and the kernel log over one byte stream (stdin, stdout).
 *
 * One process, the router (router.h), polls the stream, /dev/kmsg and the tasks' sockets, and
 * never blocks. A task (task.h) is a thread in another process that serves requests in order, and
 * may block in a system call forever. Each has a socket to the router. The other side of the
 * stream is the client, harness/guest/agent/. The agent is also root's login shell.
 *
 *	gcc -static -O2 -Wall -Wextra -Werror -pthread -o agent *.c
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "router.h"

/*
 * The harness's two command lines (harness/guest/) are handled without a shell, which on emulation
 * costs as much as ten system calls of a test, and on a restored machine a hundred.
 */
static const char serve_line[] = "exec /bin/agent";
static const char run_line[] = "echo $$ >&2; exec setsid sh -c '";

/* Unquotes a single-quoted word of sh; false if anything follows it. */
static bool unquote(char *word)
{
	char *to = word;

	for (const char *from = word; *from;) {
		if (*from != '\'') {
			*to++ = *from++;
		} else if (!strncmp(from, "'\\''", 4)) {
			*to++ = '\'';
			from += 4;
		} else {
			*to = '\0';
			return from[1] == '\0';
		}
	}
	return false;
}

/*
 * Ends as the program did, but not while the harness holds the lock (harness/guest/ssh/turns.ts):
 * sshd sees the end of this process.
 */
static void end_as(pid_t program)
{
	int status = 0;

	/* Whoever reads from the program, or writes to it, sees its end. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	while (waitpid(program, &status, 0) < 0 && errno == EINTR)
		;
	flock(open("/bin/agent", O_RDONLY), LOCK_SH);
	if (WIFSIGNALED(status))
		kill(getpid(), WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

/* Runs the harness's command; returns if the line is another. */
static void run(const char *line)
{
	pid_t program;
	char *copy;

	if (strncmp(line, run_line, strlen(run_line)))
		return;
	copy = strdup(line + strlen(run_line));
	if (!copy || !unquote(copy))
		return;
	program = fork();
	if (program > 0)
		end_as(program);
	if (program < 0) {
		perror("fork");
		exit(127);
	}
	dprintf(STDERR_FILENO, "%d\n", getpid());
	setsid();
	execl("/bin/sh", "sh", "-c", copy, NULL);
}

/* Returns if the agent shall serve: the pid of the sshd that started it, or 0 if none did. */
static pid_t be_login_shell(int count, char **arguments)
{
	const char *line = count == 3 && !strcmp(arguments[1], "-c") ? arguments[2] : NULL;
	bool is_login = arguments[0][0] == '-';

	if (!line && !is_login)
		return 0;
	setenv("SHELL", "/bin/sh", 1);
	if (line && !strcmp(line, serve_line))
		return getppid();
	if (line)
		run(line);
	arguments[0] = is_login ? "-sh" : "sh";
	execv("/bin/sh", arguments);
	perror("/bin/sh");
	exit(127);
}

/*
 * Mounts /proc late, because dropbear reads much of it per connection, as randomness for kernels
 * without any: a third of the time to log in to an emulated guest.
 */
static void need_proc(void)
{
	if (access("/proc/self", F_OK) && mount("proc", "/proc", "proc", 0, NULL))
		perror("/proc");
}

int main(int count, char **arguments)
{
	need_proc();
	run_router(be_login_shell(count, arguments));
}
