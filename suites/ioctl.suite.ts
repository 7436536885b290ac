import {
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  IO,
  IOR,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  O_ACCMODE,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  PROT_READ,
  PROT_WRITE,
  RLIMIT_NOFILE,
  SIGKILL,
  suite,
} from '../harness/suite.js'
import { buffersInTotal, liveBuffers } from './bufinfo.js'
import { descriptorNumbers, takeAll } from './descriptors.js'
import { expectations } from './expectations.js'
import {
  exporter,
  getFd,
  invariants,
  mapShared,
  mapToRead,
  newBuffer,
  openDevice,
  PAGE,
} from './exporter.js'
import {
  DMA_BUF_MAGIC,
  EXPORTER_GREETING,
  EXPORTER_IOC_GET_FD,
  EXPORTER_IOC_TUTORIAL,
} from './uapi.js'

const test = suite('ioctl: descriptors of the buffer', { modules: [exporter], invariants })

const commands = [
  ['command 0', EXPORTER_IOC_TUTORIAL],
  ['the encoded command', EXPORTER_IOC_GET_FD],
] as const

for (const [name, command] of commands) {
  test(`C1 ${name} gives a dma-buf descriptor (S3)`, async (t, guest) => {
    const user = await guest.process()
    const buffer = await getFd(await openDevice(user), command)
    t.ok(buffer.fd > 2, `descriptor ${buffer.fd}`)
    t.equal((await user.fstatfs(buffer)).type, DMA_BUF_MAGIC)
    t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING)
  })

  test(`C2 the descriptor of ${name} is close-on-exec, and gone after an exec (S3)`, async (t, guest) => {
    const user = await guest.process()
    const child = await user.fork()
    const buffer = await getFd(await openDevice(child), command)
    const kept = await buffer.dup()
    t.equal(await buffer.fcntl(F_GETFD), FD_CLOEXEC)

    await child.execve('/bin/sleep', ['sleep', '1000'])
    const link = (fd: number) => user.readlink(`/proc/${child.pid}/fd/${fd}`)
    await t.rejects(link(buffer.fd), { code: 'ENOENT' })
    t.match(await link(kept.fd), 'dmabuf', 'a copy without the flag is still there')

    await user.kill(child.pid, SIGKILL)
    await user.wait4(child.pid)
  })
}

const modes = [
  ['read-only', O_RDONLY],
  ['write-only', O_WRONLY],
  ['read-write', O_RDWR],
] as const

for (const [name, mode] of modes) {
  test(`C3 the dma-buf of a ${name} device is ${name}`, async (t, guest) => {
    const buffer = await newBuffer(await guest.process(), mode)
    t.equal((await buffer.fcntl(F_GETFL)) & O_ACCMODE, mode)
  })
}

test('C4 a read-only dma-buf cannot be mapped to write, nor made writable later', async (t, guest) => {
  const buffer = await newBuffer(await guest.process(), O_RDONLY)
  await t.rejects(mapShared(buffer), { code: 'EACCES' })
  const page = await mapToRead(buffer)
  await t.rejects(page.mprotect(PROT_READ | PROT_WRITE), { code: 'EACCES' })
  await t.rejects(page.write('x'), { code: 'SIGSEGV' })
  t.equal(await page.cstring(), EXPORTER_GREETING)
})

test('C5 a read-write dma-buf can be written through a shared mapping', async (t, guest) => {
  const page = await mapShared(await newBuffer(await guest.process(), O_RDWR))
  await page.write('something else\0')
  t.equal(await page.cstring(), 'something else')
})

test('C6 a dma-buf is not read, written or truncated', async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const { pread, pwrite } = expectations(guest.kernel)
  await t.rejects(buffer.read(1), { code: 'EINVAL' }, 'read')
  await t.rejects(buffer.write('x'), { code: 'EINVAL' }, 'write')
  await t.rejects(buffer.pread(1, 0), { code: pread }, 'pread')
  await t.rejects(buffer.pwrite(Buffer.from('x'), 0), { code: pwrite }, 'pwrite')
  for (const length of [0, PAGE, 2 * PAGE]) {
    await t.rejects(user.ftruncate(buffer, length), { code: 'EINVAL' }, `ftruncate to ${length}`)
  }
  t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING)
})

