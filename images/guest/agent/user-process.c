// SPDX-License-Identifier: GPL-2.0-only
/* What the router's child becomes: a process like any other, with a task. */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "task.h"

static void on_interrupt(int number)
{
	(void)number;
}

static void set_signals(void)
{
	/* SIGUSR1 only interrupts a blocked call: no SA_RESTART. */
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	sigset_t none;

	catch_faults();
	sigaction(SIGUSR1, &interrupt, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Begins a process: descriptors 0, 1 and 2 on /dev/null, and otherwise only the agent's own. */
void become_user_process(int sock, pid_t router)
{
	static struct task task;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != router)
		_exit(1);
	/* kill(0, …) must not reach the router. */
	setpgid(0, 0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(1);
	if (syscall(SYS_close_range, 3, sock - 1, 0) || syscall(SYS_close_range, sock + 1, ~0U, 0))
		_exit(1);
	set_signals();
	be_only_task(&task, sock);
	serve(&task);
}
