// SPDX-License-Identifier: GPL-2.0-only
/*
 * races closing|handing|opening|mapping [OPERATIONS]: two threads race, OPERATIONS (default 100)
 * times each. TAP 14 on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../module/exporter.h"
#include "../module/importer.h"
#include "program.h"

#define DEVICE "/dev/exporter"
#define IMPORTER "/dev/importer"
#define MAX_OPERATIONS 1000000UL

static pthread_barrier_t start;
static unsigned long operations = 100;
static atomic_bool finished;
static pthread_mutex_t failure_lock = PTHREAD_MUTEX_INITIALIZER;
static char failure[256];	/* the first one, or empty */

static bool fail(const char *call)
{
	int error = errno;

	pthread_mutex_lock(&failure_lock);
	if (!failure[0])
		snprintf(failure, sizeof(failure), "%s: %s", call, strerror(error));
	pthread_mutex_unlock(&failure_lock);
	return false;
}

/* closing: one thread closes the other's descriptors, perhaps before their ioctl returns */

static int device;
static int next_descriptor;	/* the lowest free one, which the kernel picks */
static unsigned long closed;

static void *make_descriptors(void *unused)
{
	pthread_barrier_wait(&start);
	for (unsigned long done = 0; done < operations; done++) {
		int dmabuf = -1;

		if (ioctl(device, EXPORTER_IOC_GET_FD, &dmabuf) < 0) {
			fail("ioctl EXPORTER_IOC_GET_FD");
			break;
		}
		while (fcntl(next_descriptor, F_GETFD) >= 0)
			sched_yield();
	}
	atomic_store(&finished, true);
	return unused;
}

static void *close_descriptors(void *unused)
{
	pthread_barrier_wait(&start);
	while (!atomic_load(&finished)) {
		if (close(next_descriptor) == 0)
			closed++;
		else
			sched_yield();
	}
	return unused;
}

/*
 * opening: both open and close the device; handing: the kernel passes buffers to an importer while
 * their devices open and close
 */

static void *open_and_close(void *unused)
{
	pthread_barrier_wait(&start);
	for (unsigned long done = 0; done < operations; done++) {
		int opened = open(DEVICE, O_RDWR | O_CLOEXEC);

		if (opened < 0) {
			fail("open " DEVICE);
			break;
		}
		sched_yield();
		close(opened);
	}
	atomic_store(&finished, true);
	return unused;
}

static void *take_and_put(void *unused)
{
	int session = open(IMPORTER, O_RDWR | O_CLOEXEC);

	if (session < 0)
		fail("open " IMPORTER);
	pthread_barrier_wait(&start);
	while (session >= 0 && !atomic_load(&finished)) {
		if (ioctl(session, IMPORTER_IOC_IMPORT_KERNEL) == 0) {
			if (ioctl(session, IMPORTER_IOC_PUT) < 0)
				fail("ioctl IMPORTER_IOC_PUT");
		} else if (errno == ENOENT) {
			sched_yield();
		} else {
			fail("ioctl IMPORTER_IOC_IMPORT_KERNEL");
			break;
		}
	}
	close(session);
	return unused;
}

/* mapping: both map one buffer, by an importer each, and do CPU access meanwhile */

static int shared;	/* descriptor of the buffer */

static bool map_and_sync(int session, unsigned int device)
{
	struct importer_map map = { .device = device, .direction = IMPORTER_TO_DEVICE };
	struct dma_buf_sync begin = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct dma_buf_sync end = { .flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW };

	if (ioctl(session, IMPORTER_IOC_MAP, &map) < 0)
		return fail("ioctl IMPORTER_IOC_MAP");
	if (ioctl(shared, DMA_BUF_IOCTL_SYNC, &begin) < 0 ||
	    ioctl(shared, DMA_BUF_IOCTL_SYNC, &end) < 0)
		return fail("ioctl DMA_BUF_IOCTL_SYNC");
	if (ioctl(session, IMPORTER_IOC_UNMAP, (unsigned long)device) < 0)
		return fail("ioctl IMPORTER_IOC_UNMAP");
	return true;
}

