import type { Calls, Descriptor, TestGuest } from 'modprove'

/** A buffer listed by /sys/kernel/debug/dma_buf/bufinfo. */
export interface BufferInfo {
  /** In bytes. */
  readonly size: number
  /** References to its file. */
  readonly count: number
  readonly exporter: string
  readonly inode: number
  /** Undefined if none is set. */
  readonly name: string | undefined
  /** Attached devices, newest first. */
  readonly devices: readonly string[]
}

const PATH = '/sys/kernel/debug/dma_buf/bufinfo'

/**
 * An exporter's current buffers, newest first.
 *
 * @param exporter its name; default: our module's
 */
export async function liveBuffers(guest: TestGuest, exporter = 'exporter'): Promise<BufferInfo[]> {
  const buffers: (BufferInfo & { devices: string[] })[] = []
  for (const line of (await guest.readFile(PATH)).split('\n')) {
    const [size = '', , , count, exportedBy = '', inode, name] = line.split('\t')
    if (/^\d{8,}$/.test(size)) {
      buffers.push({
        size: Number(size),
        count: Number(count),
        exporter: exportedBy,
        inode: Number(inode),
        name: name === undefined || name === '<none>' ? undefined : name,
        devices: [],
      })
    } else {
      const device = /^\t([\w.:-]+)$/.exec(line)?.[1]
      if (device !== undefined) buffers.at(-1)?.devices.push(device)
    }
  }
  return buffers.filter(buffer => buffer.exporter === exporter)
}

/** The last line of bufinfo: `Total 2 objects, 8192 bytes`. */
export async function buffersInTotal(guest: TestGuest): Promise<string> {
  return (await guest.readFile(PATH)).trimEnd().split('\n').at(-1) ?? ''
}

/** /proc/PID/fdinfo of a descriptor, as its own process reads it: `exp_name` → `exporter`. */
export async function fdinfo(
  descriptor: Descriptor,
  process: Calls = descriptor.process,
): Promise<Readonly<Record<string, string>>> {
  const text = await process.readFile(`/proc/self/fdinfo/${descriptor.fd}`)
  const pairs = text.split('\n').flatMap(line => {
    const [, key, value] = /^(\w+):\s*(.*)$/.exec(line) ?? []
    return key === undefined ? [] : [[key, value ?? ''] as const]
  })
  return Object.fromEntries(pairs)
}

/** Number of references to the buffer's file. */
export async function references(descriptor: Descriptor): Promise<number> {
  return Number((await fdinfo(descriptor))['count'])
}
