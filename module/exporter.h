/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef MODPROVE_EXPORTER_H
#define MODPROVE_EXPORTER_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Every open() of /dev/exporter makes one zeroed buffer of the module parameter
 * npages= pages. It begins with EXPORTER_GREETING, has the access mode of the
 * open, and lives until the device and everything made from it are gone.
 */
#define EXPORTER_GREETING "hello world"

/*
 * Argument: a pointer to an int that receives a new close-on-exec descriptor of
 * the buffer. Both commands do the same; the tutorial's program uses command 0.
 */
#define EXPORTER_IOC_TUTORIAL	0
#define EXPORTER_IOC_GET_FD	_IOR('E', 0, __s32)

#ifdef __KERNEL__
struct dma_buf;

struct dma_buf *exporter_get(void);
#endif

#endif
