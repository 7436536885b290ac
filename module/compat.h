/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that differs between the kernels this module is built for: 5.10 to 7.3.
 *
 * Of checkpatch's advice, what speaks against this file's purpose is left aside:
 * LINUX_VERSION_CODE CONSTANT_COMPARISON MACRO_WITH_FLOW_CONTROL MACRO_ARG_PRECEDENCE
 */
#ifndef MODPROVE_COMPAT_H
#define MODPROVE_COMPAT_H

#include <linux/dma-buf.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

/* Allocation by type is of 7.0 and was backported to 6.12; kzalloc(sizeof()) is deprecated there. */
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
 * The operations vmap and vunmap traded plain pointers until 5.10, and a struct
 * with a pointer from 5.11 (dma_buf_map, renamed to iosys_map in 5.18).
 * @pages_vmap: void *(struct dma_buf *), NULL when it fails
 * @pages_vunmap: void (struct dma_buf *, void *)
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define COMPAT_DEFINE_VMAP_OPS(op_vmap, pages_vmap, op_vunmap, pages_vunmap)	\
	static void *op_vmap(struct dma_buf *dmabuf)				\
	{									\
		return pages_vmap(dmabuf) ?: ERR_PTR(-ENOMEM);			\
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

#endif
