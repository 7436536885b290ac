// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll [THREADS [OPERATIONS]]: THREADS (default 4) threads each make OPERATIONS (default 100)
 * buffers, put each into one epoll set and close it, while as many others wait on the set: the
 * last close races the poll of what is being closed. Every other buffer has a fence pending,
 * whose callback holds it until it is signalled. TAP 14 on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../module/exporter.h"
#include "program.h"

#define DEVICE "/dev/exporter"
#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"
#define MAX_THREADS 64UL
#define MAX_OPERATIONS 1000000UL
#define MAX_EVENTS 16

/* drivers/dma-buf/sw_sync.c */
struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_IOC_CREATE_FENCE _IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, uint32_t)

static pthread_barrier_t start;
static unsigned long operations = 100;
static int epoll = -1;
static atomic_ulong closing, watched, events_seen;
/* The first call that failed, or NULL. */
static _Atomic(const char *) failed_call;
static atomic_int failed_errno;

static bool fail(const char *call)
{
	const char *none = NULL;

	if (atomic_compare_exchange_strong(&failed_call, &none, call))
		failed_errno = errno;
	return false;
}

/* Adds a write fence that the timeline signals at its next step. */
static bool import_fence(int timeline, int dmabuf)
{
	struct sw_sync_create_fence_data fence = { .value = 1 };
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_WRITE };

	if (ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &fence) < 0)
		return fail("SW_SYNC_IOC_CREATE_FENCE");
	import.fd = fence.fence;

	bool ok = ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import) == 0 ||
		  fail("DMA_BUF_IOCTL_IMPORT_SYNC_FILE");

	close(fence.fence);
	return ok;
}

static bool watch_and_close(int dmabuf)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.fd = dmabuf };
	bool ok = epoll_ctl(epoll, EPOLL_CTL_ADD, dmabuf, &event) == 0 || fail("epoll_ctl");

	/* On one CPU, no waiter would run before the close. */
	if (atomic_fetch_add(&watched, 1) % 3 == 0)
		sched_yield();
	return (close(dmabuf) == 0 || fail("close")) && ok;
}

static bool race_with_fence(int dmabuf)
{
	int timeline = open(SW_SYNC, O_RDWR | O_CLOEXEC);
	uint32_t one = 1;

	if (timeline < 0) {
		close(dmabuf);
		return fail("open " SW_SYNC);
	}

	bool ok = import_fence(timeline, dmabuf);

	ok &= watch_and_close(dmabuf);
	if (ioctl(timeline, SW_SYNC_IOC_INC, &one) < 0)
		ok = fail("SW_SYNC_IOC_INC");
	close(timeline);
	return ok;
}

static bool race(bool with_fence)
{
	int device = open(DEVICE, O_RDWR | O_CLOEXEC);
	int dmabuf = -1;

	if (device < 0)
		return fail("open " DEVICE);

	bool ok = ioctl(device, EXPORTER_IOC_GET_FD, &dmabuf) == 0 || fail("EXPORTER_IOC_GET_FD");

	close(device);
	return ok && (with_fence ? race_with_fence(dmabuf) : watch_and_close(dmabuf));
}

/* Continues beyond OPERATIONS, within bounds, until a waiter has seen an event: a race. */
static bool is_wanted(unsigned long done)
{
	return done < operations || (!atomic_load(&events_seen) && done / 100 < operations);
}

static void *make_and_close(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&start);
	for (unsigned long done = 0; is_wanted(done) && race(done % 2); done++)
		;
	atomic_fetch_sub(&closing, 1);
	return NULL;
}

static void *wait_for_events(void *unused)
{
	struct epoll_event events[MAX_EVENTS];

	(void)unused;
	pthread_barrier_wait(&start);
	while (atomic_load(&closing)) {
		int count = epoll_wait(epoll, events, MAX_EVENTS, 0);

		if (count < 0) {
			fail("epoll_wait");
			break;
		}
		atomic_fetch_add(&events_seen, count);
		sched_yield();
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t workers[2 * MAX_THREADS];
	unsigned long threads = 4;
	char message[128] = "";
	bool ok = true;

	printf("TAP version 14\n");
	if (argc > 1)
		threads = parse("THREADS", argv[1], MAX_THREADS);
	if (argc > 2)
		operations = parse("OPERATIONS", argv[2], MAX_OPERATIONS);
	printf("1..3\n");

	int before = count_descriptors();

	epoll = epoll_create1(EPOLL_CLOEXEC);
	closing = threads;
	pthread_barrier_init(&start, NULL, 2 * threads);
	for (unsigned long i = 0; i < 2 * threads; i++) {
		errno = pthread_create(&workers[i], NULL,
				       i < threads ? make_and_close : wait_for_events, NULL);
		if (errno) {
			printf("Bail out! thread %lu: %s\n", i, strerror(errno));
			return EXIT_FAILURE;
		}
	}
	for (unsigned long i = 0; i < 2 * threads; i++)
		pthread_join(workers[i], NULL);
	close(epoll);

	if (failed_call)
		snprintf(message, sizeof(message), "%s: %s", failed_call, strerror(failed_errno));
	ok &= report(1, !failed_call, "each buffer is made, watched and closed", message);
	ok &= report(2, events_seen > 0, "the waiters saw buffers before they were closed",
		     "no event was seen: nothing raced");
	ok &= report_descriptors(3, before);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
