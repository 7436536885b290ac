// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's agent: remote system calls and the kernel log over one byte stream (stdin, stdout).
 *
 * One process, the router, polls the stream, /dev/kmsg and the tasks' sockets, and never blocks. A
 * task is a thread in another process that serves requests in order, and may block in a system call
 * forever. Each task has a socket to the router, at a high descriptor number so that the low ones
 * look like any process's. All integers are little endian. The other side is harness/guest/agent/.
 *
 * It is also root's login shell: with a shell's arguments, it executes one.
 *
 *	gcc -static -O2 -Wall -Wextra -Werror -pthread -o agent agent.c
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are sent as they lie in memory");
_Static_assert(sizeof(long) == 8, "system calls take and give 64 bits");

enum {
	PROTOCOL = 4,
	MAX_PAYLOAD = 64 * 1024,
	MAX_TASKS = 256,
	MAX_BARRIERS = 64,
	/* A client that respects its window (512 KiB per task) never reaches this. */
	MAX_QUEUED_BYTES = 1024 * 1024,
	SCRATCH_BYTES = 1024 * 1024,
	/* linux/kernel/printk: a record with its prefix takes at most 8 KiB. */
	LOG_RECORD_BYTES = 8 * 1024,
	/* As many as fit into one answer. */
	MAX_PROCESSES = 2048,
	MAX_ROUNDS = 200,
	/* linux/err.h */
	MAX_ERRNO = 4095,
	FIRST_HIGH_FD = 1000,
	HIGH_FDS = 4096,
};

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

struct header {
	uint32_t length; /* of the payload */
	uint32_t request;
	uint32_t task; /* 0 is the router */
	uint32_t op;
};

struct frame {
	struct header header;
	char payload[MAX_PAYLOAD];
};

enum {
	/* One more frame needs at most one frame in answer. */
	ROOM_FOR_ANSWER = 2 * sizeof(struct frame),
};

struct hello {
	uint32_t protocol, machine /* ELF e_machine */, page_size, max_payload, log_errno;
	char release[65];
};

struct call {
	uint64_t number, argument[6];
};

struct failing_call {
	uint64_t n;
	struct call call;
};

struct result {
	int64_t value;
	uint32_t errno_;
	/* fail-nth after the call: 0 means that the fault was injected. */
	uint32_t failures_left;
};

struct range {
	uint64_t address, length;
};

struct fault {
	uint32_t signal, code;
	uint64_t address;
};

struct new_task {
	uint32_t task, pid, tid, scratch_length;
	uint64_t scratch;
};

struct exited {
	uint32_t pid, status;
};

/* A process without a task, in the answer to OTHERS. */
struct other {
	uint32_t pid;
	uint32_t is_left;
	char name[16];
};

_Static_assert(MAX_PROCESSES * sizeof(struct other) <= MAX_PAYLOAD, "the answer to OTHERS is one frame");

/* Start of WRITE_FILE; path and content follow. */
struct new_file {
	uint32_t mode, path_length;
};

/* Memory of a user process for the client's strings and structures. */
static char scratch[SCRATCH_BYTES] __attribute__((aligned(4096)));

/* ---- high descriptors ---- */

static void widen_limit(struct rlimit *before)
{
	struct rlimit wide;

	getrlimit(RLIMIT_NOFILE, before);
	wide.rlim_cur = FIRST_HIGH_FD + HIGH_FDS;
	wide.rlim_max = before->rlim_max < wide.rlim_cur ? wide.rlim_cur : before->rlim_max;
	if (before->rlim_cur >= wide.rlim_cur)
		return;
	if (setrlimit(RLIMIT_NOFILE, &wide)) {
		wide.rlim_cur = wide.rlim_max = before->rlim_max;
		setrlimit(RLIMIT_NOFILE, &wide);
	}
}

static void restore_limit(const struct rlimit *before)
{
	setrlimit(RLIMIT_NOFILE, before);
}

/* Moves a descriptor up, close-on-exec; closes it on failure. */
static int move_high(int fd)
{
	int high, failure;

	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH_FD);
	failure = errno;
	close(fd);
	errno = failure;
	return high;
}

static int high_pair(int pair[2])
{
	struct rlimit before;
	int low[2], failure;

	widen_limit(&before);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, low)) {
		failure = errno;
		restore_limit(&before);
		errno = failure;
		return -1;
	}
	pair[0] = move_high(low[0]);
	pair[1] = move_high(low[1]);
	failure = errno;
	restore_limit(&before);
	if (pair[0] >= 0 && pair[1] >= 0)
		return 0;
	if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	errno = failure;
	return -1;
}

