// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf exporter in system memory: one buffer per open() of /dev/exporter.
 *
 * Lifetime: the open file holds one reference on its dma_buf, every descriptor,
 * mapping and attachment holds its own, and the last of them frees the pages.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "exporter.h"

#define EXPORTER_MAX_PAGES 1024U

static unsigned int npages = 1;
module_param(npages, uint, 0444);
MODULE_PARM_DESC(npages, "Size of a buffer in pages, 1 to 1024. Default is 1.");

struct exporter_buffer {
	struct list_head opened;	/* in exporter_opened, while the device is open */
	struct dma_buf *dmabuf;
	struct mutex lock;		/* guards mappings; nests inside the reservation lock */
	struct list_head mappings;
	unsigned int npages;
	struct page *pages[];
};

struct exporter_mapping {
	struct list_head node;
	struct device *dev;
	enum dma_data_direction direction;
	struct sg_table table;
};

/* Most recently opened first. Each holds its open file's reference on the dma_buf. */
static LIST_HEAD(exporter_opened);
static DEFINE_MUTEX(exporter_opened_lock);

static void exporter_buffer_free(struct exporter_buffer *buffer)
{
	unsigned int i;

	for (i = 0; i < buffer->npages; i++)
		__free_page(buffer->pages[i]);
	mutex_destroy(&buffer->lock);
	kfree(buffer);
}

static struct exporter_buffer *exporter_buffer_alloc(void)
{
	struct exporter_buffer *buffer;
	struct page *page;

	buffer = kzalloc(struct_size(buffer, pages, npages), GFP_KERNEL);
	if (!buffer)
		return NULL;
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->mappings);

	while (buffer->npages < npages) {
		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!page) {
			exporter_buffer_free(buffer);
			return NULL;
		}
		buffer->pages[buffer->npages++] = page;
	}

	memcpy(page_address(buffer->pages[0]), EXPORTER_GREETING, sizeof(EXPORTER_GREETING));
	return buffer;
}

static int exporter_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	pr_info("dmabuf attach device :%s\n", dev_name(attachment->dev));
	return 0;
}

static void exporter_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	pr_info("dmabuf detach device :%s\n", dev_name(attachment->dev));
}

static struct sg_table *exporter_map(struct dma_buf_attachment *attachment,
				     enum dma_data_direction direction)
{
	struct exporter_buffer *buffer = attachment->dmabuf->priv;
	struct exporter_mapping *mapping;
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	/* dma_map_sgtable() would warn, and then report success with nothing mapped. */
	if (!attachment->dev->dma_mask)
		return ERR_PTR(-EIO);

	mapping = kzalloc_obj(*mapping);
	if (!mapping)
		return ERR_PTR(-ENOMEM);
	mapping->dev = attachment->dev;
	mapping->direction = direction;

	ret = sg_alloc_table(&mapping->table, buffer->npages, GFP_KERNEL);
	if (ret)
		goto free_mapping;
	for_each_sgtable_sg(&mapping->table, sg, i)
		sg_set_page(sg, buffer->pages[i], PAGE_SIZE, 0);

	/* dma-debug allows mappings of one page to overlap only when their syncs are apart. */
	ret = dma_map_sgtable(mapping->dev, &mapping->table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		goto free_table;
	dma_sync_sgtable_for_device(mapping->dev, &mapping->table, direction);

	mutex_lock(&buffer->lock);
	list_add_tail(&mapping->node, &buffer->mappings);
	mutex_unlock(&buffer->lock);
	return &mapping->table;

free_table:
	sg_free_table(&mapping->table);
free_mapping:
	kfree(mapping);
	return ERR_PTR(ret);
}

static void exporter_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
			   enum dma_data_direction direction)
{
	struct exporter_mapping *mapping = container_of(table, struct exporter_mapping, table);
	struct exporter_buffer *buffer = attachment->dmabuf->priv;

	mutex_lock(&buffer->lock);
	list_del(&mapping->node);
	mutex_unlock(&buffer->lock);

