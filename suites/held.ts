import type { Invariant, TestGuest } from 'modprove'
import { buffersInTotal } from './bufinfo.js'

/**
 * State that every test must restore: buffers, vmaps and DMA mappings.
 *
 * @param vmapCaller the exporter's code in /proc/vmallocinfo
 */
export const invariantsOf = (vmapCaller: string): readonly Invariant[] => [
  { name: 'buffers in bufinfo', read: buffersInTotal },
  {
    name: 'kernel mappings made by the exporter',
    read: guest => kernelMappings(guest, vmapCaller),
  },
  { name: "DMA mappings of the importer's devices", read: dmaMappings },
]

/**
 * Number of areas in /proc/vmallocinfo mapped by this code; default: our module. If it tail-calls
 * vmap(), the kernel lists its caller, the core.
 */
export async function kernelMappings(guest: TestGuest, vmapCaller = '[exporter]'): Promise<number> {
  const lines = (await guest.readFile('/proc/vmallocinfo')).split('\n')
  return lines.filter(line => line.includes(vmapCaller) || line.includes(CORE)).length
}

const CORE = ' dma_buf_vmap'

/**
 * Number of DMA mappings that the kernel tracks. 0 if it does not: tracking stops when an entry
 * cannot be allocated (add_dma_entry(), kernel/dma/debug.c), as after an injected failure. If all
 * entries are free, the dump is not read: it locks each of 16,384 hash buckets, half a second under
 * emulation.
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
 * KiB in tmpfs files, with memfds; exact, as per-CPU counters are flushed first
 * (Documentation/admin-guide/sysctl/vm.rst, stat_refresh).
 */
export async function sharedMemoryKib(guest: TestGuest): Promise<number> {
  await guest.readFile('/proc/sys/vm/stat_refresh')
  return Number(/^Shmem:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1])
}