test('C7 statfs and /proc name a dma-buf', async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  t.equal((await user.fstatfs(buffer)).type, DMA_BUF_MAGIC)
  t.equal(await user.readlink(`/proc/self/fd/${buffer.fd}`), '/dmabuf:')
})

test('C8 either of two descriptors closes without hurting the other', async (t, guest) => {
  const user = await guest.process()
  for (const survivor of [0, 1]) {
    const device = await openDevice(user)
    const pair = [await getFd(device), await getFd(device)] as const
    await device.close()
    await pair[1 - survivor]?.close()
    const left = pair[survivor] ?? pair[0]
    t.equal(await (await mapToRead(left)).cstring(), EXPORTER_GREETING, `of pair ${survivor}`)
    await left.close()
  }
})

test('C8 a second descriptor can be had after the first was closed', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  await (await getFd(device)).close()
  const again = await getFd(device)
  t.equal(await (await mapToRead(again)).cstring(), EXPORTER_GREETING)
})

test('C9 an unknown command is refused by the device and by the dma-buf', async (t, guest) => {
  const device = await openDevice(await guest.process())
  const buffer = await getFd(device)
  const before = await descriptorNumbers(device.process)
  for (const command of [1, 0xffffffff, IO('E', 0), IOR('E', 1, 4), IOR('E', 0, 8)]) {
    const name = `0x${command.toString(16)}`
    await t.rejects(device.ioctl(command, Buffer.alloc(8)), { code: 'ENOTTY' }, `device ${name}`)
    await t.rejects(buffer.ioctl(command, Buffer.alloc(8)), { code: 'ENOTTY' }, `dma-buf ${name}`)
  }
  t.strictSame(await descriptorNumbers(device.process), before)
})

for (const [name, command] of commands) {
  test(`C10 a bad pointer for ${name} is refused, and nothing is left of the try`, async (t, guest) => {
    const device = await openDevice(await guest.process())
    const before = await everythingHeld()
    for (const pointer of [0n, 8n, 0x7ffffffff000n, 0xffff888000000000n]) {
      await t.rejects(device.ioctl(command, pointer), { code: 'EFAULT' }, pointer.toString(16))
    }
    t.strictSame(await everythingHeld(), before)

    async function everythingHeld() {
      return {
        descriptors: await descriptorNumbers(device.process),
        references: await guest.modules.references('exporter'),
        buffers: await liveBuffers(guest),
      }
    }
  })

  test(`C11 a read-only page for ${name} is refused, and no descriptor leaks`, async (t, guest) => {
    const user = await guest.process()
    const device = await openDevice(user)
    const flags = MAP_PRIVATE | MAP_ANONYMOUS
    const page = await user.mmap(null, { length: PAGE, prot: PROT_READ, flags })
    await page.read()
    const before = await descriptorNumbers(user)
    await t.rejects(device.ioctl(command, page.address), { code: 'EFAULT' })
    t.strictSame(await descriptorNumbers(user), before)
    t.equal((await liveBuffers(guest))[0]?.count, 1, 'only the device holds the buffer')
  })
}

test('C12 without a free descriptor it fails, takes nothing, and works when there is one', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  await user.setrlimit(RLIMIT_NOFILE, { soft: 32, hard: 32 })
  const [spare] = await takeAll(device)
  const before = { total: await buffersInTotal(guest), buffers: await liveBuffers(guest) }

  await t.rejects(getFd(device), { code: 'EMFILE' })
  const after = { total: await buffersInTotal(guest), buffers: await liveBuffers(guest) }
  t.strictSame(after, before)
  t.equal(await (await mapToRead(device)).cstring(), EXPORTER_GREETING, 'the buffer is unharmed')

  await spare?.close()
  t.equal(await (await mapToRead(await getFd(device))).cstring(), EXPORTER_GREETING, 'a retry')
})

test('a write-only device gives a descriptor that cannot be mapped', async (t, guest) => {
  const buffer = await newBuffer(await guest.process(), O_WRONLY)
  await t.rejects(mapToRead(buffer), { code: 'EACCES' })
  const options = { length: PAGE, prot: PROT_WRITE, flags: MAP_SHARED }
  await t.rejects(buffer.mmap(options), { code: 'EACCES' })
})