static void *map_often(void *number)
{
	unsigned long device = (uintptr_t)number;
	int session = open(IMPORTER, O_RDWR | O_CLOEXEC);

	if (session < 0 || ioctl(session, IMPORTER_IOC_IMPORT_FD, (unsigned long)shared) < 0 ||
	    ioctl(session, IMPORTER_IOC_ATTACH, device) < 0)
		fail("attaching an importer");
	pthread_barrier_wait(&start);
	for (unsigned long done = 0; done < operations; done++)
		if (!map_and_sync(session, device))
			break;
	close(session);
	return NULL;
}

/* A CPU for each thread, if there are two: the scheduler may leave both on one all the time. */
static int create(pthread_t *thread, void *(*body)(void *), unsigned long number)
{
	pthread_attr_t attributes;
	cpu_set_t own;
	int error;

	CPU_ZERO(&own);
	CPU_SET(number % (unsigned long)sysconf(_SC_NPROCESSORS_ONLN), &own);
	error = pthread_attr_init(&attributes);
	if (error)
		return error;
	error = pthread_attr_setaffinity_np(&attributes, sizeof(own), &own);
	if (!error)
		error = pthread_create(thread, &attributes, body, (void *)number);
	pthread_attr_destroy(&attributes);
	return error;
}

/* Each thread gets its own number: 0 or 1. */
static bool run(void *(*one)(void *), void *(*other)(void *))
{
	pthread_t threads[2];

	pthread_barrier_init(&start, NULL, 2);
	errno = create(&threads[0], one, 0);
	if (!errno)
		errno = create(&threads[1], other, 1);
	if (errno) {
		printf("Bail out! pthread_create: %s\n", strerror(errno));
		exit(EXIT_FAILURE);
	}
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return !failure[0];
}

static bool race_closing(void)
{
	char message[128];

	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		printf("Bail out! open " DEVICE ": %s\n", strerror(errno));
		exit(EXIT_FAILURE);
	}
	next_descriptor = dup(device);
	close(next_descriptor);

	bool ok = report(1, run(make_descriptors, close_descriptors),
			 "each descriptor is made", failure);

	snprintf(message, sizeof(message), "%lu of %lu", closed, operations);
	ok &= report(2, closed == operations, "each is closed by the other thread", message);

	const char *bytes = mmap(NULL, 4096, PROT_READ, MAP_SHARED, device, 0);

	ok &= report(3, bytes != MAP_FAILED && strcmp(bytes, EXPORTER_GREETING) == 0,
		     "the open device still has its buffer", "it cannot be mapped, or is another");
	close(device);
	return ok;
}

static bool race_mapping(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, EXPORTER_IOC_GET_FD, &shared) < 0) {
		printf("Bail out! the shared buffer: %s\n", strerror(errno));
		exit(EXIT_FAILURE);
	}

	bool ok = run(map_often, map_often);

	close(shared);
	close(device);
	return ok;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int before = count_descriptors();
	bool ok;

	printf("TAP version 14\n");
	if (argc > 2)
		operations = parse("OPERATIONS", argv[2], MAX_OPERATIONS);
	if (strcmp(what, "closing") == 0) {
		printf("1..4\n");
		ok = race_closing();
		ok &= report_descriptors(4, before);
	} else if (strcmp(what, "handing") == 0) {
		printf("1..2\n");
		ok = report(1, run(open_and_close, take_and_put),
			    "each buffer that is handed out can be put", failure);
		ok &= report_descriptors(2, before);
	} else if (strcmp(what, "opening") == 0) {
		printf("1..2\n");
		ok = report(1, run(open_and_close, open_and_close), "each open succeeds", failure);
		ok &= report_descriptors(2, before);
	} else if (strcmp(what, "mapping") == 0) {
		printf("1..2\n");
		ok = report(1, race_mapping(), "each mapping and each turn is granted", failure);
		ok &= report_descriptors(2, before);
	} else {
		printf("Bail out! expected closing, handing, opening or mapping, got \"%s\"\n", what);
		return 2;
	}
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
