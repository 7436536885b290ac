// SPDX-License-Identifier: GPL-2.0-only
/* What an allocator refuses: too much, twice, too early. */
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include "faults.h"

static noinline int fault_alloc_huge(void)
{
	int order = 30;

	OPTIMIZER_HIDE_VAR(order);
	__free_pages(alloc_pages(GFP_KERNEL, order), order);
	return 0;
}

static noinline int fault_cache_destroy(void)
{
	struct kmem_cache *cache = kmem_cache_create("kinds_cache", 64, 0, SLAB_ACCOUNT, NULL);

	if (!cache)
		return -ENOMEM;
	barrier_data(kmem_cache_alloc(cache, GFP_KERNEL));
	kmem_cache_destroy(cache);
	return 0;
}

static noinline int fault_page_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	__free_page(page);
	__free_page(page);
	return 0;
}

const struct fault allocator_faults[] = {
	{ "alloc-huge", fault_alloc_huge },
	{ "cache-destroy", fault_cache_destroy },
	{ "page-twice", fault_page_twice },
	{ }
};
