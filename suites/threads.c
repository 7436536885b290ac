// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads [THREADS [OPERATIONS [EVERY]]]: THREADS (default 16) threads start at once, and
 * each does OPERATIONS (default 100). Even threads have a buffer of their own each time; odd
 * threads share one, through dup and through descriptors of the same open device. All of them
 * map, poll and sync it, and import, attach and detach it in EVERY-th operation (default 1).
 * TAP 14 on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
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
#define MAX_THREADS 256UL
#define MAX_OPERATIONS 1000000UL
#define STAMP_OFFSET_BYTES 64
#define DEVICES 2

struct worker {
	pthread_t thread;
	unsigned long index;
	unsigned long done;
	size_t own_offset;	/* where it writes in its own buffer, in bytes */
	uint64_t stamp;		/* its last write to the shared buffer */
	char failure[256];	/* the first one, or empty */
};

static pthread_barrier_t start;
static unsigned long operations = 100;
static unsigned long import_every = 1;
static int shared_device = -1;
static int shared_dmabuf = -1;

static bool fail(struct worker *worker, const char *format, ...)
{
	int length = snprintf(worker->failure, sizeof(worker->failure),
			      "thread %lu, operation %lu: ", worker->index, worker->done);
	va_list values;

	va_start(values, format);
	vsnprintf(worker->failure + length, sizeof(worker->failure) - length, format, values);
	va_end(values);
	return false;
}

static bool fail_call(struct worker *worker, const char *call)
{
	return fail(worker, "%s: %s", call, strerror(errno));
}

static bool is_fresh(struct worker *worker, const char *bytes, size_t size)
{
	if (memcmp(bytes, EXPORTER_GREETING, sizeof(EXPORTER_GREETING)) != 0)
		return fail(worker, "a new buffer begins with byte 0x%02x, not the greeting",
			    (unsigned char)bytes[0]);
	for (size_t i = sizeof(EXPORTER_GREETING); i < size; i++)
		if (bytes[i] != 0)
			return fail(worker, "byte %zu of a new buffer is 0x%02x, not 0", i,
				    (unsigned char)bytes[i]);
	return true;
}

static bool step(struct worker *worker, int session, unsigned long command,
		 unsigned long argument, const char *name)
{
	return ioctl(session, command, argument) == 0 || fail_call(worker, name);
}

#define STEP(command, argument) \
	step(worker, session, IMPORTER_IOC_##command, (unsigned long)(argument), #command)

/* Maps for one device, reads the greeting through it and, unless TO_DEVICE, writes a stamp. */
static bool use_mapping(struct worker *worker, int session, unsigned int device,
			unsigned int direction)
{
	struct importer_map map = { .device = device, .direction = direction };
	uint64_t stamp = ~((uint64_t)worker->index << 32 | worker->done);
	char greeting[sizeof(EXPORTER_GREETING)];
	struct importer_access read = {
		.length = sizeof(greeting),
		.data = (uintptr_t)greeting,
		.device = device,
	};
	struct importer_access write = {
		.offset = worker->own_offset,
		.length = sizeof(stamp),
		.data = (uintptr_t)&stamp,
		.device = device,
	};

	if (!STEP(MAP, &map) || !STEP(DEVICE_READ, &read))
		return false;
	if (memcmp(greeting, EXPORTER_GREETING, sizeof(greeting)) != 0)
		return fail(worker, "the device does not see the greeting");
	return direction == IMPORTER_TO_DEVICE || STEP(DEVICE_WRITE, &write);
}

/* Every fourth session is closed with its mapping, attachment and buffer still held. */
static bool use_session(struct worker *worker, int session, int dmabuf, unsigned int direction)
{
	unsigned int device = worker->index / 2 % DEVICES;
	uint64_t address;

	if (!STEP(IMPORT_FD, dmabuf) || !STEP(ATTACH, device) || !STEP(VMAP, &address) ||
	    !use_mapping(worker, session, device, direction))
		return false;
	if (worker->done % 4 == 3)
		return true;
	return STEP(UNMAP, device) && STEP(VUNMAP, 0) && STEP(DETACH, device) && STEP(PUT, 0);
}

static bool import_buffer(struct worker *worker, int dmabuf, unsigned int direction)
{
	int session = open(IMPORTER, O_RDWR | O_CLOEXEC);

	if (session < 0)
		return fail_call(worker, "open " IMPORTER);

	bool ok = use_session(worker, session, dmabuf, direction);

	if (close(session) < 0)
		ok = fail_call(worker, "close of the importer");
	return ok;
}

static bool sync_buffer(struct worker *worker, int dmabuf, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync) == 0 ||
	       fail_call(worker, "ioctl DMA_BUF_IOCTL_SYNC");
}

