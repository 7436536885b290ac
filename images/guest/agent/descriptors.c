// SPDX-License-Identifier: GPL-2.0-only
/* High descriptors, so that the low ones of a user process look like any process's. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "task.h"

#define FIRST_HIGH_FD	1000
#define HIGH_FDS	4096

static void widen_limit(struct rlimit *before)
{
	struct rlimit wide = { .rlim_cur = FIRST_HIGH_FD + HIGH_FDS };

	getrlimit(RLIMIT_NOFILE, before);
	if (before->rlim_cur >= wide.rlim_cur)
		return;
	wide.rlim_max = before->rlim_max < wide.rlim_cur ? wide.rlim_cur : before->rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &wide)) {
		wide.rlim_cur = before->rlim_max;
		wide.rlim_max = before->rlim_max;
		setrlimit(RLIMIT_NOFILE, &wide);
	}
}

/* Close-on-exec. Closes the low one in any case; the limit is wide. */
static int lift(int fd)
{
	int high;

	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH_FD);
	close(fd);
	return high;
}

void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* Returns 0 or an errno. */
int high_socketpair(int pair[2])
{
	struct rlimit before;
	int failure = 0;

	widen_limit(&before);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		failure = errno;
		goto restore;
	}
	pair[0] = lift(pair[0]);
	pair[1] = lift(pair[1]);
	if (pair[0] < 0 || pair[1] < 0) {
		failure = errno;
		close_pair(pair);
	}
restore:
	setrlimit(RLIMIT_NOFILE, &before);
	return failure;
}

int open_high(const char *path, int flags)
{
	struct rlimit before;
	int fd;

	widen_limit(&before);
	fd = lift(open(path, flags | O_CLOEXEC));
	setrlimit(RLIMIT_NOFILE, &before);
	return fd;
}
