/* SPDX-License-Identifier: GPL-2.0-only */
/* What the client (harness/guest/agent/) and the agent send to each other, all little endian. */
#ifndef AGENT_PROTOCOL_H
#define AGENT_PROTOCOL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are sent as they lie in memory");
static_assert(sizeof(long) == 8, "system calls take and give 64 bits");

#define PROTOCOL	5
#define MAX_PAYLOAD	(64 * 1024)

enum request {
	HELLO = 1,
	SPAWN,
	KILL,
	BARRIER,
	FENCE,
	OTHERS,
	/* Requests to a task. */
	SYSCALL = 16,
	FAIL_NTH,
	READ,
	WRITE,
	FORK,
	THREAD,
	EXIT,
	READ_FILE,
	WRITE_FILE,
	SYSCALL_32,
	LIST_TREE,
};

enum answer {
	OK = 64,
	RESULT,
	DATA,
	FAULT,
	TASK,
	ERROR,
	/* Not answers to a request. */
	LOG = 96,
	LOG_LOST,
	TASK_CLOSED,
	PROCESS_EXITED,
	FATAL,
};

/* Packed, because it lies anywhere in the router's buffers. */
struct header {
	uint32_t length;	/* of the payload */
	uint32_t request;
	uint32_t task;		/* 0 is the router */
	uint32_t op;
} __attribute__((packed));

struct hello {
	uint32_t protocol;
	uint32_t machine;	/* ELF e_machine */
	uint32_t page_size, max_payload;
	uint32_t log_errno;	/* why there is no kernel log; 0: there is one */
	char release[65];
};

/* A process without a task, in the answer to OTHERS. */
struct other {
	uint32_t pid, is_left;
	char name[16];
};

struct exited {
	uint32_t pid, status;
};

struct call {
	uint64_t number, arguments[6];
};

struct failing {
	uint64_t n;
	struct call call;
};

struct result {
	int64_t value;
	uint32_t error;
	uint32_t failures_left;	/* fail-nth after the call; 0: the fault was injected */
};

struct range {
	uint64_t address, length;
};

struct bytes {
	uint64_t address;
	char content[MAX_PAYLOAD - sizeof(uint64_t)];
};

struct fault {
	uint32_t signal, code;
	uint64_t address;
};

struct new_file {
	uint32_t mode, path_length;
	char path[MAX_PAYLOAD - 2 * sizeof(uint32_t)];	/* and its content */
};

/* A folder, and patterns of paths in it that are named but not looked into; all end with 0. */
struct list_tree {
	uint32_t skip;
	char patterns[1020];
};

struct new_task {
	uint32_t task, pid, tid, scratch_length;
	uint64_t scratch;
};

struct error {
	uint32_t number;	/* errno */
	char text[196];
};

/* Returns how much of it is sent. */
static inline size_t set_error(struct error *error, int number, const char *text)
{
	size_t length = strlen(text);

	error->number = number;
	memcpy(error->text, text, length);
	return offsetof(struct error, text) + length;
}

/* A request to a task, and then its answer. */
struct frame {
	struct header header;
	union {
		char payload[MAX_PAYLOAD];
		struct call call;
		struct failing failing;
		struct range range;
		struct bytes bytes;
		struct new_file new_file;
		uint32_t status;
		struct result result;
		struct fault fault;
		struct new_task new_task;
		struct error error;
	};
};

/* Comes with a new task: the router's end of its socket. */
union descriptor {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static_assert(offsetof(struct frame, payload) == sizeof(struct header), "the payload comes next");

#endif