/* All work on a buffer except mapping it. */
static bool use_buffer(struct worker *worker, int dmabuf, unsigned int direction)
{
	struct pollfd idle = { .fd = dmabuf, .events = POLLIN | POLLOUT };

	if (poll(&idle, 1, 0) < 0)
		return fail_call(worker, "poll");
	return sync_buffer(worker, dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW) &&
	       sync_buffer(worker, dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW) &&
	       (worker->done % import_every || import_buffer(worker, dmabuf, direction));
}

/* The device must see the stamp written through the dma-buf, and no other. */
static bool check_own(struct worker *worker, int device, int dmabuf)
{
	off_t size = lseek(dmabuf, 0, SEEK_END);

	if (size <= 0)
		return fail_call(worker, "lseek of the dma-buf");

	char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);

	if (bytes == MAP_FAILED)
		return fail_call(worker, "mmap of the dma-buf");

	char *again = mmap(NULL, size, PROT_READ, MAP_SHARED, device, 0);

	if (again == MAP_FAILED) {
		fail_call(worker, "mmap of the device");
		munmap(bytes, size);
		return false;
	}

	bool ok = is_fresh(worker, bytes, size);
	uint64_t stamp = (uint64_t)worker->index << 32 | worker->done;

	worker->own_offset = size - sizeof(stamp);
	memcpy(bytes + worker->own_offset, &stamp, sizeof(stamp));
	if (ok && memcmp(again + worker->own_offset, &stamp, sizeof(stamp)) != 0)
		ok = fail(worker, "the device's mapping does not show what the dma-buf's wrote");
	if (ok && use_buffer(worker, dmabuf, IMPORTER_BIDIRECTIONAL)) {
		if (worker->done % import_every == 0)
			stamp = ~stamp;
		if (memcmp(bytes + worker->own_offset, &stamp, sizeof(stamp)) != 0)
			ok = fail(worker, "the mapping does not show what the importer's device wrote");
	} else {
		ok = false;
	}
	if (munmap(bytes, size) < 0 || munmap(again, size) < 0)
		ok = fail_call(worker, "munmap");
	return ok;
}

static bool use_own(struct worker *worker)
{
	int device = open(DEVICE, O_RDWR | O_CLOEXEC);
	int dmabuf = -1;

	if (device < 0)
		return fail_call(worker, "open " DEVICE);
	if (ioctl(device, EXPORTER_IOC_GET_FD, &dmabuf) < 0) {
		fail_call(worker, "ioctl EXPORTER_IOC_GET_FD");
		close(device);
		return false;
	}

	bool ok = check_own(worker, device, dmabuf);
	bool device_first = worker->done % 2;

	if (close(device_first ? device : dmabuf) < 0 || close(device_first ? dmabuf : device) < 0)
		ok = fail_call(worker, "close");
	return ok;
}

static int get_shared(struct worker *worker)
{
	int dmabuf = -1;

	if (worker->done % 2)
		return fcntl(shared_dmabuf, F_DUPFD_CLOEXEC, 0);
	if (ioctl(shared_device, EXPORTER_IOC_GET_FD, &dmabuf) < 0)
		return -1;
	return dmabuf;
}

