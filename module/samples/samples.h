/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef MODPROVE_SAMPLES_H
#define MODPROVE_SAMPLES_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * /dev/sample-shared: one zeroed page for all openers, as long as anybody holds it.
 * Argument: a pointer to an int that receives a new close-on-exec descriptor.
 */
#define SAMPLE_IOC_SHARED	_IOR('S', 0, __s32)

/* /dev/sample-read-only: a new buffer each time, whose page n begins with "page n". */
struct sample_read_only {
	__u32 npages;	/* 1 to 1024 */
	__s32 fd;	/* out: a new close-on-exec descriptor */
};

#define SAMPLE_IOC_READ_ONLY	_IOWR('S', 1, struct sample_read_only)

/*
 * /dev/sample-fixed: a new zeroed buffer of SAMPLE_FIXED_PAGES pages each time.
 * No argument. Returns a new close-on-exec descriptor.
 */
#define SAMPLE_FIXED_PAGES	4
#define SAMPLE_IOC_FIXED	_IO('S', 2)

#endif
