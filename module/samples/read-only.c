// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that are read only: no mapping to write, no device that writes, and no
 * vmap, whose address could be written to.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "buffer.h"
#include "samples.h"

#define READ_ONLY_MAX_PAGES 1024

static struct sg_table *read_only_map(struct dma_buf_attachment *attachment,
				      enum dma_data_direction direction)
{
	if (direction != DMA_TO_DEVICE)
		return ERR_PTR(-EACCES);
	return sample_map(attachment, direction);
}

static const struct dma_buf_ops read_only_ops = {
	.map_dma_buf	= read_only_map,
	.unmap_dma_buf	= sample_unmap,
	.mmap		= sample_mmap,
	.release	= sample_release,
};

static long read_only_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct sample_read_only __user *pointer = (void __user *)argument;
	struct sample_read_only request;
	struct dma_buf *dmabuf;
	unsigned int page;

	if (command != SAMPLE_IOC_READ_ONLY)
		return -ENOTTY;
	if (copy_from_user(&request, pointer, sizeof(request)))
		return -EFAULT;
	if (request.npages < 1 || request.npages > READ_ONLY_MAX_PAGES)
		return -EINVAL;
	dmabuf = sample_export("sample-read-only", &read_only_ops, request.npages, O_RDONLY);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	for (page = 0; page < request.npages; page++)
		snprintf(dmabuf->priv + page * PAGE_SIZE, PAGE_SIZE, "page %u", page);
	return sample_answer(dmabuf, &pointer->fd);
}

static const struct file_operations read_only_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= read_only_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

struct miscdevice sample_read_only = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "sample-read-only",
	.fops	= &read_only_fops,
};
