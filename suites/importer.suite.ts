import {
  F_DUPFD,
  MAP_PRIVATE,
  O_RDONLY,
  O_RDWR,
  PROT_READ,
  RLIMIT_NOFILE,
  suite,
  type Argument,
  type TestGuest,
} from 'modprove'
import { BEYOND_A_SHORT } from './descriptors.js'
import { exporter, importer, invariants, newBuffer, openDevice, PAGE } from './exporter.js'
import { Importer } from './importer.js'
import { ioctlOnLonePage, placesOf } from './lone-page.js'
import * as uapi from './uapi.js'

const test = suite('importer: what it refuses', { modules: [exporter, importer], invariants })

/** An address that no process has mapped. */
const NOWHERE = 1n
/** There are only two. */
const NO_DEVICE = 9

async function ready(guest: TestGuest) {
  const user = await guest.process()
  return { user, buffer: await newBuffer(user), session: await Importer.open(user) }
}

test('C76 a descriptor is taken whole, whatever its number', async (t, guest) => {
  const { user, buffer, session } = await ready(guest)
  await user.setrlimit(RLIMIT_NOFILE, { soft: 2 * BEYOND_A_SHORT, hard: 2 * BEYOND_A_SHORT })
  const high = await buffer.fcntl(F_DUPFD, BEYOND_A_SHORT)
  await session.import(high)
  t.equal(high, BEYOND_A_SHORT)
})

test('nothing can be done without a buffer', async (t, guest) => {
  const { session } = await ready(guest)
  const code = 'ENOTCONN'
  await t.rejects(session.put(), { code })
  await t.rejects(session.attach(), { code })
  await t.rejects(session.detach(), { code })
  await t.rejects(session.map(), { code })
  await t.rejects(session.unmap(), { code })
  await t.rejects(session.segments(), { code })
  await t.rejects(session.deviceRead(1), { code })
  await t.rejects(session.vmap(), { code })
  await t.rejects(session.vunmap(), { code })
  await t.rejects(session.vmapRead(1), { code })
  await t.rejects(session.beginCpuAccess(), { code })
  await t.rejects(session.endCpuAccess(), { code })
})

test('a device that does not exist is refused', async (t, guest) => {
  const { session, buffer } = await ready(guest)
  await session.import(buffer)
  const code = 'ENODEV'
  await t.rejects(session.attach(NO_DEVICE), { code })
  await t.rejects(session.detach(NO_DEVICE), { code })
  await t.rejects(session.map(NO_DEVICE), { code })
  await t.rejects(session.unmap(NO_DEVICE), { code })
  await t.rejects(session.segments(NO_DEVICE), { code })
  await t.rejects(session.deviceRead(1, 0, NO_DEVICE), { code })
})

test('what is done already is not done twice, and what is in use is not let go', async (t, guest) => {
  const { user, session, buffer } = await ready(guest)
  const device = await openDevice(user)
  await session.import(buffer)
  const code = 'EBUSY'
  await t.rejects(session.import(buffer), { code })
  await t.rejects(session.importKernel(), { code })
  await session.attach()
  await t.rejects(session.attach(), { code })
  await t.rejects(session.put(), { code })
  await session.map()
  await t.rejects(session.map(), { code })
  await t.rejects(session.detach(), { code })
  await session.vmap()
  await t.rejects(session.put(), { code })
  await session.vunmap()
  await session.unmap()
  await session.detach()
  await session.put()
  await device.close()
})

test(
  'C47 where no module hands out a buffer, there is none to take',
  { modules: [importer] },
  async (t, guest) => {
    const session = await Importer.open(await guest.process())
    await t.rejects(session.importKernel(), { code: 'ENOENT' })
    await t.rejects(session.put(), { code: 'ENOTCONN' })
  },
)