	dma_sync_sgtable_for_cpu(attachment->dev, table, direction);
	dma_unmap_sgtable(attachment->dev, table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
	kfree(mapping);
}

/*
 * With CONFIG_DMABUF_DEBUG the core of 6.12 and before scrambles the page links of a
 * mapped table, which dma_sync_sgtable_*() would follow: only the addresses are good.
 */
static void exporter_sync(const struct exporter_mapping *mapping,
			  void (*sync)(struct device *dev, dma_addr_t address, size_t size,
				       enum dma_data_direction direction))
{
	struct scatterlist *sg;
	unsigned int i, offset;

	/* Page by page: an IOMMU may have joined pages that are apart in memory. */
	for_each_sgtable_dma_sg(&mapping->table, sg, i)
		for (offset = 0; offset < sg_dma_len(sg); offset += PAGE_SIZE)
			sync(mapping->dev, sg_dma_address(sg) + offset, PAGE_SIZE,
			     mapping->direction);
}

/*
 * CPU and devices own the buffer in turns, so each mapping is synced with its own
 * direction, whatever the CPU is about to do. The core scrambles and restores a
 * table under the reservation lock.
 */
static int exporter_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct exporter_buffer *buffer = dmabuf->priv;
	struct exporter_mapping *mapping;

	dma_resv_lock(dmabuf->resv, NULL);
	mutex_lock(&buffer->lock);
	list_for_each_entry(mapping, &buffer->mappings, node)
		exporter_sync(mapping, dma_sync_single_for_cpu);
	mutex_unlock(&buffer->lock);
	dma_resv_unlock(dmabuf->resv);
	return 0;
}

static int exporter_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct exporter_buffer *buffer = dmabuf->priv;
	struct exporter_mapping *mapping;

	dma_resv_lock(dmabuf->resv, NULL);
	mutex_lock(&buffer->lock);
	list_for_each_entry(mapping, &buffer->mappings, node)
		exporter_sync(mapping, dma_sync_single_for_device);
	mutex_unlock(&buffer->lock);
	dma_resv_unlock(dmabuf->resv);
	return 0;
}

/* The core has checked offset and length against the buffer's size. */
static int exporter_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct exporter_buffer *buffer = dmabuf->priv;
	unsigned long address = vma->vm_start;
	unsigned long page = vma->vm_pgoff;
	int ret;

	/* remap_pfn_range() would copy on write from some private mappings and refuse others. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;

	for (; address < vma->vm_end; address += PAGE_SIZE, page++) {
		ret = remap_pfn_range(vma, address, page_to_pfn(buffer->pages[page]), PAGE_SIZE,
				      vma->vm_page_prot);
		if (ret)
			return ret;
	}
	return 0;
}

static void *exporter_pages_vmap(struct dma_buf *dmabuf)
{
	struct exporter_buffer *buffer = dmabuf->priv;

	return vmap(buffer->pages, buffer->npages, VM_MAP, PAGE_KERNEL);
}

static void exporter_pages_vunmap(struct dma_buf *dmabuf, void *vaddr)
{
	vunmap(vaddr);
}

COMPAT_DEFINE_VMAP_OPS(exporter_vmap, exporter_pages_vmap, exporter_vunmap, exporter_pages_vunmap)

static void exporter_release(struct dma_buf *dmabuf)
{
	exporter_buffer_free(dmabuf->priv);
	pr_info("dmabuf release\n");
}

static const struct dma_buf_ops exporter_dma_buf_ops = {
	.attach			= exporter_attach,
	.detach			= exporter_detach,
	.map_dma_buf		= exporter_map,
	.unmap_dma_buf		= exporter_unmap,
	.begin_cpu_access	= exporter_begin_cpu_access,
	.end_cpu_access		= exporter_end_cpu_access,
	.mmap			= exporter_mmap,
	.vmap			= exporter_vmap,
	.vunmap			= exporter_vunmap,
	.release		= exporter_release,
};

/**
 * exporter_get - share a buffer with another module
 *
 * Return: the buffer of the most recent open of /dev/exporter that is still open,
 * with a reference that the caller drops by dma_buf_put(), or ERR_PTR(-ENOENT).
 */
