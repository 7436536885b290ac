import { usageError, type ModproveError } from '../../platform/errors.js'
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

/** For errors: what can be done for a kernel that does not boot. */
export const OR_ONLY_BUILT = 'or only build modules for it: --build-only'

/**
 * Why no machine with this kernel would be reached: `OPTIONS_LOST` (exit 2); undefined if one is.
 * @param kernel how messages name it
 * @param config its complete configuration
 */
export function whyNoMachine(kernel: string, config: string): ModproveError | undefined {
  const set = optionsIn(config)
  const needed = NEEDED.filter(name => !set.has(`CONFIG_${name}`))
  if (needed.length === 0) return undefined
  const what = `${kernel} lacks options without which no machine is reached`
  const lines = needed.map(name => `  CONFIG_${name}=y\n`)
  return usageError('OPTIONS_LOST', what, {
    remedy: `Build it with:\n${lines.join('')}${OR_ONLY_BUILT}`,
  })
}

/** What the harness would use of a kernel that lacks it, a line each. @param config as above */
export function lackingOptions(config: string): readonly string[] {
  const set = optionsIn(config)
  return Object.entries(COSTS)
    .filter(([name]) => !set.has(`CONFIG_${name}`))
    .map(([name, cost]) => `has no CONFIG_${name}: ${cost}`)
}
