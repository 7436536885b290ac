// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is used, or is on a list, when it is free. */
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "faults.h"

static noinline int fault_kasan(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);
	char *still = gone;

	/* The compiler knows of a use after free what it can see. */
	OPTIMIZER_HIDE_VAR(still);
	kfree(gone);
	return READ_ONCE(still[8]) & 0;
}

static noinline int fault_bad_page(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	page->mapping = (void *)8;
	__free_page(page);
	return 0;
}

struct item {
	struct list_head entry;
	char payload[48];
};

/* Taken off its list twice. */
static noinline int fault_list(void)
{
	LIST_HEAD(items);
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	list_add(&item->entry, &items);
	list_del(&item->entry);
	list_del(&item->entry);
	kfree(item);
	return 0;
}

/* Taken off its list when it is gone. */
static noinline int fault_list_freed(void)
{
	LIST_HEAD(items);
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);
	struct item *still = item;

	if (!item)
		return -ENOMEM;
	list_add(&item->entry, &items);
	OPTIMIZER_HIDE_VAR(still);
	kfree(item);
	list_del(&still->entry);
	return 0;
}

const struct fault memory_faults[] = {
	{ "kasan", fault_kasan },
	{ "bad-page", fault_bad_page },
	{ "list", fault_list },
	{ "list-freed", fault_list_freed },
	{ }
};
