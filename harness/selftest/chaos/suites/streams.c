// SPDX-License-Identifier: GPL-2.0-only
/* streams NAME: prints a stream of TAP or KTAP that is broken, or sound, in the way NAME says. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void deep(int level, int last)
{
	printf("%*sKTAP version 1\n%*s1..1\n", level * 2, "", level * 2, "");
	if (level < last)
		deep(level + 1, last);
	printf("%*snot ok 1 level %d\n", level * 2, "", level);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "cut")) {
		printf("TAP version 13\n1..3\nok 1 - opens\n");
		fflush(stdout);
		raise(SIGKILL);
	}
	if (!strcmp(name, "plan"))
		printf("TAP version 13\n1..3\nok 1 - opens\nok 2 - closes\n");
	if (!strcmp(name, "bailout"))
		printf("TAP version 13\n1..3\nok 1 - opens\nBail out! the device is gone\n");
	if (!strcmp(name, "garbage")) {
		printf("TAP version 13\n1..1\nok 1 - opens\n");
		fwrite("\377\376\000\200\n", 1, 5, stdout);
	}
	if (!strcmp(name, "deep"))
		deep(0, 49);
	if (!strcmp(name, "kselftest"))
		printf("TAP version 13\n1..4\n# about to begin\nok 1 opens\nok 2 # SKIP no device\n"
		       "ok 3 # XFAIL known to fail\nok 4 closes\n"
		       "# Totals: pass:2 fail:0 xfail:1 xpass:0 skip:1 error:0\n");
	if (!strcmp(name, "nested"))
		printf("KTAP version 1\n  KTAP version 1\n  # Subtest: pages\n  ok 1 one\n"
		       "  ok 2 many # SKIP no memory\nok 1 pages\n");
	if (!strcmp(name, "nested-fails"))
		printf("KTAP version 1\n  KTAP version 1\n  # Subtest: pages\n  ok 1 one\n"
		       "  not ok 2 many\nok 1 pages\n");
	if (!strcmp(name, "kselftest-lost"))
		printf("KTAP version 1\nok 1 opens\nok 2 # SKIP no device\nok 4 closes\n"
		       "# Totals: pass:2 fail:0 xfail:1 xpass:0 skip:1 error:0\n");
	if (!strcmp(name, "lies"))
		printf("TAP version 13\n1..2\nok 1 - \033[2J\033[31mred <b>bold</b>\n"
		       "::error file=x::lie\nnot ok 2 - <script>alert(1)</script>\n");
	while (!strcmp(name, "flood"))
		puts("# nothing but noise, over and over, in lines that are not very long");
	return 0;
}