/* For the calling thread; -1 on a kernel without fault injection. */
static int open_fail_nth(void)
{
	struct rlimit before;
	int fd;

	widen_limit(&before);
	fd = move_high(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
	restore_limit(&before);
	return fd;
}

/* ---- tasks ---- */

struct task {
	struct task *next;
	int sock;
	int fail_nth;
	bool is_thread;
	pid_t tid;
	sem_t started;
	struct frame frame;
};

static struct task main_task;
/* Tasks of this process, whose descriptors a forked child closes. */
static struct task *tasks;
static pthread_mutex_t tasks_lock = PTHREAD_MUTEX_INITIALIZER;

static _Thread_local struct {
	sigjmp_buf back;
	volatile sig_atomic_t armed;
	struct fault fault;
} guard;

static void on_fault(int signal_, siginfo_t *info, void *context)
{
	(void)context;
	if (!guard.armed) {
		signal(signal_, SIG_DFL);
		/* A fault recurs by itself, a signal from kill(2) does not. */
		if (info->si_code <= 0)
			raise(signal_);
		return;
	}
	guard.armed = 0;
	guard.fault.signal = signal_;
	guard.fault.code = info->si_code;
	guard.fault.address = (uintptr_t)info->si_addr;
	siglongjmp(guard.back, 1);
}

static void on_interrupt(int signal_)
{
	(void)signal_;
}

static void set_handlers(void)
{
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
	/* SIGUSR1 only interrupts a blocked call: no SA_RESTART. */
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	sigset_t none;

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGUSR1, &interrupt, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* clang has __has_feature; gcc defines the macro itself. */
#if defined(__has_feature) && !defined(__SANITIZE_ADDRESS__)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
/* In memcpy(), a bad address of the client would be a sanitizer error of the agent. */
__attribute__((no_sanitize("address", "undefined"))) static void copy_unchecked(void *to, const void *from, size_t length)
{
	volatile char *at = to;

	for (const volatile char *byte = from; length; length--)
		*at++ = *byte++;
}
#else
#define copy_unchecked memcpy
#endif

/* Copies where either side may fault. SA_NODEFER leaves the signal mask unchanged. */
static bool copy_guarded(void *to, const void *from, size_t length)
{
	if (sigsetjmp(guard.back, 0))
		return false;
	guard.armed = 1;
	atomic_signal_fence(memory_order_seq_cst);
	copy_unchecked(to, from, length);
	atomic_signal_fence(memory_order_seq_cst);
	guard.armed = 0;
	return true;
}

static void reply_with(struct task *task, uint32_t op, uint32_t length, int fd)
{
	struct iovec bytes = { &task->frame, sizeof(struct header) + length };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };

	task->frame.header.op = op;
	task->frame.header.length = length;
	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	while (sendmsg(task->sock, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void reply(struct task *task, uint32_t op, const void *payload, uint32_t length)
{
	if (length)
		memcpy(task->frame.payload, payload, length);
	reply_with(task, op, length, -1);
}

static void reply_error(struct task *task, int failure, const char *text)
{
	uint32_t number = failure;

	memcpy(task->frame.payload, &number, sizeof(number));
	memcpy(task->frame.payload + sizeof(number), text, strlen(text));
	reply_with(task, ERROR, sizeof(number) + strlen(text), -1);
}

static long invoke(const struct call *call)
{
	return syscall(call->number, call->argument[0], call->argument[1], call->argument[2], call->argument[3],
		       call->argument[4], call->argument[5]);
}

static void answer_call(struct task *task, const struct call *call)
{
	struct result result = { 0 };

	errno = 0;
	result.value = invoke(call);
	result.errno_ = result.value == -1 ? errno : 0;
	reply(task, RESULT, &result, sizeof(result));
}

/*
 * Enters the kernel as a 32-bit program does (arch/x86/entry/syscalls/syscall_32.tbl). The sixth
 * argument is swapped into %rbp only for the call, because that may be the frame pointer.
 */
static long invoke_32(const struct call *call)
{
#ifdef __x86_64__
	register uint64_t sixth __asm__("r12") = call->argument[5];
	long value;

	__asm__ volatile("xchg %%rbp, %[sixth]\n\tint $0x80\n\txchg %%rbp, %[sixth]"
			 : "=a"(value), [sixth] "+r"(sixth)
			 : "a"(call->number), "b"(call->argument[0]), "c"(call->argument[1]), "d"(call->argument[2]),
			   "S"(call->argument[3]), "D"(call->argument[4])
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return value;
#else
	(void)call;
	return -ENOSYS;
#endif
}

/* A kernel without the 32-bit entry sends SIGSEGV. */
static void answer_call_32(struct task *task, const struct call *call)
{
	struct result result;
	long value;

	if (sigsetjmp(guard.back, 0)) {
		reply_error(task, ENOSYS, "this kernel takes no 32-bit system calls");
		return;
	}
	guard.armed = 1;
	value = invoke_32(call);
	guard.armed = 0;
	memset(&result, 0, sizeof(result));
	result.errno_ = value < 0 && value >= -MAX_ERRNO ? -value : 0;
	result.value = result.errno_ ? -1 : value;
	reply(task, RESULT, &result, sizeof(result));
}

/*
 * Arms fail-nth, makes the call and reads the counter back, with nothing between. A dry run comes
 * first, because page faults on untouched code and stack would count as failure points. The counter
 * also fails this function's own copies to and from user space (CONFIG_FAULT_INJECTION_USERCOPY);
 * EFAULT while reading it back therefore means that one failure was left.
 */
static void answer_failing_call(struct task *task, const struct failing_call *failing)
{
	const struct call dry = { .number = SYS_getpid };
	struct result result = { 0 };
	char armed[24], left[24];
	int armed_length, failure = 0;
	long value = 0;

	/* On demand: it costs a sixth of starting a process. */
	if (task->fail_nth < 0)
		task->fail_nth = open_fail_nth();
	if (task->fail_nth < 0) {
		reply_error(task, ENOENT, "this kernel has no /proc/thread-self/fail-nth");
		return;
	}
	for (int round = 0; round < 2; round++) {
		bool is_dry = round == 0;
		ssize_t length;

		armed_length = snprintf(armed, sizeof(armed), "%llu", is_dry ? 0ULL : (unsigned long long)failing->n);
		memset(left, 0, sizeof(left));
		if (pwrite(task->fail_nth, armed, armed_length, 0) < 0) {
			reply_error(task, errno, "fail-nth did not take its number");
			return;
		}
		errno = 0;
		value = invoke(is_dry ? &dry : &failing->call);
		failure = value == -1 ? errno : 0;
		length = pread(task->fail_nth, left, sizeof(left) - 1, 0);
		if (length < 0)
			strcpy(left, "1");
	}
	while (pwrite(task->fail_nth, "0", 1, 0) < 0 && errno == EFAULT)
		;
	result.value = value;
	result.errno_ = failure;
	result.failures_left = strtoul(left, NULL, 10);
	reply(task, RESULT, &result, sizeof(result));
}

static void answer_read(struct task *task, const struct range *range)
{
	void *from = (void *)(uintptr_t)range->address;

	if (range->length > MAX_PAYLOAD)
		reply_error(task, EMSGSIZE, "a read takes more than one frame");
	else if (copy_guarded(task->frame.payload, from, range->length))
		reply_with(task, DATA, range->length, -1);
	else
		reply(task, FAULT, &guard.fault, sizeof(guard.fault));
}

/* A whole file in one answer; larger ones need open, read and close. */
static void answer_read_file(struct task *task, size_t path_length)
{
	char path[PATH_MAX];
	size_t length = 0;
	ssize_t got = 0;
	int fd;

	if (path_length >= sizeof(path)) {
		reply_error(task, ENAMETOOLONG, "open");
		return;
	}
	memcpy(path, task->frame.payload, path_length);
	path[path_length] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		reply_error(task, errno, "open");
		return;
	}
	while (length < MAX_PAYLOAD) {
		got = read(fd, task->frame.payload + length, MAX_PAYLOAD - length);
		if (got <= 0)
			break;
		length += got;
	}
	if (got < 0)
		reply_error(task, errno, "read");
	else if (got > 0)
		reply_error(task, EFBIG, "read");
	else
		reply_with(task, DATA, length, -1);
	close(fd);
}

/* Writes a whole file from one request, under a temporary name, then renames it. */
static void answer_write_file(struct task *task, size_t length)
{
	char path[PATH_MAX], part[PATH_MAX + sizeof(".part")];
	struct new_file file;
	const char *content;
	size_t left;
	int fd;

	memcpy(&file, task->frame.payload, sizeof(file));
	if (file.path_length >= sizeof(path) || file.path_length > length - sizeof(file)) {
		reply_error(task, ENAMETOOLONG, "open");
		return;
	}
	memcpy(path, task->frame.payload + sizeof(file), file.path_length);
	path[file.path_length] = '\0';
	snprintf(part, sizeof(part), "%s.part", path);
	content = task->frame.payload + sizeof(file) + file.path_length;
	left = length - sizeof(file) - file.path_length;
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		reply_error(task, errno, "open");
		return;
	}
	while (left) {
		ssize_t written = write(fd, content, left);

		if (written <= 0) {
			reply_error(task, written ? errno : ENOSPC, "write");
			close(fd);
			unlink(part);
			return;
		}
		content += written;
		left -= written;
	}
	if (fchmod(fd, file.mode) || rename(part, path))
		reply_error(task, errno, "rename");
	else
		reply(task, OK, NULL, 0);
	close(fd);
}

static void answer_write(struct task *task, uint64_t address, const char *bytes, size_t length)
{
	if (copy_guarded((void *)(uintptr_t)address, bytes, length))
		reply(task, OK, NULL, 0);
	else
		reply(task, FAULT, &guard.fault, sizeof(guard.fault));
}

static void answer_new_task(struct task *task, pid_t pid, pid_t tid, int routers_end)
{
	struct new_task made = {
		.pid = pid,
		.tid = tid,
		.scratch = (uintptr_t)scratch,
		.scratch_length = SCRATCH_BYTES,
	};

	memcpy(task->frame.payload, &made, sizeof(made));
	reply_with(task, TASK, sizeof(made), routers_end);
	close(routers_end);
}

static void leave_other_tasks(struct task *mine)
{
	for (struct task *task = tasks; task; task = task->next) {
		close(task->sock);
		if (task->fail_nth >= 0)
			close(task->fail_nth);
	}
	tasks = mine;
	mine->next = NULL;
	mine->is_thread = false;
}

static void answer_fork(struct task *task)
{
	int pair[2];
	pid_t pid;

	pthread_mutex_lock(&tasks_lock);
	if (high_pair(pair)) {
		reply_error(task, errno, "socketpair");
		goto unlock;
	}
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		leave_other_tasks(task);
		task->sock = pair[1];
		/* Belongs to a thread. */
		task->fail_nth = -1;
		goto unlock;
	}
	if (pid > 0) {
		close(pair[1]);
		answer_new_task(task, pid, pid, pair[0]);
		goto unlock;
	}
	reply_error(task, errno, "fork");
	close(pair[0]);
	close(pair[1]);
unlock:
	pthread_mutex_unlock(&tasks_lock);
}

static void serve(struct task *task);

static void *serve_thread(void *argument)
{
	struct task *task = argument;

	task->tid = syscall(SYS_gettid);
	task->fail_nth = -1;
	sem_post(&task->started);
	serve(task);
	return NULL;
}

static void answer_thread(struct task *task)
{
	struct task *made = calloc(1, sizeof(*made));
	pthread_attr_t detached;
	pthread_t thread;
	int pair[2], failure;

	if (!made) {
		reply_error(task, ENOMEM, "thread");
		return;
	}
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, 128 * 1024);
	pthread_mutex_lock(&tasks_lock);
	if (high_pair(pair)) {
		reply_error(task, errno, "socketpair");
		free(made);
		goto unlock;
	}
	made->sock = pair[1];
	made->is_thread = true;
	sem_init(&made->started, 0, 0);
	failure = pthread_create(&thread, &detached, serve_thread, made);
	if (failure) {
		reply_error(task, failure, "thread");
		close(pair[0]);
		close(pair[1]);
		free(made);
		goto unlock;
	}
	while (sem_wait(&made->started))
		;
	made->next = tasks;
	tasks = made;
	answer_new_task(task, getpid(), made->tid, pair[0]);
unlock:
	pthread_mutex_unlock(&tasks_lock);
	pthread_attr_destroy(&detached);
}

/* Ends a thread; ends the whole process if the task is not an added thread. */
static void end_task(struct task *task, int status)
{
	if (!task->is_thread)
		_exit(status);
	pthread_mutex_lock(&tasks_lock);
	for (struct task **at = &tasks; *at; at = &(*at)->next) {
		if (*at == task) {
			*at = task->next;
			break;
		}
	}
	close(task->sock);
	if (task->fail_nth >= 0)
		close(task->fail_nth);
	pthread_mutex_unlock(&tasks_lock);
	free(task);
	pthread_exit(NULL);
}

static void answer(struct task *task)
{
	/* Answers are built in the request's frame. */
	union {
		struct call call;
		struct failing_call failing;
		struct range range;
		uint32_t status;
	} request;
	size_t length = task->frame.header.length;

	memcpy(&request, task->frame.payload, length < sizeof(request) ? length : sizeof(request));
	switch (task->frame.header.op) {
	case SYSCALL:
		if (length != sizeof(request.call))
			break;
		answer_call(task, &request.call);
		return;
	case FAIL_NTH:
		if (length != sizeof(request.failing))
			break;
		answer_failing_call(task, &request.failing);
		return;
	case SYSCALL_32:
		if (length != sizeof(request.call))
			break;
		answer_call_32(task, &request.call);
		return;
	case READ:
		if (length != sizeof(request.range))
			break;
		answer_read(task, &request.range);
		return;
	case WRITE:
		if (length < sizeof(uint64_t))
			break;
		answer_write(task, request.range.address, task->frame.payload + sizeof(uint64_t),
			     length - sizeof(uint64_t));
		return;
	case FORK:
		answer_fork(task);
		return;
	case THREAD:
		answer_thread(task);
		return;
	case EXIT:
		if (length != sizeof(request.status))
			break;
		end_task(task, request.status);
		return;
	case READ_FILE:
		answer_read_file(task, length);
		return;
	case WRITE_FILE:
		if (length < sizeof(struct new_file))
			break;
		answer_write_file(task, length);
		return;
	}
	reply_error(task, EPROTO, "a task does not know this request, or not with this length");
}

static void serve(struct task *task)
{
	for (;;) {
		ssize_t size = recv(task->sock, &task->frame, sizeof(task->frame), 0);

		if (size >= (ssize_t)sizeof(struct header))
			answer(task);
		else if (size >= 0 || errno != EINTR)
			end_task(task, 0);
	}
}

/* A new process: descriptors 0, 1 and 2 on /dev/null, and otherwise only the agent's own. */
static void become_user_process(int sock, pid_t router)
{
	struct rlimit before;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != router)
		_exit(1);
	/* kill(0, …) must not reach the router. */
	setpgid(0, 0);
	widen_limit(&before);
	sock = move_high(sock);
	restore_limit(&before);
	if (null < 0 || sock < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(1);
	if (syscall(SYS_close_range, 3, sock - 1, 0) || syscall(SYS_close_range, sock + 1, ~0U, 0))
		_exit(1);
	set_handlers();
	tasks = &main_task;
	main_task.sock = sock;
	main_task.fail_nth = -1;
	serve(&main_task);
}

/* ---- the router ---- */

struct queued {
	struct queued *next;
	size_t size;
	char bytes[];
};

struct client {
	uint32_t id; /* 0: free */
	int sock; /* -1: closed */
	pid_t pid;
	bool is_child; /* of the router */
	bool is_reaped;
	struct queued *first;
	struct queued **last;
	size_t queued_bytes;
	/* Unanswered requests; without any, the socket is not read. */
	uint32_t unanswered;
	uint32_t kill_request;
};

static struct client clients[MAX_TASKS];
/* Number of places ever used. */
static int places;
static uint32_t last_task;
static int log_fd = -1;
static int log_errno;
static uint32_t barriers[MAX_BARRIERS];
static unsigned int barrier_count;
/* No further request is read until all earlier ones are answered; none: request 0. */
static struct {
	uint32_t request;
	struct timespec until;
} fence;
static volatile sig_atomic_t child_died;

static struct {
	char bytes[4 * sizeof(struct frame)];
	size_t start, end;
} input, output;

static void on_child(int signal_)
{
	(void)signal_;
	child_died = 1;
}

/* ---- processes that belong to no task ---- */

struct process {
	pid_t pid, parent;
	char state;
	char name[16];
};

/* Running processes: no zombies, no kernel threads. */
static struct process seen[MAX_PROCESSES];
static int seen_count;
/* Processes that ran before the first request. */
static pid_t standing[MAX_PROCESSES];
static int standing_count;
/* Parent of this session's commands. 0 outside a guest, where only descendants count. */
static pid_t sshd;
/* Stopped processes cannot fork. */
static pid_t stopped[MAX_PROCESSES];
static int stopped_count;

static bool has_pid(const pid_t *pids, int count, pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* Documentation/filesystems/proc.rst, table 1-4. False if gone, a zombie, or a kernel thread. */
static bool read_process(pid_t pid, struct process *process)
{
	const unsigned int kernel_thread = 0x00200000; /* linux/sched.h: PF_KTHREAD */
	char path[32], stat[512], *name, *name_end;
	unsigned int flags;
	int threads, fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (length <= 0)
		return false;
	stat[length] = '\0';
	name = strchr(stat, '(');
	/* A name may contain brackets. */
	name_end = strrchr(stat, ')');
	if (!name || !name_end ||
	    sscanf(name_end, ") %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d",
		   &process->state, &process->parent, &flags, &threads) != 4)
		return false;
	/* After its first thread's end, a process is no zombie while other threads run. */
	if (((process->state == 'Z' || process->state == 'X') && threads <= 1) || flags & kernel_thread)
		return false;
	process->pid = pid;
	memset(process->name, 0, sizeof(process->name));
	for (size_t i = 0; ++name < name_end && i < sizeof(process->name); i++)
		process->name[i] = *name;
	return true;
}

static bool see_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	seen_count = 0;
	if (!proc)
		return false;
	while ((entry = readdir(proc)) && seen_count < MAX_PROCESSES) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0 && read_process(pid, &seen[seen_count]))
			seen_count++;
	}
	closedir(proc);
	return true;
}

