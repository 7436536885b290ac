/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sample exporters have in common: buffers of vmalloc() memory, the dma_buf's priv. */
#ifndef MODPROVE_SAMPLE_BUFFER_H
#define MODPROVE_SAMPLE_BUFFER_H

#include <linux/dma-buf.h>
#include <linux/miscdevice.h>

extern struct miscdevice sample_shared;
extern struct miscdevice sample_read_only;
extern struct miscdevice sample_fixed;

struct dma_buf *sample_export(const char *name, const struct dma_buf_ops *ops,
			      unsigned int npages, int mode);
int sample_answer(struct dma_buf *dmabuf, __s32 __user *answer);

struct sg_table *sample_map(struct dma_buf_attachment *attachment,
			    enum dma_data_direction direction);
void sample_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
		  enum dma_data_direction direction);
int sample_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma);
void *sample_vmap(struct dma_buf *dmabuf);
void sample_vunmap(struct dma_buf *dmabuf, void *vaddr);
void sample_release(struct dma_buf *dmabuf);

#endif