struct dma_buf *exporter_get(void)
{
	struct dma_buf *dmabuf = ERR_PTR(-ENOENT);
	struct exporter_buffer *buffer;

	mutex_lock(&exporter_opened_lock);
	buffer = list_first_entry_or_null(&exporter_opened, struct exporter_buffer, opened);
	if (buffer) {
		dmabuf = buffer->dmabuf;
		get_dma_buf(dmabuf);
	}
	mutex_unlock(&exporter_opened_lock);
	return dmabuf;
}
EXPORT_SYMBOL_GPL(exporter_get);

static int exporter_device_open(struct inode *inode, struct file *file)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct exporter_buffer *buffer;

	buffer = exporter_buffer_alloc();
	if (!buffer)
		return -ENOMEM;

	/* All descriptors of a dma_buf are one struct file: its access mode is set here. */
	info.ops = &exporter_dma_buf_ops;
	info.size = (size_t)buffer->npages << PAGE_SHIFT;
	info.flags = file->f_flags & O_ACCMODE;
	info.priv = buffer;
	buffer->dmabuf = dma_buf_export(&info);
	if (IS_ERR(buffer->dmabuf)) {
		int ret = PTR_ERR(buffer->dmabuf);

		exporter_buffer_free(buffer);
		return ret;
	}

	file->private_data = buffer;
	mutex_lock(&exporter_opened_lock);
	list_add(&buffer->opened, &exporter_opened);
	mutex_unlock(&exporter_opened_lock);
	return 0;
}

static int exporter_device_release(struct inode *inode, struct file *file)
{
	struct exporter_buffer *buffer = file->private_data;

	mutex_lock(&exporter_opened_lock);
	list_del(&buffer->opened);
	mutex_unlock(&exporter_opened_lock);
	dma_buf_put(buffer->dmabuf);
	return 0;
}

static int exporter_get_fd(struct dma_buf *dmabuf, int __user *argument)
{
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;

	/* An installed descriptor cannot be taken back: all that fails comes first. */
	if (copy_to_user(argument, &fd, sizeof(fd))) {
		put_unused_fd(fd);
		return -EFAULT;
	}

	get_dma_buf(dmabuf);
	fd_install(fd, dmabuf->file);
	return 0;
}

static long exporter_device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct exporter_buffer *buffer = file->private_data;

	switch (command) {
	case EXPORTER_IOC_TUTORIAL:
	case EXPORTER_IOC_GET_FD:
		return exporter_get_fd(buffer->dmabuf, (int __user *)argument);
	default:
		return -ENOTTY;
	}
}

static int exporter_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct exporter_buffer *buffer = file->private_data;

	return dma_buf_mmap(buffer->dmabuf, vma, vma->vm_pgoff);
}

static const struct file_operations exporter_device_fops = {
	.owner		= THIS_MODULE,
	.open		= exporter_device_open,
	.release	= exporter_device_release,
	.unlocked_ioctl	= exporter_device_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.mmap		= exporter_device_mmap,
};

static struct miscdevice exporter_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "exporter",
	.fops	= &exporter_device_fops,
};

static int __init exporter_init(void)
{
	if (npages < 1 || npages > EXPORTER_MAX_PAGES) {
		pr_err("exporter: npages=%u, expected 1 to %u\n", npages, EXPORTER_MAX_PAGES);
		return -EINVAL;
	}
	return misc_register(&exporter_device);
}
module_init(exporter_init);

static void __exit exporter_exit(void)
{
	misc_deregister(&exporter_device);
}
module_exit(exporter_exit);

COMPAT_IMPORT_DMA_BUF();
MODULE_DESCRIPTION("dma-buf exporter in system memory");
MODULE_LICENSE("GPL");
