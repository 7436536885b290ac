/** MODULE_INIT_ (linux/module.h), as x86-64 has them. */

export const MODULE_INIT_IGNORE_MODVERSIONS = 1
export const MODULE_INIT_IGNORE_VERMAGIC = 2