test('a direction that is none is refused', async (t, guest) => {
  const { session, buffer } = await ready(guest)
  await session.import(buffer)
  await session.attach()
  await t.rejects(session.map(0, 3), { code: 'EINVAL' })
  await t.rejects(session.beginCpuAccess(3), { code: 'EINVAL' })
  await t.rejects(session.endCpuAccess(3), { code: 'EINVAL' })
})

test('the CPU may begin and end its turn in the kernel, in each direction', async (t, guest) => {
  const { session, buffer } = await ready(guest)
  await session.import(buffer)
  await session.attach()
  await session.map()
  for (const direction of [0, 1, 2]) {
    await session.beginCpuAccess(direction)
    await session.endCpuAccess(direction)
  }
  t.equal((await session.segments()).length, 1)
})

test('an access beyond the buffer, or against its direction, is refused', async (t, guest) => {
  const { session, buffer } = await ready(guest)
  await session.import(buffer)
  await session.attach()
  await session.vmap()
  await session.map(0, uapi.IMPORTER_TO_DEVICE)
  await t.rejects(session.deviceWrite('x'), { code: 'EPERM' })
  await t.rejects(session.vmapRead(PAGE + 1), { code: 'EINVAL' })
  await t.rejects(session.vmapRead(1, PAGE), { code: 'EINVAL' })
  await t.rejects(session.deviceRead(2, PAGE - 1), { code: 'EINVAL' })
  await session.unmap()
  await session.map(0, uapi.IMPORTER_FROM_DEVICE)
  await t.rejects(session.deviceRead(1), { code: 'EPERM' })
})

test('a bad pointer is refused by each command that takes one', async (t, guest) => {
  const { user, session, buffer } = await ready(guest)
  await session.import(buffer)
  await session.attach()
  await session.map()
  const file = await user.open('/dev/importer', O_RDWR)
  const code = 'EFAULT'
  for (const command of [
    uapi.IMPORTER_IOC_MAP,
    uapi.IMPORTER_IOC_SEGMENT,
    uapi.IMPORTER_IOC_DEVICE_READ,
    uapi.IMPORTER_IOC_VMAP_WRITE,
  ])
    await t.rejects(file.ioctl(command, NOWHERE), { code })
  await t.rejects(file.ioctl(uapi.IMPORTER_IOC_IMPORT_FD, 1n << 40n), { code: 'EBADF' })
  await t.rejects(file.ioctl(uapi.IMPORTER_IOC_PUT + 99), { code: 'ENOTTY' })
})

test('bytes that cannot be copied, an answer that cannot be written, and a segment beyond the table are refused', async (t, guest) => {
  const { user, buffer } = await ready(guest)
  const file = await user.open('/dev/importer', O_RDWR)
  await file.ioctl(uapi.IMPORTER_IOC_IMPORT_FD, buffer)
  await file.ioctl(uapi.IMPORTER_IOC_ATTACH, 0)
  await file.ioctl(uapi.IMPORTER_IOC_MAP, uapi.importerMap.encode({ device: 0, direction: 0 }))
  await file.ioctl(uapi.IMPORTER_IOC_VMAP, Buffer.alloc(8))
  const code = 'EFAULT'
  for (const command of [
    uapi.IMPORTER_IOC_DEVICE_READ,
    uapi.IMPORTER_IOC_DEVICE_WRITE,
    uapi.IMPORTER_IOC_VMAP_READ,
    uapi.IMPORTER_IOC_VMAP_WRITE,
  ])
    await t.rejects(
      file.ioctl(
        command,
        uapi.importerAccess.encode({ offset: 0, length: 8, data: NOWHERE, device: 0 }),
      ),
      { code },
    )
  // All zero: the first segment of the first device.
  const zeros = await (
    await user.open('/dev/zero', O_RDONLY)
  ).mmap({ length: PAGE, offset: 0, prot: PROT_READ, flags: MAP_PRIVATE })
  await t.rejects(file.ioctl(uapi.IMPORTER_IOC_SEGMENT, zeros.address), { code })
  const beyond = uapi.importerSegment.encode({ device: 0, index: 1 })
  await t.rejects(file.ioctl(uapi.IMPORTER_IOC_SEGMENT, beyond), { code: 'ERANGE' })
})

