// SPDX-License-Identifier: GPL-2.0-only
/* A fence: no further request is read until all earlier ones are answered. */
#include <errno.h>

#include "router.h"

#define SECOND	1000000000LL	/* in nanoseconds */

static uint32_t fence;		/* its request; 0: none */
static int64_t until;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* Times out, so that an unkillable process does not block the client. */
void raise_fence(uint32_t request, uint32_t milliseconds)
{
	fence = request;
	until = now() + milliseconds * (SECOND / 1000);
}

bool is_fenced(void)
{
	return fence;
}

/* Returns whether there was one, and is none now. */
bool lower_fence(void)
{
	if (!fence || !has_room())
		return false;
	if (is_all_answered())
		emit_ok(fence);
	else if (now() >= until)
		emit_error(fence, 0, ETIME, "not all was answered in time");
	else
		return false;
	fence = 0;
	return true;
}

/* NULL: forever. */
const struct timespec *fence_timeout(void)
{
	static struct timespec timeout;
	int64_t left;

	if (!fence)
		return NULL;
	left = until - now();
	if (left < 0)
		left = 0;
	timeout.tv_sec = left / SECOND;
	timeout.tv_nsec = left % SECOND;
	return &timeout;
}
