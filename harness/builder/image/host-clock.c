/* Prints the TSC rate of this host in kHz. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define NS_PER_S 1000000000ull
#define TRIES 1000

struct reading {
	uint64_t ticks;
	uint64_t ns;
};

/* The fastest of many: an interruption between the two clocks delays one of them. */
static struct reading read_both(void)
{
	struct reading best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int try = 0; try < TRIES; try++) {
		struct timespec now;
		uint64_t before = __rdtsc();

		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		uint64_t after = __rdtsc();

		if (after - before < least) {
			least = after - before;
			best.ticks = before + least / 2;
			best.ns = now.tv_sec * NS_PER_S + now.tv_nsec;
		}
	}
	return best;
}

int main(void)
{
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	struct reading from = read_both(), to;

	nanosleep(&pause, NULL);
	to = read_both();
	printf("%llu\n", (unsigned long long)((to.ticks - from.ticks) * 1000000 / (to.ns - from.ns)));
	return 0;
}
