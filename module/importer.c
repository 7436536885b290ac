// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf importer that is led by hand: each ioctl of /dev/importer is one step
 * of an importing driver, on behalf of a platform device that exists for it.
 */
#include <linux/build_bug.h>
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "importer.h"

#define IMPORTER_MAX_DEVICES 8

static unsigned int ndevices = 2;
module_param(ndevices, uint, 0444);
MODULE_PARM_DESC(ndevices, "Number of devices, 1 to 8. Default is 2.");

static int maskless = -1;
module_param(maskless, int, 0444);
MODULE_PARM_DESC(maskless, "Number of the device without a DMA mask, -1 for none. Default is -1.");

static char *handover = "exporter_get";
module_param(handover, charp, 0444);
MODULE_PARM_DESC(handover, "Function that IMPORT_KERNEL calls for a buffer. Default is exporter_get.");

static struct platform_device *importer_devices[IMPORTER_MAX_DEVICES];

struct importer_slot {
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	enum dma_data_direction direction;
};

struct importer_session {
	struct mutex lock;	/* guards all below: one step at a time */
	struct dma_buf *dmabuf;
	unsigned int vmaps;
	void *vaddr;
	struct importer_slot slots[IMPORTER_MAX_DEVICES];
};

static_assert(IMPORTER_BIDIRECTIONAL == DMA_BIDIRECTIONAL);
static_assert(IMPORTER_TO_DEVICE == DMA_TO_DEVICE);
static_assert(IMPORTER_FROM_DEVICE == DMA_FROM_DEVICE);

static bool importer_direction_valid(unsigned long direction)
{
	return direction == IMPORTER_BIDIRECTIONAL || direction == IMPORTER_TO_DEVICE ||
	       direction == IMPORTER_FROM_DEVICE;
}

static struct importer_slot *importer_slot(struct importer_session *session, unsigned long device)
{
	if (device >= ndevices)
		return ERR_PTR(-ENODEV);
	return &session->slots[device];
}

static struct importer_slot *importer_mapped_slot(struct importer_session *session,
						  unsigned long device)
{
	struct importer_slot *slot = importer_slot(session, device);

	if (IS_ERR(slot))
		return slot;
	return slot->table ? slot : ERR_PTR(-ENOTCONN);
}

static int importer_import(struct importer_session *session, struct dma_buf *dmabuf)
{
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	if (session->dmabuf) {
		dma_buf_put(dmabuf);
		return -EBUSY;
	}
	session->dmabuf = dmabuf;
	return 0;
}

/* By name, so that an exporter need not be there, nor hand out anything. */
static int importer_import_kernel(struct importer_session *session)
{
	struct dma_buf *(*get)(void);
	int ret;

	get = __symbol_get(handover);
	if (!get)
		return -ENOENT;
	ret = importer_import(session, get());
	__symbol_put(handover);
	return ret;
}

static int importer_put(struct importer_session *session)
{
	unsigned int i;

	if (!session->dmabuf)
		return -ENOTCONN;
	if (session->vmaps)
		return -EBUSY;
	for (i = 0; i < ndevices; i++)
		if (session->slots[i].attachment)
			return -EBUSY;
	dma_buf_put(session->dmabuf);
	session->dmabuf = NULL;
	return 0;
}