/* Each thread has its own word in the shared buffer, which no other may change. */
static bool use_shared(struct worker *worker)
{
	size_t offset = STAMP_OFFSET_BYTES + worker->index * sizeof(worker->stamp);
	int dmabuf = get_shared(worker);

	if (dmabuf < 0)
		return fail_call(worker, "another descriptor of the shared buffer");

	char *bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);

	if (bytes == MAP_FAILED) {
		fail_call(worker, "mmap of the shared buffer");
		close(dmabuf);
		return false;
	}

	/* DMA API debugging allows overlapping mappings only if they are TO_DEVICE. */
	bool ok = use_buffer(worker, dmabuf, IMPORTER_TO_DEVICE);

	if (close(dmabuf) < 0)
		ok = fail_call(worker, "close of a shared descriptor");
	if (memcmp(bytes, EXPORTER_GREETING, sizeof(EXPORTER_GREETING)) != 0)
		ok = fail(worker, "the shared buffer lost its greeting");
	if (memcmp(bytes + offset, &worker->stamp, sizeof(worker->stamp)) != 0)
		ok = fail(worker, "the shared buffer lost what this thread wrote");
	worker->stamp = (uint64_t)(worker->index + 1) << 32 | worker->done;
	memcpy(bytes + offset, &worker->stamp, sizeof(worker->stamp));
	if (munmap(bytes, 4096) < 0)
		ok = fail_call(worker, "munmap");
	return ok;
}

static bool is_sharer(unsigned long index)
{
	return index % 2;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	bool (*use)(struct worker *) = is_sharer(worker->index) ? use_shared : use_own;

	pthread_barrier_wait(&start);
	while (worker->done < operations && use(worker))
		worker->done++;
	return NULL;
}

/* The first failure of the sharing or of the other threads. */
static const char *first_failure(const struct worker *workers, unsigned long threads, bool sharers)
{
	static char unfinished[128];

	for (unsigned long i = 0; i < threads; i++) {
		if (is_sharer(i) != sharers)
			continue;
		if (workers[i].failure[0])
			return workers[i].failure;
		if (workers[i].done == operations)
			continue;
		snprintf(unfinished, sizeof(unfinished), "thread %lu did %lu of %lu operations", i,
			 workers[i].done, operations);
		return unfinished;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[MAX_THREADS];
	unsigned long threads = 16;
	const char *title, *failure;
	bool ok = true;

	printf("TAP version 14\n");
	if (argc > 1)
		threads = parse("THREADS", argv[1], MAX_THREADS);
	if (argc > 2)
		operations = parse("OPERATIONS", argv[2], MAX_OPERATIONS);
	if (argc > 3)
		import_every = parse("EVERY", argv[3], MAX_OPERATIONS);
	if (access(DEVICE, F_OK) < 0 || access(IMPORTER, F_OK) < 0) {
		printf("1..0 # SKIP " DEVICE " or " IMPORTER " is missing: load the modules\n");
		return EXIT_SUCCESS;
	}
	printf("1..3\n");

	int before = count_descriptors();

	shared_device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (shared_device < 0 || ioctl(shared_device, EXPORTER_IOC_GET_FD, &shared_dmabuf) < 0) {
		printf("Bail out! the shared buffer: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}

	pthread_barrier_init(&start, NULL, threads);
	for (unsigned long i = 0; i < threads; i++) {
		workers[i].index = i;
		errno = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
		if (errno) {
			printf("Bail out! thread %lu of %lu: %s\n", i, threads, strerror(errno));
			return EXIT_FAILURE;
		}
	}
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	close(shared_dmabuf);
	close(shared_device);

	failure = first_failure(workers, threads, false);
	ok &= report(1, !failure, "each buffer of one thread is fresh, and its own", failure);

	title = "a buffer shared by threads keeps what each wrote";
	failure = first_failure(workers, threads, true);
	if (threads < 2)
		printf("ok 2 - %s # SKIP one thread shares with nobody\n", title);
	else
		ok &= report(2, !failure, title, failure);

	ok &= report_descriptors(3, before);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
