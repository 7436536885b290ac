// SPDX-License-Identifier: GPL-2.0-only
/* Values and calls that a check of the kernel refuses. */
#include <linux/compiler.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include "faults.h"

static noinline int fault_ubsan(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) & 0;
}

static noinline int fault_dma(void)
{
	struct platform_device *device = platform_device_register_simple("faulty", -1, NULL, 0);

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	dma_unmap_single(&device->dev, 0x1000, 64, DMA_TO_DEVICE);
	platform_device_unregister(device);
	return 0;
}

static noinline int fault_refcount(void)
{
	refcount_t none = REFCOUNT_INIT(0);

	refcount_inc(&none);
	return 0;
}

const struct fault misuse_faults[] = {
	{ "ubsan", fault_ubsan },
	{ "dma", fault_dma },
	{ "refcount", fault_refcount },
	{ }
};