static int importer_attach(struct importer_session *session, unsigned long device)
{
	struct importer_slot *slot = importer_slot(session, device);
	struct dma_buf_attachment *attachment;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (!session->dmabuf)
		return -ENOTCONN;
	if (slot->attachment)
		return -EBUSY;
	attachment = dma_buf_attach(session->dmabuf, &importer_devices[device]->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	slot->attachment = attachment;
	return 0;
}

static int importer_detach(struct importer_session *session, unsigned long device)
{
	struct importer_slot *slot = importer_slot(session, device);

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (!slot->attachment)
		return -ENOTCONN;
	if (slot->table)
		return -EBUSY;
	dma_buf_detach(session->dmabuf, slot->attachment);
	slot->attachment = NULL;
	return 0;
}

static int importer_map(struct importer_session *session, const struct importer_map *map)
{
	struct importer_slot *slot = importer_slot(session, map->device);
	struct sg_table *table;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (!importer_direction_valid(map->direction))
		return -EINVAL;
	if (!slot->attachment)
		return -ENOTCONN;
	if (slot->table)
		return -EBUSY;
	table = dma_buf_map_attachment_unlocked(slot->attachment, map->direction);
	if (IS_ERR(table))
		return PTR_ERR(table);
	slot->table = table;
	slot->direction = map->direction;
	return 0;
}

static int importer_unmap(struct importer_session *session, unsigned long device)
{
	struct importer_slot *slot = importer_mapped_slot(session, device);

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	dma_buf_unmap_attachment_unlocked(slot->attachment, slot->table, slot->direction);
	slot->table = NULL;
	return 0;
}

static int importer_segment(struct importer_session *session, struct importer_segment *segment)
{
	struct importer_slot *slot = importer_mapped_slot(session, segment->device);
	struct scatterlist *sg;
	unsigned int i;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	for_each_sgtable_dma_sg(slot->table, sg, i) {
		if (i != segment->index)
			continue;
		segment->nents = slot->table->nents;
		segment->reserved = 0;
		segment->address = sg_dma_address(sg);
		segment->length = sg_dma_len(sg);
		return 0;
	}
	return -ERANGE;
}

static int importer_copy(void *memory, u64 data, size_t length, bool write)
{
	void __user *user = u64_to_user_ptr(data);

	if (write ? copy_from_user(memory, user, length) : copy_to_user(user, memory, length))
		return -EFAULT;
	return 0;
}

static bool importer_outside(const struct importer_session *session,
			     const struct importer_access *access)
{
	u64 size = session->dmabuf->size;

	return access->length > size || access->offset > size - access->length;
}

static int importer_device_access(struct importer_session *session,
				  const struct importer_access *access, bool write)
{
	struct importer_slot *slot = importer_mapped_slot(session, access->device);
	u64 skip = access->offset, left = access->length, data = access->data;
	struct scatterlist *sg;
	struct device *dev;
	unsigned int i;
	int ret;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (importer_outside(session, access))
		return -EINVAL;
	if (slot->direction == (write ? DMA_TO_DEVICE : DMA_FROM_DEVICE))
		return -EPERM;
	dev = slot->attachment->dev;
	if (device_iommu_mapped(dev))
		return -EOPNOTSUPP;

	for_each_sgtable_dma_sg(slot->table, sg, i) {
		/* Without an IOMMU this is memory: the page itself, or its bounce buffer. */
		phys_addr_t address = dma_to_phys(dev, sg_dma_address(sg)) + skip;
		u64 length = sg_dma_len(sg);

		if (skip >= length) {
			skip -= length;
			continue;
		}
		length = min(length - skip, left);
		if (!length)
			break;
		if (!pfn_valid(PHYS_PFN(address)) || !pfn_valid(PHYS_PFN(address + length - 1)))
			return -EIO;
		ret = importer_copy(phys_to_virt(address), data, length, write);
		if (ret)
			return ret;
		skip = 0;
		left -= length;
		data += length;
	}
	return left ? -EIO : 0;
}

static int importer_vunmap(struct importer_session *session)
{
	if (!session->vmaps)
		return -ENOTCONN;
	compat_vunmap(session->dmabuf, session->vaddr);
	session->vmaps--;
	return 0;
}

static int importer_vmap(struct importer_session *session, void __user *argument)
{
	void *vaddr;
	u64 address;
	int ret;

	if (!session->dmabuf)
		return -ENOTCONN;
	ret = compat_vmap(session->dmabuf, &vaddr);
	if (ret)
		return ret;
	session->vaddr = vaddr;
	session->vmaps++;

	address = (uintptr_t)vaddr;
	if (copy_to_user(argument, &address, sizeof(address))) {
		importer_vunmap(session);
		return -EFAULT;
	}
	return 0;
}

static int importer_vmap_access(struct importer_session *session,
				const struct importer_access *access, bool write)
{
	if (!session->vmaps)
		return -ENOTCONN;
	if (importer_outside(session, access))
		return -EINVAL;
	return importer_copy(session->vaddr + access->offset, access->data, access->length, write);
}

static int importer_cpu_access(struct importer_session *session, unsigned long direction,
			       bool begin)
{
	if (!importer_direction_valid(direction))
		return -EINVAL;
	if (!session->dmabuf)
		return -ENOTCONN;
	if (begin)
		return dma_buf_begin_cpu_access(session->dmabuf, direction);
	return dma_buf_end_cpu_access(session->dmabuf, direction);
}

static int importer_access_step(struct importer_session *session, unsigned int command,
				void __user *argument)
{
	struct importer_access access;

	if (copy_from_user(&access, argument, sizeof(access)))
		return -EFAULT;
	switch (command) {
	case IMPORTER_IOC_DEVICE_READ:
		return importer_device_access(session, &access, false);
	case IMPORTER_IOC_DEVICE_WRITE:
		return importer_device_access(session, &access, true);
	case IMPORTER_IOC_VMAP_READ:
		return importer_vmap_access(session, &access, false);
	default:
		return importer_vmap_access(session, &access, true);
	}
}

static int importer_map_step(struct importer_session *session, void __user *argument)
{
	struct importer_map map;

	if (copy_from_user(&map, argument, sizeof(map)))
		return -EFAULT;
	return importer_map(session, &map);
}

static int importer_segment_step(struct importer_session *session, void __user *argument)
{
	struct importer_segment segment;
	int ret;

	if (copy_from_user(&segment, argument, sizeof(segment)))
		return -EFAULT;
	ret = importer_segment(session, &segment);
	if (ret)
		return ret;
	return copy_to_user(argument, &segment, sizeof(segment)) ? -EFAULT : 0;
}

static int importer_step(struct importer_session *session, unsigned int command,
			 unsigned long argument)
{
	void __user *pointer = (void __user *)argument;

	switch (command) {
	case IMPORTER_IOC_IMPORT_FD:
		if (argument > INT_MAX)
			return -EBADF;
		return importer_import(session, dma_buf_get(argument));
	case IMPORTER_IOC_IMPORT_KERNEL:
		return importer_import_kernel(session);
	case IMPORTER_IOC_PUT:
		return importer_put(session);
	case IMPORTER_IOC_ATTACH:
		return importer_attach(session, argument);
	case IMPORTER_IOC_DETACH:
		return importer_detach(session, argument);
	case IMPORTER_IOC_MAP:
		return importer_map_step(session, pointer);
	case IMPORTER_IOC_UNMAP:
		return importer_unmap(session, argument);
	case IMPORTER_IOC_SEGMENT:
		return importer_segment_step(session, pointer);
	case IMPORTER_IOC_DEVICE_READ:
	case IMPORTER_IOC_DEVICE_WRITE:
	case IMPORTER_IOC_VMAP_READ:
	case IMPORTER_IOC_VMAP_WRITE:
		return importer_access_step(session, command, pointer);
	case IMPORTER_IOC_VMAP:
		return importer_vmap(session, pointer);
	case IMPORTER_IOC_VUNMAP:
		return importer_vunmap(session);
	case IMPORTER_IOC_BEGIN_CPU_ACCESS:
		return importer_cpu_access(session, argument, true);
	case IMPORTER_IOC_END_CPU_ACCESS:
		return importer_cpu_access(session, argument, false);
	default:
		return -ENOTTY;
	}
}

static long importer_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct importer_session *session = file->private_data;
	int ret;

	mutex_lock(&session->lock);
	ret = importer_step(session, command, argument);
	mutex_unlock(&session->lock);
	return ret;
}

