// SPDX-License-Identifier: GPL-2.0-only
/* The kernel log. A barrier is answered when all that was logged before it has been sent. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "router.h"

#define MAX_BARRIERS	64
/* linux/kernel/printk: a record with its prefix takes at most 8 KiB. */
#define RECORD_BYTES	(8 * 1024)

int log_fd;
static uint32_t barriers[MAX_BARRIERS];
static int barrier_count;

void open_log(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		log_fd = -errno;
}

void add_barrier(uint32_t request)
{
	if (barrier_count < MAX_BARRIERS)
		barriers[barrier_count++] = request;
	else
		emit_error(request, 0, EAGAIN, "too many barriers at once");
}

bool has_barriers(void)
{
	return barrier_count;
}

/* Returns whether another may follow at once. */
static bool read_record(void)
{
	char record[RECORD_BYTES];
	ssize_t size = read(log_fd, record, sizeof(record));
	const char *end;

	if (size > 0) {
		/* Later lines are the record's dictionary. */
		end = memchr(record, '\n', size);
		emit(0, 0, LOG, record, end ? end - record : size);
		return true;
	}
	if (errno != EPIPE && errno != EINVAL)
		return errno == EINTR;
	/* The ring buffer overran, or the record is too long; the next read continues. */
	emit(0, 0, LOG_LOST, NULL, 0);
	return true;
}

/* Until none is left, or the output is full. */
void read_log(void)
{
	while (has_room()) {
		if (read_record())
			continue;
		for (int i = 0; i < barrier_count; i++)
			emit_ok(barriers[i]);
		barrier_count = 0;
		return;
	}
}