/** ioctl(2) of i386: arch/x86/entry/syscalls/syscall_32.tbl */
const IOCTL_32 = 54

test('a 32-bit program takes each step', async (t, guest) => {
  const { user, buffer } = await ready(guest)
  const file = await user.open('/dev/importer', O_RDWR)
  const step = (command: number, argument: Argument) =>
    user.syscall32(IOCTL_32, file, command, argument)
  const address = Buffer.alloc(8)
  const segment = uapi.importerSegment.encode({})
  await step(uapi.IMPORTER_IOC_IMPORT_FD, buffer)
  await step(uapi.IMPORTER_IOC_ATTACH, 0)
  await step(uapi.IMPORTER_IOC_MAP, uapi.importerMap.encode({}))
  await step(uapi.IMPORTER_IOC_SEGMENT, segment)
  t.equal(Number(uapi.importerSegment.decode(segment, 'length')), PAGE)
  await step(uapi.IMPORTER_IOC_VMAP, address)
  t.not(address.readBigUInt64LE(), 0n)
  await step(uapi.IMPORTER_IOC_VUNMAP, 0)
  await step(uapi.IMPORTER_IOC_UNMAP, 0)
})

test('what an answer reserves is zero', async (t, guest) => {
  const { user, buffer } = await ready(guest)
  const file = await user.open('/dev/importer', O_RDWR)
  await file.ioctl(uapi.IMPORTER_IOC_IMPORT_FD, buffer)
  await file.ioctl(uapi.IMPORTER_IOC_ATTACH, 0)
  await file.ioctl(uapi.IMPORTER_IOC_MAP, uapi.importerMap.encode({}))
  const segment = uapi.importerSegment.encode({ reserved: 1 })
  await file.ioctl(uapi.IMPORTER_IOC_SEGMENT, segment)
  t.equal(Number(uapi.importerSegment.decode(segment, 'reserved')), 0)
})

test('an answer takes its own bytes, and no byte beside it', async (t, guest) => {
  const { user, buffer } = await ready(guest)
  const file = await user.open('/dev/importer', O_RDWR)
  await file.ioctl(uapi.IMPORTER_IOC_IMPORT_FD, buffer)
  await file.ioctl(uapi.IMPORTER_IOC_ATTACH, 0)
  for (const [command, argument] of [
    [uapi.IMPORTER_IOC_MAP, uapi.importerMap.encode({})],
    [uapi.IMPORTER_IOC_SEGMENT, uapi.importerSegment.encode({})],
    [uapi.IMPORTER_IOC_DEVICE_READ, uapi.importerAccess.encode({})],
    [uapi.IMPORTER_IOC_VMAP, Buffer.alloc(8)],
  ] as const) {
    for (const at of placesOf(argument)) {
      const { isRestKept } = await ioctlOnLonePage(file, command, argument, at)
      t.ok(isRestKept, `command 0x${command.toString(16)} with an argument at byte ${at} of a page`)
      if (command === uapi.IMPORTER_IOC_MAP) await file.ioctl(uapi.IMPORTER_IOC_UNMAP, 0)
    }
    if (command === uapi.IMPORTER_IOC_MAP) await file.ioctl(command, argument)
  }
})

for (const [parameters, what] of [
  [{ ndevices: 0 }, 'no devices'],
  [{ ndevices: 1000 }, 'too many devices'],
  [{ maskless: 1000 }, 'a maskless device that there is none of'],
  [{ maskless: -2 }, 'a maskless device of a number that is none'],
] as const) {
  test(`C81 a load with ${what} fails`, { modules: [exporter] }, async (t, guest) => {
    await t.rejects(guest.modules.load({ name: 'importer', parameters }), { code: 'EINVAL' })
    t.same(await guest.modules.loaded(), ['exporter'])
  })
}
