/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that differs between the kernels this module is built for: 5.10 to 7.3.
 */
#ifndef MODPROVE_COMPAT_H
#define MODPROVE_COMPAT_H

#include <linux/dma-buf.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

/* Allocation by type: 6.12.117 and 7.2 have it and deprecate the other way, 6.1.192 has not. */
#ifndef kzalloc_obj
#define kzalloc_obj(object) kzalloc(sizeof(object), GFP_KERNEL)
#endif

/* 6.13 made the namespace a string. 5.10 exports dma-buf outside of any and ignores the import. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define COMPAT_IMPORT_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#else
#define COMPAT_IMPORT_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#endif

/*
 * An importer holds the reservation lock around map and unmap from 6.2 on, and
 * around vmap and vunmap too; the _unlocked functions take it. Before, a static
 * importer held nothing. Stable 6.1.55 got the first two as well.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 55)
#define dma_buf_map_attachment_unlocked dma_buf_map_attachment
#define dma_buf_unmap_attachment_unlocked dma_buf_unmap_attachment
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif

/*
 * The operations vmap and vunmap traded plain pointers until 5.10, and a struct
 * with a pointer from 5.11 (dma_buf_map, renamed to iosys_map in 5.18).
 * @pages_vmap: void *(struct dma_buf *), NULL when it fails
 * @pages_vunmap: void (struct dma_buf *, void *)
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
#define iosys_map dma_buf_map
#define iosys_map_set_vaddr dma_buf_map_set_vaddr
#define IOSYS_MAP_INIT_VADDR DMA_BUF_MAP_INIT_VADDR
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define COMPAT_DEFINE_VMAP_OPS(op_vmap, pages_vmap, op_vunmap, pages_vunmap)	\
	static void *op_vmap(struct dma_buf *dmabuf)				\
	{									\
		return pages_vmap(dmabuf);					\
	}									\
	static void op_vunmap(struct dma_buf *dmabuf, void *vaddr)		\
	{									\
		pages_vunmap(dmabuf, vaddr);					\
	}
#else
#define COMPAT_DEFINE_VMAP_OPS(op_vmap, pages_vmap, op_vunmap, pages_vunmap)	\
	static int op_vmap(struct dma_buf *dmabuf, struct iosys_map *map)	\
	{									\
		void *vaddr = pages_vmap(dmabuf);				\
										\
		if (!vaddr)							\
			return -ENOMEM;						\
		iosys_map_set_vaddr(map, vaddr);				\
		return 0;							\
	}									\
	static void op_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)	\
	{									\
		pages_vunmap(dmabuf, map->vaddr);				\
	}
#endif

/* The importer's side of the same change. compat_vmap() refuses I/O memory. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline int compat_vmap(struct dma_buf *dmabuf, void **vaddr)
{
	*vaddr = dma_buf_vmap_unlocked(dmabuf);
	return *vaddr ? 0 : -ENOMEM;
}

static inline void compat_vunmap(struct dma_buf *dmabuf, void *vaddr)
{
	dma_buf_vunmap_unlocked(dmabuf, vaddr);
}
#else
static inline int compat_vmap(struct dma_buf *dmabuf, void **vaddr)
{
	/* dma_buf_vmap() of 5.15 reads what it is to fill. */
	struct iosys_map map = {};
	int ret = dma_buf_vmap_unlocked(dmabuf, &map);

	if (ret)
		return ret;
	if (map.is_iomem) {
		dma_buf_vunmap_unlocked(dmabuf, &map);
		return -EOPNOTSUPP;
	}
	*vaddr = map.vaddr;
	return 0;
}

static inline void compat_vunmap(struct dma_buf *dmabuf, void *vaddr)
{
	struct iosys_map map = IOSYS_MAP_INIT_VADDR(vaddr);

	dma_buf_vunmap_unlocked(dmabuf, &map);
}
#endif

/* A file is counted by a file_ref_t from 6.13 on. */
static inline bool compat_get_dma_buf_unless_released(struct dma_buf *dmabuf)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	return atomic_long_inc_not_zero(&dmabuf->file->f_count);
#else
	return file_ref_get(&dmabuf->file->f_ref);
#endif
}

#endif
