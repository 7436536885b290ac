// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads [THREADS [OPERATIONS]]: THREADS (default 16) threads start at once, and each does
 * OPERATIONS (default 100). Even threads have a buffer of their own each time; odd threads
 * share one, through dup and through descriptors of the same open device. TAP 14 on stdout.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define DEVICE "/dev/exporter"
#define MAX_THREADS 256UL
#define MAX_OPERATIONS 1000000UL
#define STAMP_OFFSET_BYTES 64

struct worker {
	pthread_t thread;
	unsigned long index;
	unsigned long done;
	uint64_t stamp;		/* what this thread wrote last into the shared buffer */
	char failure[256];	/* the first one, empty when there is none */
};

static pthread_barrier_t start;
static unsigned long operations = 100;
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

/* A stamp written through the dma-buf must show through the device, and nobody else's may. */
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

	memcpy(bytes + size - sizeof(stamp), &stamp, sizeof(stamp));
	if (ok && memcmp(again + size - sizeof(stamp), &stamp, sizeof(stamp)) != 0)
		ok = fail(worker, "the device's mapping does not show what the dma-buf's wrote");
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

/* Every thread has a word of its own in the shared buffer, and must find there what it left. */
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

	bool ok = true;

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

static int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	if (!folder)
		return -1;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static unsigned long parse(const char *name, const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < 1 || value > max) {
		printf("Bail out! %s must be 1 to %lu, got %s\n", name, max, text);
		exit(2);
	}
	return value;
}

static bool report(int number, bool ok, const char *title, const char *message)
{
	printf("%s %d - %s\n", ok ? "ok" : "not ok", number, title);
	if (!ok)
		printf("  ---\n  message: \"%s\"\n  ...\n", message);
	return ok;
}

/* The first failure among the threads that share, or among those that do not. */
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
	char message[128];
	bool ok = true;

	printf("TAP version 14\n");
	if (argc > 1)
		threads = parse("THREADS", argv[1], MAX_THREADS);
	if (argc > 2)
		operations = parse("OPERATIONS", argv[2], MAX_OPERATIONS);
	if (access(DEVICE, F_OK) < 0 && errno == ENOENT) {
		printf("1..0 # SKIP no " DEVICE ": exporter.ko is not loaded\n");
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

	int after = count_descriptors();

	snprintf(message, sizeof(message), "%d descriptors before, %d after", before, after);
	ok &= report(3, before >= 0 && before == after, "no descriptor is left", message);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
