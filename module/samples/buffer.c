// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the sample exporters. CPU and devices see the same memory: there is
 * nothing to do at the turns of the CPU, except where DMA is bounced.
 */
#include <linux/dma-mapping.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "../compat.h"
#include "buffer.h"

/* Zeroed, with one reference. */
struct dma_buf *sample_export(const char *name, const struct dma_buf_ops *ops,
			      unsigned int npages, int mode)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;

	info.exp_name = name;
	info.ops = ops;
	info.size = (size_t)npages << PAGE_SHIFT;
	info.flags = mode;
	info.priv = vzalloc(info.size);
	if (!info.priv)
		return ERR_PTR(-ENOMEM);
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		vfree(info.priv);
	return dmabuf;
}

/* Hands the caller's reference to a new descriptor, or drops it. */
int sample_answer(struct dma_buf *dmabuf, __s32 __user *answer)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		goto put_dmabuf;
	/* An installed descriptor cannot be taken back: all that fails comes first. */
	if (put_user(fd, answer)) {
		put_unused_fd(fd);
		fd = -EFAULT;
		goto put_dmabuf;
	}
	fd_install(fd, dmabuf->file);
	return 0;

put_dmabuf:
	dma_buf_put(dmabuf);
	return fd;
}

struct sg_table *sample_map(struct dma_buf_attachment *attachment,
			    enum dma_data_direction direction)
{
	struct dma_buf *dmabuf = attachment->dmabuf;
	struct sg_table *table = kzalloc_obj(*table);
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	if (!table)
		return ERR_PTR(-ENOMEM);
	ret = sg_alloc_table(table, dmabuf->size >> PAGE_SHIFT, GFP_KERNEL);
	if (ret)
		goto free_memory;
	for_each_sgtable_sg(table, sg, i)
		sg_set_page(sg, vmalloc_to_page(dmabuf->priv + i * PAGE_SIZE), PAGE_SIZE, 0);
	ret = dma_map_sgtable(attachment->dev, table, direction, 0);
	if (ret)
		goto free_table;
	return table;

free_table:
	sg_free_table(table);
free_memory:
	kfree(table);
	return ERR_PTR(ret);
}

void sample_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
		  enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction, 0);
	sg_free_table(table);
	kfree(table);
}

/* The core has checked offset and length against the buffer's size. */
int sample_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	void *memory = dmabuf->priv + (vma->vm_pgoff << PAGE_SHIFT);
	unsigned long address;
	int ret;

	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	for (address = vma->vm_start; address < vma->vm_end; address += PAGE_SIZE) {
		ret = remap_pfn_range(vma, address, vmalloc_to_pfn(memory), PAGE_SIZE,
				      vma->vm_page_prot);
		if (ret)
			return ret;
		memory += PAGE_SIZE;
	}
	return 0;
}

/* The kernel has it mapped as long as it lives. */
void *sample_vmap(struct dma_buf *dmabuf)
{
	return dmabuf->priv;
}

void sample_vunmap(struct dma_buf *dmabuf, void *vaddr)
{
}

void sample_release(struct dma_buf *dmabuf)
{
	vfree(dmabuf->priv);
}
