// SPDX-License-Identifier: GPL-2.0-only
/*
 * cycles SESSION COUNT [DIRECTION]: maps and unmaps COUNT times for device 0, which is attached, in
 * DIRECTION (1 or 2), or in each in turn. SESSION is an open descriptor of /dev/importer. Exits
 * with status 0, or with 1 and a line on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "../module/importer.h"
#include "program.h"

#define MAX_DESCRIPTOR 1000000UL
#define MAX_COUNT 1000000UL
#define DIRECTIONS 3

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s SESSION COUNT [DIRECTION]\n", argv[0]);
		return 2;
	}

	int session = parse("SESSION", argv[1], MAX_DESCRIPTOR);
	unsigned long count = parse("COUNT", argv[2], MAX_COUNT);
	unsigned long only = argc > 3 ? parse("DIRECTION", argv[3], DIRECTIONS - 1) : 0;

	for (unsigned long cycle = 0; cycle < count; cycle++) {
		struct importer_map map = { .direction = only ? only : cycle % DIRECTIONS };

		if (ioctl(session, IMPORTER_IOC_MAP, &map) < 0) {
			perror("ioctl IMPORTER_IOC_MAP");
			return EXIT_FAILURE;
		}
		if (ioctl(session, IMPORTER_IOC_UNMAP, 0UL) < 0) {
			perror("ioctl IMPORTER_IOC_UNMAP");
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
