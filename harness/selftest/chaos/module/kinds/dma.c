// SPDX-License-Identifier: GPL-2.0-only
/* Mappings of DMA that are not as they were made. */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include "faults.h"

/* Unmapped with what may not be its own size or direction, and perhaps unchecked. */
static noinline int dma_wrongly(size_t size, enum dma_data_direction direction, bool checked)
{
	struct platform_device *device = platform_device_register_simple("kinds_dma", -1, NULL, 0);
	char *memory = kmalloc(128, GFP_KERNEL);
	dma_addr_t address;

	if (IS_ERR(device) || !memory)
		return -ENOMEM;
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	address = dma_map_single(&device->dev, memory, 128, DMA_TO_DEVICE);
	if (checked && dma_mapping_error(&device->dev, address))
		return -EIO;
	dma_unmap_single(&device->dev, address, size, direction);
	platform_device_unregister(device);
	kfree(memory);
	return 0;
}

static noinline int fault_dma_size(void)
{
	return dma_wrongly(64, DMA_TO_DEVICE, true) & 0;
}

static noinline int fault_dma_direction(void)
{
	return dma_wrongly(128, DMA_FROM_DEVICE, true) & 0;
}

static noinline int fault_dma_unchecked(void)
{
	return dma_wrongly(128, DMA_TO_DEVICE, false) & 0;
}

static noinline int fault_dma_stack(void)
{
	struct platform_device *device = platform_device_register_simple("kinds_dma", -1, NULL, 0);
	char note[64];

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	dma_map_single(&device->dev, note, sizeof(note), DMA_TO_DEVICE);
	platform_device_unregister(device);
	return 0;
}

const struct fault dma_faults[] = {
	{ "dma-size", fault_dma_size },
	{ "dma-direction", fault_dma_direction },
	{ "dma-unchecked", fault_dma_unchecked },
	{ "dma-stack", fault_dma_stack },
	{ }
};
