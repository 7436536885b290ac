import { usageError } from '../../platform/errors.js'
import { optionsIn } from '../../platform/text/kernel-config.js'

/** Without one of these, no machine boots or is reached. */
const NEEDED = [
  ...['BLK_DEV_INITRD', 'DEVTMPFS', 'TMPFS', 'PROC_FS', 'SYSFS', 'BINFMT_ELF', 'BINFMT_SCRIPT'],
  ...['TTY', 'UNIX98_PTYS', 'SERIAL_8250_CONSOLE', 'PRINTK', 'UNIX', 'INET', 'FUTEX', 'EPOLL'],
  ...['MODULES', 'MODULE_UNLOAD', 'PCI', 'ACPI', 'VIRTIO_PCI', 'VIRTIO_NET'],
]

/** What goes unseen without each of these. */
const COSTS: Readonly<Record<string, string>> = {
  KALLSYMS: 'traces name no functions',
  DEBUG_FS: 'what a module leaves in debugfs goes unseen',
  SLUB_DEBUG: 'leaked slab objects go unseen',
  DEBUG_BUGVERBOSE: 'BUG() and WARN() name no line',
  VMAP_STACK: 'a stack that overflows destroys what lies below it',
  DETECT_HUNG_TASK: 'a task that hangs is reported by its test alone',
  MAGIC_SYSRQ: 'a hang shows no stacks',
  HW_RANDOM_VIRTIO: 'an early login may wait for random numbers',
  PAGE_OWNER: 'leaked pages name no line',
}

/**
 * What the harness would use of a kernel that lacks it, a line each.
 * @param kernel how messages name it
 * @param config its complete configuration
 * @throws ModproveError `OPTIONS_LOST` (exit 2) if no machine would be reached
 */
export function lackingOptions(kernel: string, config: string): readonly string[] {
  const set = optionsIn(config)
  const needed = NEEDED.filter(name => !set.has(`CONFIG_${name}`))
  if (needed.length > 0)
    throw usageError(
      'OPTIONS_LOST',
      `${kernel} lacks options without which no machine is reached`,
      {
        remedy: `Build it with:\n${needed.map(name => `  CONFIG_${name}=y`).join('\n')}`,
      },
    )
  return Object.entries(COSTS)
    .filter(([name]) => !set.has(`CONFIG_${name}`))
    .map(([name, cost]) => `has no CONFIG_${name}: ${cost}`)
}
