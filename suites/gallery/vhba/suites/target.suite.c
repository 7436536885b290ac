/* modprove: modules=vhba timeout=60 */
/* Whoever opens /dev/vhba_ctl is a SCSI target: it answers INQUIRY, and the device appears. */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* vhba.c */
#define GET_ADDRESS 0xBEEF001
struct request { uint32_t metatag, lun; uint8_t cdb[16], cdb_length; uint32_t data_length; };
struct response { uint32_t metatag, status, data_length; };

#define INQUIRY 0x12
#define ILLEGAL_REQUEST 5
#define CHECK_CONDITION 2

static int count;

static void result(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
}

/* Answers a request that is there within the time, in ms. Returns its operation, or -1. */
static int answer(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct request request;
	struct { struct response head; uint8_t data[36]; } out = { 0 };
	unsigned char in[65536];

	if (poll(&p, 1, ms) != 1 || read(fd, in, sizeof(in)) < (ssize_t)sizeof(request))
		return -1;
	memcpy(&request, in, sizeof(request));
	out.head.metatag = request.metatag;
	if (request.cdb[0] == INQUIRY && !(request.cdb[1] & 1)) {
		out.head.data_length = request.data_length < 36 ? request.data_length : 36;
		out.data[0] = 3; /* a processor, which no driver of the kernel takes */
		out.data[2] = 5; /* SPC-3 */
		out.data[3] = 2;
		out.data[4] = 31;
		memcpy(out.data + 8, "MODPROVEA target that  0.1 ", 27);
	} else {
		out.head.status = CHECK_CONDITION;
		out.head.data_length = 18;
		out.data[0] = 0x70;
		out.data[2] = ILLEGAL_REQUEST;
		out.data[7] = 10;
	}
	if (write(fd, &out, sizeof(out.head) + out.head.data_length) < 0)
		perror("write");
	return request.cdb[0];
}

/* Answers for at most 10 s, until the file is there, or is not. */
static int eventually(int fd, const char *path, int is_there)
{
	time_t end = time(NULL) + 10;

	while ((access(path, F_OK) == 0) != is_there && time(NULL) < end)
		if (fd < 0)
			poll(NULL, 0, 10);
		else
			answer(fd, 10);
	return (access(path, F_OK) == 0) == is_there;
}

int main(void)
{
	unsigned int id[4] = { 0 };
	char device[64], path[128], vendor[16] = "";
	int fd = open("/dev/vhba_ctl", O_RDWR), file;

	setbuf(stdout, NULL);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	puts("1..5");
	result(fd >= 0 && ioctl(fd, GET_ADDRESS, id) == 0, "an opened target has an address");
	result(answer(fd, 10000) == INQUIRY, "the kernel asks it what it is, by INQUIRY");

	sprintf(device, "/sys/bus/scsi/devices/%u:%u:%u:%u", id[0], id[1], id[2], id[3]);
	result(eventually(fd, device, 1), "a SCSI device is there by its address");

	sprintf(path, "%s/vendor", device);
	file = open(path, O_RDONLY);
	if (read(file, vendor, sizeof(vendor) - 1) < 0)
		perror(path);
	close(file);
	result(strncmp(vendor, "MODPROVE", 8) == 0, "it has the vendor of the answer");

	close(fd);
	result(eventually(-1, device, 0), "it is removed when the target is closed");
	return 0;
}
