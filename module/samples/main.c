// SPDX-License-Identifier: GPL-2.0-only
/* Exporters of other kinds than exporter.c, which keep the same contract. */
#include <linux/kernel.h>
#include <linux/module.h>

#include "../compat.h"
#include "buffer.h"

static struct miscdevice *const sample_devices[] = {
	&sample_shared, &sample_read_only, &sample_fixed,
};

static void sample_deregister(unsigned int count)
{
	while (count--)
		misc_deregister(sample_devices[count]);
}

static int __init sample_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(sample_devices); i++) {
		ret = misc_register(sample_devices[i]);
		if (ret) {
			sample_deregister(i);
			return ret;
		}
	}
	return 0;
}
module_init(sample_init);

static void __exit sample_exit(void)
{
	sample_deregister(ARRAY_SIZE(sample_devices));
}
module_exit(sample_exit);

COMPAT_IMPORT_DMA_BUF();
MODULE_DESCRIPTION("dma-buf exporters: one buffer for all, read-only, of one size");
MODULE_LICENSE("GPL");
