import {
  MAP_SHARED,
  O_CLOEXEC,
  O_RDWR,
  PROT_READ,
  PROT_WRITE,
  type Calls,
  type Descriptor,
  type Invariant,
  type Mapping,
  type TestGuest,
} from '../harness/suite.js'
import { buffersInTotal } from './bufinfo.js'
import { EXPORTER_IOC_GET_FD } from './uapi.js'

export const EXPORTER_DEVICE = '/dev/exporter'

/** In bytes. */
export const PAGE = 4096

export const exporter = { name: 'exporter' }
export const exporterOfPages = (npages: number) => ({ name: 'exporter', parameters: { npages } })
export const importer = { name: 'importer' }

/** What every test of these modules must leave as it found it. */
export const invariants: readonly Invariant[] = [
  { name: 'buffers in bufinfo', read: buffersInTotal },
  { name: 'references of module exporter', read: guest => moduleReferences(guest, 'exporter') },
  { name: 'kernel mappings made by the modules', read: kernelMappings },
  { name: "DMA mappings of the importer's devices", read: dmaMappings },
]

/** Column 3 of /proc/modules, read once. */
async function moduleReferences(guest: TestGuest, name: string): Promise<number | string> {
  const lines = (await guest.readFile('/proc/modules')).split('\n')
  const fields = lines.map(line => line.split(' ')).find(([module]) => module === name)
  return fields === undefined ? 'not loaded' : Number(fields[2])
}

/** How many areas of /proc/vmallocinfo code of the modules has mapped. */
export async function kernelMappings(guest: TestGuest): Promise<number> {
  const lines = (await guest.readFile('/proc/vmallocinfo')).split('\n')
  return lines.filter(line => line.includes('[exporter]')).length
}

/** How many DMA mappings the kernel knows of; always 0 where it does not watch them. */
export async function dmaMappings(guest: TestGuest): Promise<number> {
  if (guest.kernel.flavour !== 'debug') return 0
  const lines = (await guest.readFile('/sys/kernel/debug/dma-api/dump')).split('\n')
  return lines.filter(line => line.includes(' importer.')).length
}

/** Opens the device, which makes a buffer with that access mode. */
export function openDevice(user: Calls, mode = O_RDWR): Promise<Descriptor> {
  return user.open(EXPORTER_DEVICE, mode | O_CLOEXEC)
}

/** A new descriptor of the open device's buffer. */
export async function getFd(
  device: Descriptor,
  command = EXPORTER_IOC_GET_FD,
): Promise<Descriptor> {
  const fd = Buffer.alloc(4)
  await device.ioctl(command, fd)
  return device.process.descriptor(fd.readInt32LE())
}

/** A new buffer that only the descriptor holds. */
export async function newBuffer(user: Calls, mode = O_RDWR): Promise<Descriptor> {
  const device = await openDevice(user, mode)
  const buffer = await getFd(device)
  await device.close()
  return buffer
}

/** A shared mapping: the first page, to read and to write, unless the options say otherwise. */
export function mapShared(
  file: Descriptor,
  { length = PAGE, offset = 0, prot = PROT_READ | PROT_WRITE, flags = MAP_SHARED } = {},
): Promise<Mapping> {
  return file.mmap({ length, offset, prot, flags })
}

/** The first page, to read. */
export function mapToRead(file: Descriptor): Promise<Mapping> {
  return mapShared(file, { prot: PROT_READ })
}

/** Writes `page 0`, `page 1`, … at the start of each page. */
export async function stampPages(mapping: Mapping): Promise<void> {
  for (let page = 0; page * PAGE < mapping.length; page++) {
    await mapping.write(`page ${page}\0`, page * PAGE)
  }
}

/** What the module logged since the test began. */
export async function moduleLines(guest: TestGuest): Promise<string[]> {
  const texts = (await guest.kernelLog()).map(({ text }) => text)
  return texts.filter(text => text.startsWith('dmabuf '))
}

/** How many buffers were released since the test began. */
export async function releases(guest: TestGuest): Promise<number> {
  return (await moduleLines(guest)).filter(line => line === 'dmabuf release').length
}