static const struct process *seen_process(pid_t pid)
{
	for (int i = 0; i < seen_count; i++)
		if (seen[i].pid == pid)
			return &seen[i];
	return NULL;
}

static void remember_standing(void)
{
	see_processes();
	for (int i = 0; i < seen_count; i++)
		standing[standing_count++] = seen[i].pid;
}

/* A free pid may be reused later. */
static void forget_standing(void)
{
	int kept = 0;

	for (int i = 0; i < standing_count; i++)
		if (seen_process(standing[i]))
			standing[kept++] = standing[i];
	standing_count = kept;
}

static bool is_alive(const struct client *client)
{
	return client->id && (client->is_child ? !client->is_reaped : client->sock >= 0);
}

static const struct client *client_of(pid_t pid)
{
	for (int i = 0; i < places; i++)
		if (clients[i].pid == pid && is_alive(&clients[i]))
			return &clients[i];
	return NULL;
}

enum owner {
	/* The guest's own processes, and tasks, which the client ends. */
	NOT_OURS,
	/* Of a running command, of a program that replaced a task, or a task's child. */
	HELD,
	/* Its parent has ended. */
	LEFT,
};

static enum owner owner_of(const struct process *process)
{
	const struct client *client = client_of(process->pid);
	pid_t me = getpid();

