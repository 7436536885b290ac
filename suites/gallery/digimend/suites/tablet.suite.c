/* modprove: modules=uhid,evdev,hid_digimend_viewsonic */
/* A signature pad, played by uhid: the driver mends its description, and its pen is seen. */
#include <fcntl.h>
#include <linux/input.h>
#include <linux/uhid.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* hid-ids.h, hid-digimend-viewsonic.c */
#define VIEWSONIC 0x0543
#define PD1011 0xe621
#define BROKEN_SIZE 408

static int count;

static void result(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
}

/* Opens a file that appears within ten seconds. */
static int eventually(const char *path)
{
	int fd = open(path, O_RDONLY);

	for (int tries = 0; fd < 0 && tries < 1000; tries++) {
		poll(NULL, 0, 10);
		fd = open(path, O_RDONLY);
	}
	return fd;
}

/* Whether the next events say where the pen is; their order is the kernel's. */
static int pen_is_at(int fd, int x, int y, int pressure)
{
	struct input_event event = { .type = EV_ABS };
	int axes[ABS_CNT] = { 0 };

	while (event.type != EV_SYN && read(fd, &event, sizeof(event)) == sizeof(event))
		if (event.type == EV_ABS)
			axes[event.code] = event.value;
	return axes[ABS_X] == x && axes[ABS_Y] == y && axes[ABS_PRESSURE] == pressure;
}

int main(void)
{
	struct uhid_event pad = { .type = UHID_CREATE2 }, gone = { .type = UHID_DESTROY };
	struct uhid_event pen = { .type = UHID_INPUT2 };
	/* Report 2: X 4096, Y 8192, in range and touching, pressure 1024. */
	const unsigned char report[] = { 2, 0x00, 0x10, 0x00, 0x20, 0x06, 0x00, 0x04, 0, 0 };
	int uhid = open("/dev/uhid", O_RDWR), fd;

	setbuf(stdout, NULL);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	puts("1..2");
	strcpy((char *)pad.u.create2.name, "pad");
	pad.u.create2.bus = BUS_USB;
	pad.u.create2.vendor = VIEWSONIC;
	pad.u.create2.product = PD1011;
	pad.u.create2.rd_size = BROKEN_SIZE;
	result(write(uhid, &pad, sizeof(pad)) == sizeof(pad), "a pad with a broken description is there");

	pen.u.input2.size = sizeof(report);
	memcpy(pen.u.input2.data, report, sizeof(report));
	fd = eventually("/dev/input/event0");
	/* What it reports while the driver still probes is dropped. */
	for (int tries = 0; fd >= 0 && tries < 100; tries++)
		if (write(uhid, &pen, sizeof(pen)) < 0)
			perror("UHID_INPUT2");
		else if (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 100) == 1)
			break;
	result(pen_is_at(fd, 4096, 8192, 1024), "its pen is seen");
	close(fd);
	if (write(uhid, &gone, sizeof(gone)) < 0)
		perror("UHID_DESTROY");
	return 0;
}
