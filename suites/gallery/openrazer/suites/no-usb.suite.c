/* modprove: modules=uhid,razerkbd timeout=20 */
/*
 * A keyboard of the vendor's numbers that is no USB device, played by uhid.
 * Without hid_is_usb(), the driver takes it for one.
 */
#include <fcntl.h>
#include <linux/input.h>
#include <linux/uhid.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	struct uhid_event device = { .type = UHID_CREATE2 }, gone = { .type = UHID_DESTROY };
	int uhid = open("/dev/uhid", O_RDWR);

	setbuf(stdout, NULL);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	puts("1..1");
	strcpy((char *)device.u.create2.name, "no USB");
	device.u.create2.bus = BUS_USB;
	device.u.create2.vendor = 0x1532;
	device.u.create2.product = 0x010d;
	device.u.create2.rd_size = 1;
	if (write(uhid, &device, sizeof(device)) < 0)
		perror("UHID_CREATE2");
	/* Waits for the end of the driver's probe. */
	puts(write(uhid, &gone, sizeof(gone)) < 0 ? "not ok 1" : "ok 1 - a device that is no USB device is refused");
	return 0;
}
