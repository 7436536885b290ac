/* modprove: modules=v4l2loopback */
/* What one program writes to the device as a camera is what another reads from it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 64
#define HEIGHT 48
#define FRAME_BYTES (WIDTH * HEIGHT * 2)
#define FRAMES 3

static int count;

static void result(int ok, const char *what)
{
	if (!ok)
		perror("# the last error");
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
}

/* Reads a frame that comes within five seconds. poll() tells of one only after the first read(). */
static int read_frame(int fd, unsigned char *frame)
{
	ssize_t length = read(fd, frame, FRAME_BYTES);

	for (int tries = 0; length < 0 && errno == EAGAIN && tries < 500; tries++) {
		poll(NULL, 0, 10);
		length = read(fd, frame, FRAME_BYTES);
	}
	return length == FRAME_BYTES;
}

int main(void)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT };
	unsigned char written[FRAME_BYTES], got[FRAME_BYTES];
	int camera = open("/dev/video0", O_RDWR), viewer, same = 0;
	struct v4l2_capability about = { 0 };

	setbuf(stdout, NULL);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	puts("1..5");
	result(ioctl(camera, VIDIOC_QUERYCAP, &about) == 0 &&
	       strcmp((char *)about.driver, "v4l2 loopback") == 0, "the device is of the driver");

	format.fmt.pix.width = WIDTH;
	format.fmt.pix.height = HEIGHT;
	format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
	format.fmt.pix.field = V4L2_FIELD_NONE;
	result(ioctl(camera, VIDIOC_S_FMT, &format) == 0 && format.fmt.pix.sizeimage == FRAME_BYTES,
	       "a camera chooses a format");

	memset(written, 0, sizeof(written));
	if (write(camera, written, sizeof(written)) < 0)
		perror("# write");
	viewer = open("/dev/video0", O_RDWR | O_NONBLOCK);
	memset(&format, 0, sizeof(format));
	format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	result(ioctl(viewer, VIDIOC_G_FMT, &format) == 0 && format.fmt.pix.width == WIDTH &&
	       format.fmt.pix.height == HEIGHT && format.fmt.pix.pixelformat == V4L2_PIX_FMT_YUYV,
	       "a viewer has the camera's format");

	result(read_frame(viewer, got) && memcmp(got, written, FRAME_BYTES) == 0,
	       "the frame that was written is read");

	for (int frame = 1; frame <= FRAMES; frame++) {
		for (int i = 0; i < FRAME_BYTES; i++)
			written[i] = rand();
		if (write(camera, written, sizeof(written)) < 0)
			perror("# write");
		same += read_frame(viewer, got) && memcmp(got, written, FRAME_BYTES) == 0;
	}
	result(same == FRAMES, "so are those that follow, each once");
	return 0;
}