	if (client)
		return client->sock < 0 ? HELD : NOT_OURS;
	if (process->pid == me || has_pid(standing, standing_count, process->pid))
		return NOT_OURS;
	for (int depth = 0; process && depth < seen_count; depth++) {
		pid_t parent = process->parent;

		if (client_of(parent) || (sshd && parent == sshd))
			return HELD;
		if (parent == me)
			return LEFT;
		if (has_pid(standing, standing_count, parent))
			break;
		process = seen_process(parent);
	}
	/* The parent is init, a kernel thread, or has just ended. */
	return sshd ? LEFT : NOT_OURS;
}

/*
 * Returns how many were not stopped when last seen, and may have forked since. A process in
 * uninterruptible sleep does not fork, either: it may be waiting for its vfork().
 */
static int stop_held(void)
{
	int fresh = 0;

	for (int i = 0; i < seen_count && stopped_count < MAX_PROCESSES; i++) {
		pid_t pid = seen[i].pid;

		if (owner_of(&seen[i]) != HELD || has_pid(stopped, stopped_count, pid))
			continue;
		fresh++;
		if (seen[i].state != 'R' && seen[i].state != 'S')
			stopped[stopped_count++] = pid;
		kill(pid, SIGSTOP);
	}
	return fresh;
}

static void kill_descendants(void)
{
	pid_t me = getpid();

	for (int i = 0; i < places; i++)
		if (is_alive(&clients[i]))
			kill(clients[i].pid, SIGKILL);
	/* Orphans become children of the router, a subreaper, so this reaches everything. */
	do {
		if (!see_processes())
			return;
		for (int i = 0; i < seen_count; i++)
			if (seen[i].parent == me)
				kill(seen[i].pid, SIGKILL);
	} while (waitpid(-1, NULL, 0) > 0);
}

