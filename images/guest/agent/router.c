// SPDX-License-Identifier: GPL-2.0-only
/* The router's loop, and its answers to what the client asks of itself. */
#define _GNU_SOURCE /* ppoll() */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "router.h"

/* What is polled: these, and then the peers. */
enum {
	FROM_CLIENT,
	TO_CLIENT,
	KERNEL_LOG,
	FIRST_PEER,
};

static struct pollfd polled[FIRST_PEER + MAX_TASKS];
static volatile sig_atomic_t child_died;

static void on_child(int number)
{
	(void)number;
	child_died = 1;
}

static void say_hello(uint32_t request)
{
	struct hello hello = {
		.protocol = PROTOCOL,
#if defined(__x86_64__)
		.machine = EM_X86_64,
#elif defined(__aarch64__)
		.machine = EM_AARCH64,
#else
#error "say which machine this is (ELF e_machine), and add its tables to harness/guest/abi"
#endif
		.page_size = sysconf(_SC_PAGESIZE),
		.max_payload = MAX_PAYLOAD,
		.log_errno = log_fd < 0 ? -log_fd : 0,
	};
	struct utsname name;

	uname(&name);
	memcpy(hello.release, name.release, sizeof(hello.release));
	emit(request, 0, HELLO, &hello, sizeof(hello));
}

static void answer(const struct header *frame)
{
	const uint32_t request = frame->request;
	uint32_t number = 0;

	if (frame->length >= sizeof(number))
		memcpy(&number, frame + 1, sizeof(number));
	switch (frame->op) {
	case HELLO:
		say_hello(request);
		break;
	case SPAWN:
		spawn(frame);
		break;
	case KILL:
		kill_peer(request, number);
		break;
	case BARRIER:
		add_barrier(request);
		break;
	case FENCE:
		raise_fence(request, number);
		break;
	case OTHERS:
		answer_others(request, number);
		break;
	default:
		emit_error(request, 0, EPROTO, "the router does not know this request");
	}
}

static void take_frames(void)
{
	const struct header *frame;

	while (!is_fenced() && has_room() && (frame = next_frame())) {
		if (frame->task)
			pass_on(frame);
		else
			answer(frame);
		drop_frame(frame);
	}
}

static void make_progress(void)
{
	if (child_died)
		child_died = reap();
	/* All may be answered already when a fence is raised: then it is lowered at once. */
	do {
		take_frames();
	} while (lower_fence());
	if (has_barriers())
		read_log();
	flush();
}

static void watch(int place, int fd, short events)
{
	polled[place] = (struct pollfd){ .fd = fd, .events = events };
}

/* Returns -1 when a signal came instead. */
static int wait_for_more(const sigset_t *signals)
{
	const struct timespec at_once = { 0 }, *timeout = NULL;
	bool room = has_room();

	/* Work that stopped for lack of room continues after flushing. */
	if (room && (has_barriers() || child_died || (!is_fenced() && next_frame())))
		timeout = &at_once;
	else if (room)
		timeout = fence_timeout();
	watch(FROM_CLIENT, has_input_room() ? STDIN_FILENO : -1, POLLIN);
	watch(TO_CLIENT, is_flushed() ? -1 : STDOUT_FILENO, POLLOUT);
	watch(KERNEL_LOG, room ? log_fd : -1, POLLIN);
	for (int i = 0; i < peer_count; i++)
		watch(FIRST_PEER + i, room ? peers[i].sock : -1,
		      STAILQ_EMPTY(&peers[i].queue) ? POLLIN : POLLIN | POLLOUT);
	return ppoll(polled, FIRST_PEER + peer_count, timeout, signals);
}

static void take_what_came(void)
{
	/* Peers that are added meanwhile have not been polled. */
	for (int i = 0, count = peer_count; i < count; i++) {
		short came = polled[FIRST_PEER + i].revents;

		if (came & POLLOUT)
			send_queued(&peers[i]);
		if (came & (POLLIN | POLLHUP | POLLERR))
			read_peer(&peers[i]);
	}
	if (polled[KERNEL_LOG].revents)
		read_log();
	if (polled[FROM_CLIENT].revents)
		read_input();
}

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void run_router(pid_t sshd)
{
	struct sigaction child = { .sa_handler = on_child };
	sigset_t blocked, while_waiting;

	remember_standing(sshd);
	open_log();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
	sigdelset(&while_waiting, SIGCHLD);
	sigaction(SIGCHLD, &child, NULL);
	set_nonblocking(STDIN_FILENO);
	set_nonblocking(STDOUT_FILENO);
	for (;;) {
		make_progress();
		if (wait_for_more(&while_waiting) >= 0)
			take_what_came();
		else if (errno != EINTR)
			fatal(strerror(errno));
	}
}
