import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Options without which no machine boots, or whose lack is said. */
export const TOY_OPTIONS = [
  ...['X86_64', 'CC_IS_GCC', 'BLK_DEV_INITRD', 'DEVTMPFS', 'TMPFS', 'PROC_FS', 'SYSFS', 'UNIX'],
  ...['BINFMT_ELF', 'BINFMT_SCRIPT', 'TTY', 'UNIX98_PTYS', 'SERIAL_8250_CONSOLE', 'PRINTK', 'INET'],
  ...['FUTEX', 'EPOLL', 'MODULES', 'MODULE_UNLOAD', 'PCI', 'ACPI', 'VIRTIO_PCI', 'KALLSYMS'],
  ...['SLUB_DEBUG', 'DEBUG_BUGVERBOSE', 'VMAP_STACK', 'DETECT_HUNG_TASK', 'MAGIC_SYSRQ'],
  ...['HW_RANDOM_VIRTIO', 'DEBUG_FS'],
]
export const toyConfig = (set: readonly string[], compiler = 'gcc (Toy) 12.2.0'): string =>
  `${set.map(name => `CONFIG_${name}=y\n`).join('')}CONFIG_VIRTIO_NET=m\nCONFIG_CC_VERSION_TEXT="${compiler}"\n`

/** A kernel's folder as `make` leaves it. @param files others, or none */
export async function buildFolder(
  folder: string,
  files: Record<string, string | undefined> = {},
): Promise<string> {
  const all: Record<string, string | undefined> = {
    ...{
      '.config': toyConfig(TOY_OPTIONS),
      'include/config/kernel.release': '6.1.9+\n',
      Makefile: 'all:\n',
    },
    ...{ 'arch/x86/boot/bzImage': 'image', 'arch/x86/Makefile': '', 'System.map': 'map' },
    ...{ 'Module.symvers': '0x1\tring\n', 'scripts/mod/modpost': '#!/bin/sh\n' },
    ...{ 'modules.builtin': 'kernel/drivers/virtio/virtio_pci.ko\n', 'arch/x86/include/a.h': '' },
    ...{ 'modules.order': 'drivers/net/virtio_net.o\n', 'include/linux/a.h': '' },
    ...files,
  }
  all['include/config/auto.conf'] ??= all['.config']
  for (const [path, text] of Object.entries(all)) {
    if (text === undefined) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { mode: 0o755 })
  }
  const ko = join(folder, 'drivers/net/virtio_net.ko')
  await mkdir(dirname(ko), { recursive: true })
  execFileSync('gcc', ['-c', '-x', 'c', '-o', ko, '-'], { input: 'int up(void) { return 0; }' })
  return folder
}
