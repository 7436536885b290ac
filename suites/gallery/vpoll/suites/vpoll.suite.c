/* modprove: modules=vpoll */
/* Events that a program sets on /dev/vpoll are those that poll() and epoll see. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* /usr/include/sys/vpoll.h of libvpoll */
#define ADDEVENTS _IO('^', 1)
#define DELEVENTS _IO('^', 2)
#define SETEVENTS _IO('^', 3)

static int count;

static void result(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
}

static short events(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

int main(void)
{
	int fd = open("/dev/vpoll", O_RDWR);
	int other = open("/dev/vpoll", O_RDWR);
	int ep = epoll_create1(0);
	struct epoll_event wanted = { .events = EPOLLIN | EPOLLET, .data.u32 = 7 }, got = { 0 };
	struct pollfd waiting = { .fd = other, .events = POLLPRI };
	int status;
	pid_t child;

	setbuf(stdout, NULL);
	puts("1..8");
	result(fd >= 0 && other >= 0 && events(fd) == 0, "a new device has no events");
	result(ioctl(fd, ADDEVENTS, EPOLLIN) == EPOLLIN && events(fd) == POLLIN, "an added event is polled");
	result(ioctl(fd, SETEVENTS, EPOLLOUT | EPOLLPRI) == (EPOLLOUT | EPOLLPRI) &&
	       events(fd) == (POLLOUT | POLLPRI), "set events replace those before");
	result(ioctl(fd, DELEVENTS, EPOLLOUT) == EPOLLPRI && events(fd) == POLLPRI, "a deleted event is gone");
	result(events(other) == 0, "each open file has events of its own");
	result(ioctl(fd, _IO('^', 4), 0) == -1 && errno == EINVAL, "an unknown command is EINVAL");

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &wanted);
	ioctl(fd, ADDEVENTS, EPOLLIN);
	result(epoll_wait(ep, &got, 1, 5000) == 1 && got.data.u32 == 7 && got.events == EPOLLIN,
	       "epoll is told of an edge");

	child = fork();
	if (child == 0)
		_exit(ioctl(other, SETEVENTS, EPOLLPRI) != EPOLLPRI);
	result(poll(&waiting, 1, 5000) == 1 && waiting.revents == POLLPRI &&
	       waitpid(child, &status, 0) == child && status == 0, "another process wakes one that polls");
	return 0;
}