/* ---- output ---- */

/*
 * Reads the counters itself: GCC 14 at -O1 treats a function that only calls one without side
 * effects as constant, and calls it once per loop (ipa-modref).
 */
static bool has_room(size_t needed)
{
	return sizeof(output.bytes) - (output.end - output.start) >= needed;
}

static char *output_tail(size_t needed)
{
	if (sizeof(output.bytes) - output.end < needed) {
		memmove(output.bytes, output.bytes + output.start, output.end - output.start);
		output.end -= output.start;
		output.start = 0;
	}
	return output.bytes + output.end;
}

/* The caller checks for room; anything larger must not overwrite other memory. */
static void emit(uint32_t request, uint32_t task, uint32_t op, const void *payload, size_t length)
{
	struct header header = { .length = length, .request = request, .task = task, .op = op };
	char *at;

	if (!has_room(sizeof(header) + length))
		abort();
	at = output_tail(sizeof(header) + length);
	memcpy(at, &header, sizeof(header));
	if (length)
		memcpy(at + sizeof(header), payload, length);
	output.end += sizeof(header) + length;
}

static void emit_error(uint32_t request, uint32_t task, int failure, const char *text)
{
	char payload[200];
	uint32_t number = failure;
	int length;

	memcpy(payload, &number, sizeof(number));
	length = snprintf(payload + sizeof(number), sizeof(payload) - sizeof(number), "%s", text);
	emit(request, task, ERROR, payload, sizeof(number) + length);
}

static void flush(void)
{
	while (output.start < output.end) {
		ssize_t written = write(STDOUT_FILENO, output.bytes + output.start, output.end - output.start);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN)
			return;
		if (written < 0) {
			kill_descendants();
			exit(1);
		}
		output.start += written;
	}
	output.start = output.end = 0;
}

static void fatal(const char *text)
{
	fprintf(stderr, "agent: %s\n", text);
	if (has_room(sizeof(struct header) + strlen(text)))
		emit(0, 0, FATAL, text, strlen(text));
	/* Nothing is left to serve, so it may block. */
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
	kill_descendants();
	flush();
	exit(2);
}

