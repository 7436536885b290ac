import { O_CLOEXEC, O_RDWR, type Calls, type Descriptor, type TestGuest } from 'modprove'
import { invariantsOf } from './held.js'
import { EXPORTER_IOC_GET_FD } from './uapi.js'

export { dmaMappings, kernelMappings } from './held.js'
export { mapShared, mapToRead, PAGE, stampPages } from './mappings.js'

export const EXPORTER_DEVICE = '/dev/exporter'

export const exporter = { name: 'exporter' }
export const exporterOfPages = (npages: number) => ({ name: 'exporter', parameters: { npages } })
export const importer = { name: 'importer' }

/** State that every test of these modules must restore. */
export const invariants = invariantsOf('[exporter]')

/** Opens the device, which makes a buffer with this access mode. */
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

/** A new buffer, held only by the descriptor. */
export async function newBuffer(user: Calls, mode = O_RDWR): Promise<Descriptor> {
  const device = await openDevice(user, mode)
  const buffer = await getFd(device)
  await device.close()
  return buffer
}

/** The module's log since the test began. */
export async function moduleLines(guest: TestGuest): Promise<string[]> {
  const texts = (await guest.kernelLog()).map(({ text }) => text)
  return texts.filter(text => text.startsWith('dmabuf '))
}

/** How many buffers were released since the test began. */
export async function releases(guest: TestGuest): Promise<number> {
  return (await moduleLines(guest)).filter(line => line === 'dmabuf release').length
}
