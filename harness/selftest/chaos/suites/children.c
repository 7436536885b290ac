// SPDX-License-Identifier: GPL-2.0-only
/* children WHAT: prints that all is well, and leaves a child that does WHAT. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void panic(void)
{
	int trigger = open("/proc/sysrq-trigger", O_WRONLY);

	usleep(200 * 1000);
	if (write(trigger, "c", 1) != 1)
		_exit(1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "alone"))
		pause();
	if (fork()) {
		printf("TAP version 13\n1..1\nok 1 - all is well\n");
		return 0;
	}
	/* A daemon: no session, terminal or stream ties it to the program. */
	setsid();
	if (fork())
		_exit(0);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (!strcmp(what, "panic"))
		panic();
	if (!strcmp(what, "end"))
		usleep(200 * 1000);
	if (!strcmp(what, "stay"))
		pause();
	return 0;
}