static struct client *find_client(uint32_t id)
{
	for (int i = 0; id && i < places; i++)
		if (clients[i].id == id)
			return &clients[i];
	return NULL;
}

static struct client *add_client(int sock, pid_t pid, bool is_child)
{
	for (int i = 0; i < MAX_TASKS; i++) {
		if (clients[i].id)
			continue;
		clients[i] = (struct client){ .id = ++last_task, .sock = sock, .pid = pid, .is_child = is_child };
		clients[i].last = &clients[i].first;
		if (i >= places)
			places = i + 1;
		return &clients[i];
	}
	return NULL;
}

/* Forgets a client whose socket is closed and which, if the router's child, was reaped. */
static void forget_if_over(struct client *client)
{
	if (client->sock >= 0 || (client->is_child && !client->is_reaped))
		return;
	if (client->kill_request)
		emit(client->kill_request, 0, OK, NULL, 0);
	client->id = 0;
}

static void drop_queue(struct client *client)
{
	while (client->first) {
		struct queued *next = client->first->next;

		free(client->first);
		client->first = next;
	}
	client->last = &client->first;
	client->queued_bytes = 0;
}

static void close_client(struct client *client)
{
	close(client->sock);
	client->sock = -1;
	drop_queue(client);
	emit(0, client->id, TASK_CLOSED, NULL, 0);
	forget_if_over(client);
}

static void spawn(uint32_t request)
{
	struct new_task made = { .scratch = (uintptr_t)scratch, .scratch_length = SCRATCH_BYTES };
	pid_t router = getpid(), pid;
	struct client *client;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		emit_error(request, 0, errno, "socketpair");
		return;
	}
	pid = fork();
	if (pid == 0)
		become_user_process(pair[1], router);
	close(pair[1]);
	if (pid < 0) {
		emit_error(request, 0, errno, "fork");
		close(pair[0]);
		return;
	}
	client = add_client(pair[0], pid, true);
	if (!client) {
		emit_error(request, 0, EAGAIN, "the agent has no place for another task");
		close(pair[0]);
		return;
	}
	made.task = client->id;
	made.pid = made.tid = pid;
	emit(request, 0, TASK, &made, sizeof(made));
}

static void kill_client(uint32_t request, uint32_t id)
{
	struct client *client = find_client(id);

	/* Without a socket, and not our child, the pid may have been reused. */
	if (!client) {
		emit(request, 0, OK, NULL, 0);
		return;
	}
	if (client->kill_request) {
		emit_error(request, 0, EALREADY, "this process is being killed already");
		return;
	}
	client->kill_request = request;
	kill(client->pid, SIGKILL);
}

/*
 * Kills running commands, and with @kill_left orphans, and answers with both. All are stopped
 * before the first is killed: a child being forked while its parent is killed would look like an
 * orphan.
 */
static void answer_others(uint32_t request, bool kill_left)
{
	static struct other others[MAX_PROCESSES];
	int count = 0;

	stopped_count = 0;
	/* A process that loops in the kernel never stops. */
	for (int rounds = 0; rounds < MAX_ROUNDS; rounds++) {
		const struct timespec moment = { .tv_nsec = 1000000 };

		if (!see_processes()) {
			emit_error(request, 0, errno, "/proc cannot be read");
			return;
		}
		if (!stop_held())
			break;
		/* Gives them the guest's only CPU. */
		nanosleep(&moment, NULL);
	}
	forget_standing();
	for (int i = 0; i < seen_count; i++) {
		enum owner owner = owner_of(&seen[i]);

		if (owner == NOT_OURS)
			continue;
		others[count].pid = seen[i].pid;
		others[count].is_left = owner == LEFT;
		memcpy(others[count].name, seen[i].name, sizeof(others[count].name));
		count++;
	}
	for (int i = 0; i < count; i++)
		if (kill_left || !others[i].is_left)
			kill(others[i].pid, SIGKILL);
	emit(request, 0, DATA, others, count * sizeof(others[0]));
}

static void say_hello(uint32_t request)
{
	struct hello hello = {
		.protocol = PROTOCOL,
#if defined(__x86_64__)
		.machine = EM_X86_64,
#elif defined(__aarch64__)
		.machine = EM_AARCH64,
#else
#error "say which machine this is (ELF e_machine), and add its tables to harness/guest/abi"
#endif
		.page_size = sysconf(_SC_PAGESIZE),
		.max_payload = MAX_PAYLOAD,
		.log_errno = log_errno,
	};
	struct utsname name;

	uname(&name);
	memcpy(hello.release, name.release, sizeof(hello.release));
	emit(request, 0, HELLO, &hello, sizeof(hello));
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static struct timespec now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time;
}

/* A fence times out, so that an unkillable process does not block the client. */
static void raise_fence(uint32_t request, uint32_t milliseconds)
{
	fence.request = request;
	fence.until = now();
	fence.until.tv_sec += milliseconds / 1000;
	fence.until.tv_nsec += milliseconds % 1000 * 1000000L;
	if (fence.until.tv_nsec >= 1000000000L) {
		fence.until.tv_sec++;
		fence.until.tv_nsec -= 1000000000L;
	}
}

static bool is_all_answered(void)
{
	for (int i = 0; i < places; i++) {
		const struct client *client = &clients[i];

		if (client->id && (client->kill_request || (client->sock >= 0 && client->unanswered)))
			return false;
	}
	return true;
}

/* @left: time until the fence times out */
static void lower_fence(struct timespec *left)
{
	struct timespec time;

	if (is_all_answered()) {
		emit(fence.request, 0, OK, NULL, 0);
		fence.request = 0;
		return;
	}
	time = now();
	if (!is_before(&time, &fence.until)) {
		emit_error(fence.request, 0, ETIME, "not all was answered in time");
		fence.request = 0;
		return;
	}
	left->tv_sec = fence.until.tv_sec - time.tv_sec;
	left->tv_nsec = fence.until.tv_nsec - time.tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_sec--;
		left->tv_nsec += 1000000000L;
	}
}