static int importer_open(struct inode *inode, struct file *file)
{
	struct importer_session *session = kzalloc_obj(*session);

	if (!session)
		return -ENOMEM;
	mutex_init(&session->lock);
	file->private_data = session;
	return 0;
}

static int importer_release(struct inode *inode, struct file *file)
{
	struct importer_session *session = file->private_data;
	unsigned int i;

	while (session->vmaps)
		importer_vunmap(session);
	for (i = 0; i < ndevices; i++) {
		importer_unmap(session, i);
		importer_detach(session, i);
	}
	importer_put(session);
	mutex_destroy(&session->lock);
	kfree(session);
	return 0;
}

static const struct file_operations importer_fops = {
	.owner		= THIS_MODULE,
	.open		= importer_open,
	.release	= importer_release,
	.unlocked_ioctl	= importer_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice importer_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "importer",
	.fops	= &importer_fops,
};

static void importer_unregister_devices(unsigned int count)
{
	while (count--)
		platform_device_unregister(importer_devices[count]);
}

static int __init importer_register_device(unsigned int number)
{
	struct platform_device_info info = {
		.name = "importer",
		.id = number,
		.dma_mask = DMA_BIT_MASK(64),
	};
	struct platform_device *device = platform_device_register_full(&info);

	if (IS_ERR(device))
		return PTR_ERR(device);
	if (maskless == (int)number)
		device->dev.dma_mask = NULL;
	/*
	 * No transfer is made: a segment may be as long as an exporter's largest run of pages.
	 * 5.10's dma-debug searches that far back, without end for UINT_MAX.
	 */
	dma_set_max_seg_size(&device->dev, SZ_64M);
	importer_devices[number] = device;
	return 0;
}

static int __init importer_init(void)
{
	unsigned int i;
	int ret;

	if (ndevices < 1 || ndevices > IMPORTER_MAX_DEVICES) {
		pr_err("importer: ndevices=%u, expected 1 to %u\n", ndevices, IMPORTER_MAX_DEVICES);
		return -EINVAL;
	}
	if (maskless < -1 || maskless >= (int)ndevices) {
		pr_err("importer: maskless=%d, expected -1 to %d\n", maskless, (int)ndevices - 1);
		return -EINVAL;
	}

	for (i = 0; i < ndevices; i++) {
		ret = importer_register_device(i);
		if (ret)
			goto unregister_devices;
	}
	ret = misc_register(&importer_misc);
	if (ret)
		goto unregister_devices;
	return 0;

unregister_devices:
	importer_unregister_devices(i);
	return ret;
}
module_init(importer_init);

static void __exit importer_exit(void)
{
	misc_deregister(&importer_misc);
	importer_unregister_devices(ndevices);
}
module_exit(importer_exit);

COMPAT_IMPORT_DMA_BUF();
MODULE_DESCRIPTION("dma-buf importer, led step by step from user space");
MODULE_LICENSE("GPL");
