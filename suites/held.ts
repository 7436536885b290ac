import type { Invariant, TestGuest } from 'modprove'
import { buffersInTotal } from './bufinfo.js'

/**
 * What every test must leave as it found it: buffers, references of modules, mappings into the kernel and
 * for devices.
 *
 * @param vmapCaller how /proc/vmallocinfo names the exporter's code
 * @param modules the exporter's own
 */
export const invariantsOf = (
  vmapCaller: string,
  ...modules: readonly string[]
): readonly Invariant[] => [
  { name: 'buffers in bufinfo', read: buffersInTotal },
  ...modules.map(name => ({
    name: `references of module ${name}`,
    read: (guest: TestGuest) => moduleReferences(guest, name),
  })),
  {
    name: 'kernel mappings made by the exporter',
    read: guest => kernelMappings(guest, vmapCaller),
  },
  { name: "DMA mappings of the importer's devices", read: dmaMappings },
]

/** Column 3 of /proc/modules, read once. */
async function moduleReferences(guest: TestGuest, name: string): Promise<number | string> {
  const lines = (await guest.readFile('/proc/modules')).split('\n')
  const fields = lines.map(line => line.split(' ')).find(([module]) => module === name)
  return fields === undefined ? 'not loaded' : Number(fields[2])
}

/**
 * How many areas of /proc/vmallocinfo that code has mapped; that of our module unless given. Where its last act is to
 * call vmap(), the kernel names its own caller, the core.
 */
export async function kernelMappings(guest: TestGuest, vmapCaller = '[exporter]'): Promise<number> {
  const lines = (await guest.readFile('/proc/vmallocinfo')).split('\n')
  return lines.filter(line => line.includes(vmapCaller) || line.includes(CORE)).length
}

const CORE = ' dma_buf_vmap'

/**
 * How many DMA mappings the kernel knows of; always 0 where it does not watch them: it stops when it has no memory to
 * note one (add_dma_entry(), kernel/dma/debug.c), which an injected failure can make it. Where all its entries are free
 * the dump is not asked for: it locks each of 16,384 hash buckets, which takes half a second on emulation.
 */
export async function dmaMappings(guest: TestGuest): Promise<number> {
  if (guest.kernel.flavour !== 'debug') return 0
  const read = (name: string) => guest.readFile(`/sys/kernel/debug/dma-api/${name}`)
  const [disabled = '', all, free] = await Promise.all(
    ['disabled', 'nr_total_entries', 'num_free_entries'].map(read),
  )
  if (disabled.startsWith('Y') || Number(all) === Number(free)) return 0
  const lines = (await read('dump')).split('\n')
  return lines.filter(line => /^(importer\.|udmabuf )/.test(line)).length
}

/**
 * Memory that files of tmpfs hold, memfds among them, in KiB; exact, since the processors' own counts are
 * added up first (Documentation/admin-guide/sysctl/vm.rst, stat_refresh).
 */
export async function sharedMemoryKib(guest: TestGuest): Promise<number> {
  await guest.readFile('/proc/sys/vm/stat_refresh')
  return Number(/^Shmem:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1])
}