static void answer_router(const struct header *header, const char *payload)
{
	uint32_t id = 0;

	if (header->length >= sizeof(id))
		memcpy(&id, payload, sizeof(id));
	switch (header->op) {
	case HELLO:
		say_hello(header->request);
		break;
	case SPAWN:
		spawn(header->request);
		break;
	case KILL:
		kill_client(header->request, id);
		break;
	case BARRIER:
		if (barrier_count < MAX_BARRIERS)
			barriers[barrier_count++] = header->request;
		else
			emit_error(header->request, 0, EAGAIN, "too many barriers at once");
		break;
	case FENCE:
		raise_fence(header->request, id);
		break;
	case OTHERS:
		answer_others(header->request, id);
		break;
	default:
		emit_error(header->request, 0, EPROTO, "the router does not know this request");
	}
}

static void pass_on(const struct header *header, const char *frame)
{
	struct client *client = find_client(header->task);
	size_t size = sizeof(*header) + header->length;
	struct queued *queued;

	if (!client || client->sock < 0) {
		emit_error(header->request, header->task, ESRCH, "this task has ended");
		return;
	}
	client->unanswered++;
	if (!client->first && send(client->sock, frame, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return;
	if (!client->first && errno == EPIPE)
		/* Its end is detected and reported where its answers are read. */
		return;
	queued = client->queued_bytes + size > MAX_QUEUED_BYTES ? NULL : malloc(sizeof(*queued) + size);
	if (!queued) {
		client->unanswered--;
		emit_error(header->request, header->task, ENOBUFS, "this task has too many requests waiting");
		return;
	}
	queued->next = NULL;
	queued->size = size;
	memcpy(queued->bytes, frame, size);
	*client->last = queued;
	client->last = &queued->next;
	client->queued_bytes += size;
}

static void send_queued(struct client *client)
{
	while (client->first) {
		struct queued *queued = client->first;

		if (send(client->sock, queued->bytes, queued->size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return;
		client->first = queued->next;
		client->queued_bytes -= queued->size;
		free(queued);
	}
	client->last = &client->first;
}

static bool has_frame(struct header *header)
{
	char text[100];

	if (input.end - input.start < sizeof(*header))
		return false;
	memcpy(header, input.bytes + input.start, sizeof(*header));
	if (header->length > MAX_PAYLOAD) {
		snprintf(text, sizeof(text), "a frame says %u bytes, and %u is the most", header->length,
			 (unsigned int)MAX_PAYLOAD);
		fatal(text);
	}
	return input.end - input.start >= sizeof(*header) + header->length;
}

static void take_frames(void)
{
	struct header header;

	while (!fence.request && has_room(ROOM_FOR_ANSWER) && has_frame(&header)) {
		char *frame = input.bytes + input.start;

		if (header.task)
			pass_on(&header, frame);
		else
			answer_router(&header, frame + sizeof(header));
		input.start += sizeof(header) + header.length;
	}
	memmove(input.bytes, input.bytes + input.start, input.end - input.start);
	input.end -= input.start;
	input.start = 0;
}

static void read_input(void)
{
	ssize_t size = read(STDIN_FILENO, input.bytes + input.end, sizeof(input.bytes) - input.end);

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		kill_descendants();
		exit(size == 0 && input.end == 0 ? 0 : 1);
	}
	input.end += size;
}

/* Receives the router's end of a new task's socket, sent with a frame. */
static int received_fd(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
	    control->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(control), sizeof(int));
	return fd;
}

static void add_task(char *frame, int sock)
{
	struct header header;
	struct new_task made;
	struct client *client;

	memcpy(&header, frame, sizeof(header));
	memcpy(&made, frame + sizeof(header), sizeof(made));
	client = header.op == TASK && header.length == sizeof(made) ? add_client(sock, made.pid, false) : NULL;
	if (!client) {
		/* Closing its socket ends the new task. */
		close(sock);
		emit_error(header.request, header.task, EAGAIN, "the agent has no place for another task");
		return;
	}
	made.task = client->id;
	emit(header.request, header.task, TASK, &made, sizeof(made));
}

static void read_client(struct client *client)
{
	while (has_room(ROOM_FOR_ANSWER)) {
		char *at = output_tail(sizeof(struct frame));
		struct iovec bytes = { at, sizeof(struct frame) };
		union {
			struct cmsghdr header;
			char room[CMSG_SPACE(sizeof(int))];
		} control;
		struct msghdr message = {
			.msg_iov = &bytes,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t size = recvmsg(client->sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		struct header header;
		int sock;

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (size < (ssize_t)sizeof(header)) {
			close_client(client);
			return;
		}
		memcpy(&header, at, sizeof(header));
		header.length = size - sizeof(header);
		header.task = client->id;
		memcpy(at, &header, sizeof(header));
		sock = received_fd(&message);
		if (sock < 0) {
			output.end += size;
		} else {
			/* Copied first, because emit() reuses the frame's memory. */
			char frame[sizeof(header) + sizeof(struct new_task)];

			memcpy(frame, at, sizeof(frame));
			add_task(frame, sock);
		}
		/*
		 * The event means one frame, or the end. More follow only if more were requested.
		 */
		if (client->unanswered <= 1) {
			client->unanswered = 0;
			return;
		}
		client->unanswered--;
	}
}

static void reap(void)
{
	pid_t pid;
	int status;

	child_died = 0;
	while (has_room(ROOM_FOR_ANSWER) && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < places; i++) {
			struct client *client = &clients[i];
			struct exited exited = { pid, status };

			if (!client->id || !client->is_child || client->is_reaped || client->pid != pid)
				continue;
			client->is_reaped = true;
			emit(0, client->id, PROCESS_EXITED, &exited, sizeof(exited));
			forget_if_over(client);
		}
	}
	if (!has_room(ROOM_FOR_ANSWER))
		child_died = 1;
}

/* Reads records until none is left, then answers the barriers, or until the output is full. */
static void read_log(void)
{
	char record[LOG_RECORD_BYTES];

	while (has_room(ROOM_FOR_ANSWER)) {
		ssize_t size = log_fd < 0 ? -1 : read(log_fd, record, sizeof(record));
		char *end;

		if (size > 0) {
			/* Later lines are the record's dictionary. */
			end = memchr(record, '\n', size);
			emit(0, 0, LOG, record, end ? end - record : size);
		} else if (log_fd >= 0 && (errno == EPIPE || errno == EINVAL)) {
			/*
			 * The ring buffer overran, or the record is too long; the next read
			 * continues.
			 */
			emit(0, 0, LOG_LOST, NULL, 0);
		} else if (log_fd >= 0 && errno == EINTR) {
			continue;
		} else {
			for (unsigned int i = 0; i < barrier_count; i++)
				emit(barriers[i], 0, OK, NULL, 0);
			barrier_count = 0;
			return;
		}
	}
}

static void route(const sigset_t *while_waiting)
{
	static struct pollfd polled[3 + MAX_TASKS];
	static struct client *owner[3 + MAX_TASKS];
	const struct timespec at_once = { 0 };
	struct timespec left = { .tv_sec = 1 };
	struct header header;
	bool room, is_busy;
	int count = 3;

	if (child_died)
		reap();
	take_frames();
	/* All may be answered already: then a new fence is lowered at once. */
	while (fence.request && has_room(ROOM_FOR_ANSWER)) {
		lower_fence(&left);
		if (fence.request)
			break;
		take_frames();
	}
	if (barrier_count)
		read_log();
	flush();
	room = has_room(ROOM_FOR_ANSWER);
	/* Work that stopped for lack of room continues after flushing. */
	is_busy = room && (barrier_count || child_died || (!fence.request && has_frame(&header)));
	polled[0] = (struct pollfd){ .fd = input.end < sizeof(input.bytes) ? STDIN_FILENO : -1, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = output.start < output.end ? STDOUT_FILENO : -1, .events = POLLOUT };
	polled[2] = (struct pollfd){ .fd = room ? log_fd : -1, .events = POLLIN };
	for (int i = 0; i < places; i++) {
		struct client *client = &clients[i];

		if (!room || !client->id || client->sock < 0)
			continue;
		owner[count] = client;
		polled[count++] = (struct pollfd){
			.fd = client->sock,
			.events = POLLIN | (client->first ? POLLOUT : 0),
		};
	}
	if (ppoll(polled, count, is_busy ? &at_once : fence.request ? &left : NULL, while_waiting) < 0) {
		if (errno != EINTR)
			fatal(strerror(errno));
		return;
	}
	for (int i = 3; i < count; i++) {
		if (polled[i].revents & POLLOUT)
			send_queued(owner[i]);
		if (polled[i].revents & (POLLIN | POLLHUP | POLLERR))
			read_client(owner[i]);
	}
	if (polled[2].revents)
		read_log();
	if (polled[0].revents)
		read_input();
}

/* ---- the login shell ---- */

/*
 * The harness's two command lines (harness/guest/) are handled without a shell, which on emulation
 * costs as much as ten system calls of a test, and on a restored machine a hundred.
 */
static const char serve_line[] = "exec /bin/agent";
static const char run_line[] = "echo $$ >&2; exec setsid sh -c '";

/* Unquotes a single-quoted word of sh; false if anything follows it. */
static bool unquote(char *word)
{
	char *to = word;

	for (const char *from = word; *from;) {
		if (*from != '\'') {
			*to++ = *from++;
		} else if (!strncmp(from, "'\\''", 4)) {
			*to++ = '\'';
			from += 4;
		} else {
			*to = '\0';
			return from[1] == '\0';
		}
	}
	return false;
}

/* Returns if the agent shall serve. */
static void be_shell(int count, char **arguments)
{
	char *line = count == 3 && !strcmp(arguments[1], "-c") ? arguments[2] : NULL;
	bool is_login = arguments[0][0] == '-';
	char *copy;

	if (!line && !is_login)
		return;
	setenv("SHELL", "/bin/sh", 1);
	if (line && !strcmp(line, serve_line)) {
		sshd = getppid();
		return;
	}
	copy = line && !strncmp(line, run_line, strlen(run_line)) ? strdup(line + strlen(run_line)) : NULL;
	if (copy && unquote(copy)) {
		dprintf(STDERR_FILENO, "%d\n", getpid());
		setsid();
		execl("/bin/sh", "sh", "-c", copy, NULL);
	}
	arguments[0] = is_login ? "-sh" : "sh";
	execv("/bin/sh", arguments);
	perror("/bin/sh");
	exit(127);
}

/*
 * Mounts /proc late, because dropbear reads much of it per connection, as randomness for kernels
 * without any: a third of the time to log in to an emulated guest.
 */
static void need_proc(void)
{
	if (access("/proc/self", F_OK) && mount("proc", "/proc", "proc", 0, NULL))
		perror("/proc");
}

int main(int count, char **arguments)
{
	struct sigaction child = { .sa_handler = on_child };
	sigset_t blocked, while_waiting;

	need_proc();
	be_shell(count, arguments);
	remember_standing();
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		log_errno = errno;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
	sigdelset(&while_waiting, SIGCHLD);
	sigaction(SIGCHLD, &child, NULL);
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
	for (;;)
		route(&while_waiting);
}
