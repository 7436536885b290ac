// SPDX-License-Identifier: GPL-2.0-only
/* Frames from and to the client: stdin and stdout, which do not block. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "router.h"

static struct buffer {
	char bytes[4 * sizeof(struct frame)];
	size_t start, end;
} input, output;

static size_t room_of(const struct buffer *buffer)
{
	return sizeof(buffer->bytes) - (buffer->end - buffer->start);
}

static void move_to_front(struct buffer *buffer)
{
	memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
	buffer->end -= buffer->start;
	buffer->start = 0;
}

/* For a frame and the answer to it: nothing that is read needs more. */
bool has_room(void)
{
	return room_of(&output) >= 2 * sizeof(struct frame);
}

/* The caller has checked for room; anything larger must not overwrite other memory. */
struct header *reserve(size_t size)
{
	if (room_of(&output) < size)
		abort();
	if (sizeof(output.bytes) - output.end < size)
		move_to_front(&output);
	return (struct header *)(output.bytes + output.end);
}

void commit(size_t size)
{
	output.end += size;
}

void emit(uint32_t request, uint32_t task, uint32_t op, const void *payload, size_t length)
{
	struct header *frame = reserve(sizeof(*frame) + length);

	*frame = (struct header){ length, request, task, op };
	if (length)
		memcpy(frame + 1, payload, length);
	commit(sizeof(*frame) + length);
}

void emit_ok(uint32_t request)
{
	emit(request, 0, OK, NULL, 0);
}

void emit_error(uint32_t request, uint32_t task, int number, const char *text)
{
	struct error error;
	size_t length = set_error(&error, number, text);

	emit(request, task, ERROR, &error, length);
}

bool is_flushed(void)
{
	return output.start == output.end;
}

void flush(void)
{
	while (!is_flushed()) {
		ssize_t written = write(STDOUT_FILENO, output.bytes + output.start,
					output.end - output.start);

		if (written >= 0) {
			output.start += written;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			kill_descendants();
			exit(1);
		}
	}
	output.start = 0;
	output.end = 0;
}

void fatal(const char *text)
{
	fprintf(stderr, "agent: %s\n", text);
	if (room_of(&output) >= sizeof(struct header) + strlen(text))
		emit(0, 0, FATAL, text, strlen(text));
	/* Nothing is left to serve, so it may block. */
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
	kill_descendants();
	flush();
	exit(2);
}

bool has_input_room(void)
{
	return room_of(&input);
}

void read_input(void)
{
	ssize_t size;

	move_to_front(&input);
	size = read(STDIN_FILENO, input.bytes + input.end, sizeof(input.bytes) - input.end);
	if (size > 0) {
		input.end += size;
	} else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
		kill_descendants();
		exit(size == 0 && input.end == 0 ? 0 : 1);
	}
}

/* NULL unless all of it is there. */
const struct header *next_frame(void)
{
	const struct header *frame = (const struct header *)(input.bytes + input.start);
	size_t there = input.end - input.start;
	char text[100];

	if (there < sizeof(*frame))
		return NULL;
	if (frame->length > MAX_PAYLOAD) {
		snprintf(text, sizeof(text), "a frame says %u bytes, and %d is the most",
			 frame->length, MAX_PAYLOAD);
		fatal(text);
	}
	return there >= sizeof(*frame) + frame->length ? frame : NULL;
}

void drop_frame(const struct header *frame)
{
	input.start += sizeof(*frame) + frame->length;
}
