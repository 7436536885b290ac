/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MODPROVE_PROGRAM_H
#define MODPROVE_PROGRAM_H

/* Shared by this folder's programs: arguments, TAP, descriptors. */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Parses an argument; bails out unless it is 1 to max. */
static inline unsigned long parse(const char *name, const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < 1 || value > max) {
		printf("Bail out! %s must be 1 to %lu, got %s\n", name, max, text);
		exit(2);
	}
	return value;
}

static inline bool report(int number, bool ok, const char *title, const char *message)
{
	printf("%s %d - %s\n", ok ? "ok" : "not ok", number, title);
	if (!ok)
		printf("  ---\n  message: \"%s\"\n  ...\n", message);
	return ok;
}

/* Number of entries in /proc/self/fd; -1 if unreadable. */
static inline int count_descriptors(void)
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

/* The last test point: no descriptor leaked. */
static inline bool report_descriptors(int number, int before)
{
	char message[128];
	int after = count_descriptors();

	snprintf(message, sizeof(message), "%d descriptors before, %d after", before, after);
	return report(number, before >= 0 && before == after, "no descriptor is left", message);
}

#endif
