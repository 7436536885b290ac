import { O_CLOEXEC, O_RDWR, type Calls, type Descriptor, type TestGuest } from 'modprove'
import { invariantsOf } from './held.js'
import { EXPORTER_IOC_GET_FD } from './uapi.js'

export { dmaMappings, kernelMappings } from './held.js'
export { mapShared, mapToRead, PAGE, stampPages } from './mappings.js'

export const EXPORTER_DEVICE = '/dev/exporter'

export const exporter = { name: 'exporter' }
export const exporterOfPages = (npages: number) => ({ name: 'exporter', parameters: { npages } })
export const importer = { name: 'importer' }

/** What every test of these modules must leave as it found it. */
export const invariants = invariantsOf('[exporter]', 'exporter')

/** Opens the device, which makes a buffer with that access mode. */
export function openDevice(user: Calls, mode = O_RDWR): Promise<Descriptor> {
  return user.open(EXPORTER_DEVICE, mode | O_CLOEXEC)
}

/** A new descriptor of the open device's buffer. */
export async function getFd(
  device: Descriptor,
  command = EXPORTER_IOC_GET_FD,
  by: Calls = device.process,
): Promise<Descriptor> {
  const fd = Buffer.alloc(4)
  await by.ioctl(device, command, fd)
  return device.process.descriptor(fd.readInt32LE())
}

/** A new buffer that only the descriptor holds. */
export async function newBuffer(user: Calls, mode = O_RDWR): Promise<Descriptor> {
  const device = await openDevice(user, mode)
  const buffer = await getFd(device)
  await device.close()
  return buffer
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
