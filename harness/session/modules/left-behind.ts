import { TaskEnded, type Guest } from '../../guest/index.js'

/** Folders in which modules make entries; patterns of what is there without them. */
const TREES: readonly [folder: string, closed: readonly string[]][] = [
  ['/proc', ['/proc/[0-9]*', '/proc/sys/fs/binfmt_misc']],
  // a link to that of the reader's network
  ['/proc/net', []],
  ['/dev', ['/dev/pts', '/dev/shm', '/dev/mqueue']],
  [
    '/sys',
    [
      // links to what is in /sys/devices
      ...['/sys/dev', '/sys/class/*', '/sys/bus/*/devices'],
      // the same as /proc/irq; and as /sys/kernel/slab
      ...['/sys/kernel/irq', '/sys/kernel/debug/slab'],
      // gcov keeps the counts of unloaded modules; tracing would be mounted by a look at it
      ...['/sys/kernel/debug/gcov', '/sys/kernel/debug/tracing'],
      // a cache that is gone may keep its users' names
      '/sys/kernel/slab/*',
    ],
  ],
]

/** Lists of what modules register, and what in a line is not a count. */
const LISTS: readonly [file: string, line: RegExp][] = [
  ['/proc/devices', /^ *\d+ .+$/gm],
  ['/proc/filesystems', /\S+$/gm],
  ['/proc/ioports', /\S.*$/gm],
  ['/proc/iomem', /\S.*$/gm],
  ['/proc/consoles', /^\S+/gm],
  ['/proc/crypto', /^driver.*$/gm],
  ['/proc/net/protocols', /^\S+/gm],
  ['/proc/net/ptype', /^\S.*$/gm],
]

type ListSource = Pick<Guest, 'readFile' | 'listTree'>

/** Paths of all that modules might have made. */
export async function readTrees(guest: ListSource): Promise<string[]> {
  const trees = TREES.map(([folder, closed]) => guest.listTree(folder, closed))
  return (await Promise.all(trees)).flat()
}

/**
 * What is registered: `/proc/filesystems: ext4`. One after another: a list in which something of an
 * unloaded module is left crashes who reads it.
 */
export async function readLists(guest: ListSource): Promise<string[]> {
  const found: string[] = []
  for (const [file, line] of LISTS) {
    const text = await guest.readFile(file).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return ''
      if (error instanceof TaskEnded) return undefined
      throw error
    })
    if (text === undefined) found.push(`${file}: an entry that crashes who reads it`)
    else for (const [entry] of text.matchAll(line)) found.push(`${file}: ${entry.trim()}`)
  }
  return found
}
