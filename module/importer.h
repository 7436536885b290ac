/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef MODPROVE_IMPORTER_H
#define MODPROVE_IMPORTER_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Every open() of /dev/importer is a session: at most one buffer, and for each
 * device (importer.0, importer.1, ...) at most one attachment with one mapping.
 * Close undoes what is left. A step fails with
 *
 * ENOTCONN	when the step before it is missing
 * EBUSY	when it is done already, or the later step is not undone
 * ENODEV	when there is no such device
 * EINVAL	for a direction that does not exist, or a range outside of the buffer
 *
 * and else with what the dma-buf core or the exporter says.
 */

/* Directions, numbered as in enum dma_data_direction. */
#define IMPORTER_BIDIRECTIONAL	0
#define IMPORTER_TO_DEVICE	1
#define IMPORTER_FROM_DEVICE	2

struct importer_map {
	__u32 device;
	__u32 direction;
};

/* One entry of a mapped sg_table, as the device sees it. */
struct importer_segment {
	__u32 device;
	__u32 index;		/* ERANGE when not below nents */
	__u32 nents;		/* out */
	__u32 reserved;		/* out: 0 */
	__u64 address;		/* out: DMA address */
	__u64 length;		/* out: in bytes */
};

/* A copy between the buffer and the caller's memory. */
struct importer_access {
	__u64 offset;		/* into the buffer, in bytes */
	__u64 length;		/* in bytes */
	__u64 data;		/* the caller's memory, a pointer */
	__u32 device;		/* for DEVICE_READ and DEVICE_WRITE, else ignored */
	__u32 reserved;		/* ignored */
};

/* The buffer. IMPORT_FD: the dma-buf descriptor itself (EBADF, EINVAL). */
#define IMPORTER_IOC_IMPORT_FD		_IO('I', 0)
/* Takes a buffer over in the kernel, from the function of parameter handover= (ENOENT). */
#define IMPORTER_IOC_IMPORT_KERNEL	_IO('I', 1)
#define IMPORTER_IOC_PUT		_IO('I', 2)

/* The device. Argument of ATTACH, DETACH and UNMAP: its number itself. */
#define IMPORTER_IOC_ATTACH		_IO('I', 3)
#define IMPORTER_IOC_DETACH		_IO('I', 4)
#define IMPORTER_IOC_MAP		_IOW('I', 5, struct importer_map)
#define IMPORTER_IOC_UNMAP		_IO('I', 6)
#define IMPORTER_IOC_SEGMENT		_IOWR('I', 7, struct importer_segment)

/*
 * The device's own access, at its DMA addresses: of the pages, or of the bounce
 * buffer between. DEVICE_READ copies from there to the caller, DEVICE_WRITE from
 * the caller. EPERM when the mapping's direction forbids it, EIO when the table
 * ends before the buffer or points at no memory, EOPNOTSUPP behind an IOMMU.
 */
#define IMPORTER_IOC_DEVICE_READ	_IOW('I', 8, struct importer_access)
#define IMPORTER_IOC_DEVICE_WRITE	_IOW('I', 9, struct importer_access)

/* The CPU's access in the kernel. VMAP nests, and stores the address as a __u64. */
#define IMPORTER_IOC_VMAP		_IOR('I', 10, __u64)
#define IMPORTER_IOC_VUNMAP		_IO('I', 11)
#define IMPORTER_IOC_VMAP_READ		_IOW('I', 12, struct importer_access)
#define IMPORTER_IOC_VMAP_WRITE		_IOW('I', 13, struct importer_access)

/* dma_buf_begin_cpu_access() and its end. Argument: the direction itself. */
#define IMPORTER_IOC_BEGIN_CPU_ACCESS	_IO('I', 14)
#define IMPORTER_IOC_END_CPU_ACCESS	_IO('I', 15)

#endif
