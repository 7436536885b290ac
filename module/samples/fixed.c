// SPDX-License-Identifier: GPL-2.0-only
/* Buffers of one size. */
#include <linux/fs.h>
#include <linux/module.h>

#include "../compat.h"
#include "buffer.h"
#include "samples.h"

COMPAT_DEFINE_VMAP_OPS(fixed_vmap, sample_vmap, fixed_vunmap, sample_vunmap)

static const struct dma_buf_ops fixed_ops = {
	.map_dma_buf	= sample_map,
	.unmap_dma_buf	= sample_unmap,
	.mmap		= sample_mmap,
	.vmap		= fixed_vmap,
	.vunmap		= fixed_vunmap,
	.release	= sample_release,
};

static long fixed_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct dma_buf *dmabuf;
	int fd;

	if (command != SAMPLE_IOC_FIXED)
		return -ENOTTY;
	dmabuf = sample_export("sample-fixed", &fixed_ops, SAMPLE_FIXED_PAGES, O_RDWR);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

static const struct file_operations fixed_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= fixed_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

struct miscdevice sample_fixed = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "sample-fixed",
	.fops	= &fixed_fops,
};
