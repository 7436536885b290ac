// SPDX-License-Identifier: GPL-2.0-only
/*
 * lives WAY COUNT: makes and releases COUNT buffers in one way, without output. Exits with status
 * 0, or with 1 and a line on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../module/exporter.h"
#include "../module/importer.h"
#include "program.h"

#define MAX_COUNT 1000000UL
#define PAGE 4096

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int open_or_die(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static void close_or_die(int fd)
{
	if (close(fd) < 0)
		die("close");
}

static int get_fd(int device)
{
	int fd = -1;

	if (ioctl(device, EXPORTER_IOC_GET_FD, &fd) < 0)
		die("GET_FD");
	return fd;
}

static char *map(int fd)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		die("mmap");
	page[PAGE - 1] = 1;
	return page;
}

static void unmap(char *page)
{
	if (munmap(page, PAGE) < 0)
		die("munmap");
}

static void step(int session, unsigned long command, unsigned long argument)
{
	if (ioctl(session, command, argument) < 0)
		die("a step of the importer");
}

/* The errno of a call that must fail. */
static void expect(int failure, const char *what)
{
	if (errno == failure)
		return;
	fprintf(stderr, "%s: %s, expected %s\n", what, strerror(errno), strerror(failure));
	exit(EXIT_FAILURE);
}

static void opened(void)
{
	close_or_die(open_or_die("/dev/exporter"));
}

static void mapped(void)
{
	int device = open_or_die("/dev/exporter");
	char *page = map(device);

	close_or_die(device);
	unmap(page);
}

static void described(void)
{
	int device = open_or_die("/dev/exporter");
	int fd = get_fd(device);
	char *page = map(fd);

	close_or_die(device);
	close_or_die(fd);
	unmap(page);
}

static void refused(void)
{
	int device = open_or_die("/dev/exporter");

	errno = 0;
	ioctl(device, EXPORTER_IOC_GET_FD, 8UL);
	expect(EFAULT, "a bad pointer");
	errno = 0;
	mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, device, 0);
	expect(EINVAL, "a private mapping");
	errno = 0;
	mmap(NULL, 2048 * PAGE, PROT_READ, MAP_SHARED, device, 0);
	expect(EINVAL, "a mapping that is too long");
	close_or_die(device);
}

static void crowded(void)
{
	int device = open_or_die("/dev/exporter");
	struct rlimit before, none;
	int fd;

	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = device + 1;
	setrlimit(RLIMIT_NOFILE, &none);
	errno = 0;
	ioctl(device, EXPORTER_IOC_GET_FD, &fd);
	expect(EMFILE, "no descriptor is left");
	setrlimit(RLIMIT_NOFILE, &before);
	close_or_die(device);
}

static void use(int session, unsigned int device)
{
	struct importer_map request = { .device = device, .direction = IMPORTER_TO_DEVICE };
	uint64_t address;

	step(session, IMPORTER_IOC_ATTACH, device);
	step(session, IMPORTER_IOC_MAP, (unsigned long)&request);
	step(session, IMPORTER_IOC_VMAP, (unsigned long)&address);
}

static void imported(void)
{
	int device = open_or_die("/dev/exporter");
	int session = open_or_die("/dev/importer");

	step(session, IMPORTER_IOC_IMPORT_KERNEL, 0);
	close_or_die(device);
	use(session, 0);
	close_or_die(session);
}

/* Three importers at once, two of them on one device. */
static void shared(void)
{
	int device = open_or_die("/dev/exporter");
	int fd = get_fd(device);
	int sessions[3];

	for (unsigned int i = 0; i < 3; i++) {
		sessions[i] = open_or_die("/dev/importer");
		step(sessions[i], IMPORTER_IOC_IMPORT_FD, fd);
		use(sessions[i], i % 2);
	}
	close_or_die(device);
	close_or_die(fd);
	for (unsigned int i = 0; i < 3; i++)
		close_or_die(sessions[i]);
}

static const struct {
	const char *name;
	void (*live)(void);
} ways[] = {
	{ "opened", opened },	    { "mapped", mapped },   { "described", described },
	{ "refused", refused },	    { "crowded", crowded }, { "imported", imported },
	{ "shared", shared },
};

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s WAY COUNT\n", argv[0]);
		return 2;
	}

	unsigned long count = parse("COUNT", argv[2], MAX_COUNT);

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) != 0)
			continue;
		while (count--)
			ways[i].live();
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "no way is called %s\n", argv[1]);
	return 2;
}
