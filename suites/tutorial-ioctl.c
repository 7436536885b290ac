// SPDX-License-Identifier: GPL-2.0-only
/* The tutorial's first program: a dma-buf by ioctl, mapped after the device is closed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../module/exporter.h"

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

int main(void)
{
	int dmabuf = -1;
	int device = open("/dev/exporter", O_RDONLY);

	if (device < 0)
		die("open /dev/exporter");
	if (ioctl(device, EXPORTER_IOC_TUTORIAL, &dmabuf) < 0)
		die("ioctl EXPORTER_IOC_TUTORIAL");
	if (close(device) < 0)
		die("close /dev/exporter");

	char *text = mmap(NULL, 4096, PROT_READ, MAP_SHARED, dmabuf, 0);

	if (text == MAP_FAILED)
		die("mmap of the dma-buf");
	if (printf("read from dmabuf mmap: %s\n", text) < 0 || fflush(stdout) == EOF)
		die("write to stdout");
	return EXIT_SUCCESS;
}
