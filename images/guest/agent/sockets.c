// SPDX-License-Identifier: GPL-2.0-only
/* Frames to and from the tasks. */
#include <errno.h>
#include <stdlib.h>

#include "router.h"

/* A client that respects its window (512 KiB per task) never reaches this. */
#define MAX_QUEUED_BYTES	(1024 * 1024)

struct queued {
	STAILQ_ENTRY(queued) entry;
	size_t size;
	char frame[];
};

static bool send_now(const struct peer *peer, const void *frame, size_t size)
{
	return send(peer->sock, frame, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static bool enqueue(struct peer *peer, const void *frame, size_t size)
{
	struct queued *queued;

	if (peer->queued_bytes + size > MAX_QUEUED_BYTES)
		return false;
	queued = malloc(sizeof(*queued) + size);
	if (!queued)
		return false;
	queued->size = size;
	memcpy(queued->frame, frame, size);
	STAILQ_INSERT_TAIL(&peer->queue, queued, entry);
	peer->queued_bytes += size;
	return true;
}

static void drop_first(struct peer *peer)
{
	struct queued *first = STAILQ_FIRST(&peer->queue);

	STAILQ_REMOVE_HEAD(&peer->queue, entry);
	peer->queued_bytes -= first->size;
	free(first);
}

void drop_queue(struct peer *peer)
{
	while (!STAILQ_EMPTY(&peer->queue))
		drop_first(peer);
}

void send_queued(struct peer *peer)
{
	const struct queued *first;

	while ((first = STAILQ_FIRST(&peer->queue)) && send_now(peer, first->frame, first->size))
		drop_first(peer);
}

void pass_on(const struct header *frame)
{
	struct peer *peer = find_peer(frame->task);
	size_t size = sizeof(*frame) + frame->length;

	if (!peer || peer->sock < 0) {
		emit_error(frame->request, frame->task, ESRCH, "this task has ended");
		return;
	}
	peer->unanswered++;
	/* EPIPE: its end is detected and reported where its answers are read. */
	if (STAILQ_EMPTY(&peer->queue) && (send_now(peer, frame, size) || errno == EPIPE))
		return;
	if (enqueue(peer, frame, size))
		return;
	peer->unanswered--;
	emit_error(frame->request, frame->task, ENOBUFS,
		   "this task has too many requests waiting");
}

/* Whether one came; false also at the task's end. */
static bool receive_frame(struct peer *peer)
{
	struct header *frame = reserve(sizeof(struct frame));
	struct iovec bytes = { frame, sizeof(struct frame) };
	union descriptor control;
	struct msghdr message = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(peer->sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct new_task made;
	struct header asked;
	int sock;

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (size < (ssize_t)sizeof(*frame)) {
		close_peer(peer);
		return false;
	}
	frame->length = size - sizeof(*frame);
	frame->task = peer->id;
	if (!CMSG_FIRSTHDR(&message)) {
		commit(size);
		return true;
	}
	/* A new task. Copied, because the answer takes the place of the frame. */
	asked = *frame;
	memcpy(&made, frame + 1, sizeof(made));
	memcpy(&sock, CMSG_DATA(&control.header), sizeof(sock));
	add_peer(&asked, &made, sock, false);
	return true;
}

void read_peer(struct peer *peer)
{
	/* The event means one frame, or the end. More follow only if more were requested. */
	do {
		if (!has_room() || !receive_frame(peer))
			return;
		if (peer->unanswered)
			peer->unanswered--;
	} while (peer->unanswered);
}
