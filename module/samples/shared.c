// SPDX-License-Identifier: GPL-2.0-only
/* One buffer for all: whoever opens the device while it is held gets the same. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "../compat.h"
#include "buffer.h"
#include "samples.h"

static DEFINE_MUTEX(shared_lock);
/* Holds no reference: its release takes it from here. */
static struct dma_buf *shared_dmabuf;

static void shared_release(struct dma_buf *dmabuf)
{
	mutex_lock(&shared_lock);
	if (shared_dmabuf == dmabuf)
		shared_dmabuf = NULL;
	mutex_unlock(&shared_lock);
	sample_release(dmabuf);
}

COMPAT_DEFINE_VMAP_OPS(shared_vmap, sample_vmap, shared_vunmap, sample_vunmap)

static const struct dma_buf_ops shared_ops = {
	.map_dma_buf	= sample_map,
	.unmap_dma_buf	= sample_unmap,
	.mmap		= sample_mmap,
	.vmap		= shared_vmap,
	.vunmap		= shared_vunmap,
	.release	= shared_release,
};

static int shared_open(struct inode *inode, struct file *file)
{
	struct dma_buf *dmabuf;

	mutex_lock(&shared_lock);
	dmabuf = shared_dmabuf;
	/* A buffer whose last reference is gone waits for the lock in its release. */
	if (!dmabuf || !compat_get_dma_buf_unless_released(dmabuf)) {
		dmabuf = sample_export("sample-shared", &shared_ops, 1, O_RDWR);
		if (!IS_ERR(dmabuf))
			shared_dmabuf = dmabuf;
	}
	mutex_unlock(&shared_lock);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	file->private_data = dmabuf;
	return 0;
}

static int shared_close(struct inode *inode, struct file *file)
{
	dma_buf_put(file->private_data);
	return 0;
}

static long shared_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct dma_buf *dmabuf = file->private_data;

	if (command != SAMPLE_IOC_SHARED)
		return -ENOTTY;
	get_dma_buf(dmabuf);
	return sample_answer(dmabuf, (__s32 __user *)argument);
}

static const struct file_operations shared_fops = {
	.owner		= THIS_MODULE,
	.open		= shared_open,
	.release	= shared_close,
	.unlocked_ioctl	= shared_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

struct miscdevice sample_shared = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "sample-shared",
	.fops	= &shared_fops,
};
