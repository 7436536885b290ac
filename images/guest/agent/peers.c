// SPDX-License-Identifier: GPL-2.0-only
/* The tasks, as the router knows them. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "router.h"
#include "task.h"

struct peer peers[MAX_TASKS];
int peer_count;
static uint32_t last_id;

struct peer *find_peer(uint32_t id)
{
	for (int i = 0; id && i < peer_count; i++)
		if (peers[i].id == id)
			return &peers[i];
	return NULL;
}

/* Its process; of one that is no child, and whose socket is closed, the pid may be another's. */
bool is_alive(const struct peer *peer)
{
	return peer->is_child ? !peer->is_reaped : peer->sock >= 0;
}

const struct peer *living_peer(pid_t pid)
{
	for (int i = 0; i < peer_count; i++)
		if (peers[i].pid == pid && is_alive(&peers[i]))
			return &peers[i];
	return NULL;
}

bool is_all_answered(void)
{
	for (int i = 0; i < peer_count; i++)
		if (peers[i].kill_request || (peers[i].sock >= 0 && peers[i].unanswered))
			return false;
	return true;
}

static struct peer *free_place(void)
{
	for (int i = 0; i < peer_count; i++)
		if (!peers[i].id)
			return &peers[i];
	return peer_count < MAX_TASKS ? &peers[peer_count++] : NULL;
}

/* Answers with the new task, whose socket it takes: closing that ends the task. */
void add_peer(const struct header *asked, struct new_task *made, int sock, bool is_child)
{
	struct peer *peer = free_place();

	if (!peer) {
		close(sock);
		emit_error(asked->request, asked->task, EAGAIN,
			   "the agent has no place for another task");
		return;
	}
	*peer = (struct peer){
		.id = ++last_id, .sock = sock, .pid = made->pid, .is_child = is_child,
	};
	STAILQ_INIT(&peer->queue);
	made->task = peer->id;
	emit(asked->request, asked->task, TASK, made, sizeof(*made));
}

/* Frees the place of one whose socket is closed and which, if the router's child, was reaped. */
static void forget_if_over(struct peer *peer)
{
	if (peer->sock >= 0 || is_alive(peer))
		return;
	if (peer->kill_request)
		emit_ok(peer->kill_request);
	peer->kill_request = 0;
	peer->id = 0;
}

void close_peer(struct peer *peer)
{
	close(peer->sock);
	peer->sock = -1;
	drop_queue(peer);
	emit(0, peer->id, TASK_CLOSED, NULL, 0);
	forget_if_over(peer);
}

void spawn(const struct header *asked)
{
	pid_t router = getpid(), pid;
	struct new_task made;
	int pair[2], failure = high_socketpair(pair);

	if (failure) {
		emit_error(asked->request, 0, failure, "socketpair");
		return;
	}
	pid = fork();
	if (pid == 0)
		become_user_process(pair[1], router);
	close(pair[1]);
	if (pid < 0) {
		emit_error(asked->request, 0, errno, "fork");
		close(pair[0]);
		return;
	}
	made = new_task(pid, pid);
	add_peer(asked, &made, pair[0], true);
}

void kill_peer(uint32_t request, uint32_t id)
{
	struct peer *peer = find_peer(id);

	if (!peer) {
		emit_ok(request);
	} else if (peer->kill_request) {
		emit_error(request, 0, EALREADY, "this process is being killed already");
	} else {
		peer->kill_request = request;
		kill(peer->pid, SIGKILL);
	}
}

static struct peer *running_child(pid_t pid)
{
	for (int i = 0; i < peer_count; i++)
		if (peers[i].pid == pid && peers[i].is_child && !peers[i].is_reaped)
			return &peers[i];
	return NULL;
}

/* Returns whether it stopped for lack of room. */
bool reap(void)
{
	pid_t pid;
	int status;

	while (has_room() && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct exited exited = { pid, status };
		struct peer *peer = running_child(pid);

		if (!peer)
			continue;
		peer->is_reaped = true;
		emit(0, peer->id, PROCESS_EXITED, &exited, sizeof(exited));
		forget_if_over(peer);
	}
	return !has_room();
}
