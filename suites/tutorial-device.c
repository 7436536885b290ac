// SPDX-License-Identifier: GPL-2.0-only
/* The tutorial's second program: maps the device itself, without any ioctl. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

int main(void)
{
	int device = open("/dev/exporter", O_RDONLY);

	if (device < 0)
		die("open /dev/exporter");

	char *text = mmap(NULL, 4096, PROT_READ, MAP_SHARED, device, 0);

	if (text == MAP_FAILED)
		die("mmap of /dev/exporter");
	if (printf("read from dmabuf mmap: %s\n", text) < 0 || fflush(stdout) == EOF)
		die("write to stdout");
	if (close(device) < 0)
		die("close /dev/exporter");
	return EXIT_SUCCESS;
}
