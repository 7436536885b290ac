/* SPDX-License-Identifier: GPL-2.0-only */
/* The router: the process between the client and the tasks. */
#ifndef AGENT_ROUTER_H
#define AGENT_ROUTER_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <time.h>

#include "protocol.h"

void run_router(pid_t sshd);

/* frames.c */
bool has_room(void);
struct header *reserve(size_t size);
void commit(size_t size);
void emit(uint32_t request, uint32_t task, uint32_t op, const void *payload, size_t length);
void emit_ok(uint32_t request);
void emit_error(uint32_t request, uint32_t task, int number, const char *text);
bool is_flushed(void);
void flush(void);
void fatal(const char *text);
bool has_input_room(void);
void read_input(void);
const struct header *next_frame(void);
void drop_frame(const struct header *frame);

/* peers.c */
#define MAX_TASKS	256

/* A task, as the router knows it. */
struct peer {
	STAILQ_HEAD(, queued) queue;
	uint32_t id;		/* 0: a free place */
	int sock;		/* -1: closed */
	pid_t pid;
	bool is_child;		/* of the router */
	bool is_reaped;
	uint32_t unanswered;	/* requests */
	uint32_t kill_request;
	size_t queued_bytes;
};

extern struct peer peers[MAX_TASKS];
extern int peer_count;		/* of places ever taken */

struct peer *find_peer(uint32_t id);
const struct peer *living_peer(pid_t pid);
bool is_alive(const struct peer *peer);
bool is_all_answered(void);
void add_peer(const struct header *asked, struct new_task *made, int sock, bool is_child);
void close_peer(struct peer *peer);
void spawn(const struct header *asked);
void kill_peer(uint32_t request, uint32_t id);
bool reap(void);

/* sockets.c */
void drop_queue(struct peer *peer);
void send_queued(struct peer *peer);
void pass_on(const struct header *frame);
void read_peer(struct peer *peer);

/* proc.c */
#define MAX_PROCESSES	2048	/* as many as fit into the answer to OTHERS */

struct process {
	pid_t pid;
	pid_t parent;
	char state;
	char name[16];
};

/* Running when last seen: no zombies, no kernel threads. */
extern struct process seen[MAX_PROCESSES];
extern int seen_count;

bool see_processes(void);
const struct process *seen_process(pid_t pid);

/* others.c */
void remember_standing(pid_t sshd);
void answer_others(uint32_t request, bool kill_left);
void kill_descendants(void);

/* log.c */
extern int log_fd;		/* or a negative errno */

void open_log(void);
void read_log(void);
void add_barrier(uint32_t request);
bool has_barriers(void);

/* fence.c */
void raise_fence(uint32_t request, uint32_t milliseconds);
bool is_fenced(void);
bool lower_fence(void);
const struct timespec *fence_timeout(void);

#endif
