import {
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
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
  type DeclareTest,
  type TestGuest,
} from 'modprove'
import { buffersInTotal } from '../bufinfo.js'
import { BEYOND_A_SHORT, descriptorNumbers, takeAll, takeUpTo } from '../descriptors.js'
import { expectations, quick } from '../expectations.js'
import { FILLING, ioctlOnLonePage, placesOf } from '../lone-page.js'
import { mapShared, mapToRead, PAGE } from '../mappings.js'
import { DMA_BUF_MAGIC } from '../uapi.js'
import { isReadOnly } from './access.js'
import { accessModes, newBuffer, type Exporter } from './adapter.js'
import { live } from './released.js'
import type { Source } from './source.js'

const NO_ARGUMENT = 'its call takes no argument'

/** C1 to C12: making descriptors, and failing to do so. */
export function ioctlPromises(test: DeclareTest, exporter: Exporter): void {
  const one = exporter.of(1)
  const { greeting, modeOf, unknownCommand } = exporter

  for (const ioctl of exporter.ioctls) {
    const { name, command } = ioctl

    test(`C1 ${name} gives a dma-buf descriptor (S3)`, async (t, guest) => {
      const user = await guest.process()
      const buffer = await (await one.open(user)).descriptor(ioctl)
      t.ok(buffer.fd > 2, `descriptor ${buffer.fd}`)
      t.equal((await user.fstatfs(buffer)).type, DMA_BUF_MAGIC)
      t.equal(await (await mapToRead(buffer)).cstring(), greeting)
    })

    test(`C1 ${name} serves a 32-bit program, too`, async (t, guest) => {
      const source = await one.open(await guest.process())
      const buffer = await source.descriptorBy32Bits(ioctl)
      t.equal(await (await mapToRead(buffer)).cstring(), greeting)
    })

    test(`C1 ${name} reads and writes its argument, and no byte beside it`, async (t, guest) => {
      const source = await one.open(await guest.process())
      const bytes = source.argument(ioctl)
      if (bytes === undefined) return t.plan(0, NO_ARGUMENT)
      for (const at of placesOf(bytes)) {
        const { device } = source
        const { result, argument, isRestKept } = await ioctlOnLonePage(device, command, bytes, at)
        const buffer = source.answered(result, argument)
        t.equal((await buffer.fstat()).size, one.size, `with an argument at byte ${at} of a page`)
        t.ok(isRestKept, `the page around byte ${at}`)
      }
    })

    test(`C2 the descriptor of ${name} is close-on-exec, and gone after an exec (S3)`, async (t, guest) => {
      const user = await guest.process()
      const child = await user.fork()
      const source = await one.open(child)
      const buffer = await source.descriptor(ioctl)
      const kept = [await buffer.dup()]
      if (exporter.cloexecIsAsked) kept.push(await source.descriptor(ioctl, false))
      t.equal(await buffer.fcntl(F_GETFD), FD_CLOEXEC)

      await child.execve('/bin/sleep', ['sleep', '1000'])
      const link = (fd: number) => user.readlink(`/proc/${child.pid}/fd/${fd}`)
      await t.rejects(link(buffer.fd), { code: 'ENOENT' })
      for (const { fd } of kept) t.match(await link(fd), 'dmabuf', 'without the flag it stays')

      await user.kill(child.pid, SIGKILL)
      await user.wait4(child.pid)
    })
  }

  test('C1 a descriptor is told whole, whatever its number', { needs: quick }, async (t, guest) => {
    const user = await guest.process()
    const source = await one.open(user)
    await user.setrlimit(RLIMIT_NOFILE, { soft: 2 * BEYOND_A_SHORT, hard: 2 * BEYOND_A_SHORT })
    await takeUpTo(user, BEYOND_A_SHORT)
    for (const ioctl of exporter.ioctls) {
      const buffer = await source.descriptor(ioctl)
      t.ok(buffer.fd > BEYOND_A_SHORT, `${ioctl.name}: descriptor ${buffer.fd}`)
      t.equal((await user.fstatfs(buffer)).type, DMA_BUF_MAGIC, ioctl.name)
    }
  })

  for (const [name, mode] of accessModes.filter(([, mode]) => exporter.modes.includes(mode))) {
    test(`C3 the dma-buf of a ${name} ${modeOf} is ${name}`, async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process(), mode)
      t.equal((await buffer.fcntl(F_GETFL)) & O_ACCMODE, mode)
    })
  }

  if (exporter.modes.includes(O_RDONLY)) {
    test('C4 a read-only dma-buf cannot be mapped to write, nor made writable later', async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process(), O_RDONLY)
      await t.rejects(mapShared(buffer), { code: 'EACCES' })
      const page = await mapToRead(buffer)
      await t.rejects(page.mprotect(PROT_READ | PROT_WRITE), { code: 'EACCES' })
      await t.rejects(page.write('x'), { code: 'SIGSEGV' })
      t.equal(await page.cstring(), greeting)
    })
  }

  test('C5 a read-write dma-buf can be written through a shared mapping', async (t, guest) => {
    if (isReadOnly(t, exporter)) return
    const page = await mapShared(await newBuffer(one, await guest.process(), O_RDWR))
    await page.write('something else\0')
    t.equal(await page.cstring(), 'something else')
  })

  test('C6 a dma-buf is not read, written or truncated', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    const { pread, pwrite } = expectations(guest.kernel)
    await t.rejects(buffer.read(1), { code: 'EINVAL' }, 'read')
    // vfs_write() refuses a file not open for writing before its operations run (fs/read_write.c).
    const write = exporter.modes.includes(O_RDWR) ? 'EINVAL' : 'EBADF'
    await t.rejects(buffer.write('x'), { code: write }, 'write')
    await t.rejects(buffer.pread(1, 0), { code: pread }, 'pread')
    await t.rejects(buffer.pwrite(Buffer.from('x'), 0), { code: pwrite }, 'pwrite')
    for (const length of [0, PAGE, 2 * PAGE]) {
      await t.rejects(user.ftruncate(buffer, length), { code: 'EINVAL' }, `ftruncate to ${length}`)
    }
    t.equal(await (await mapToRead(buffer)).cstring(), greeting)
  })

  test('C7 statfs and /proc name a dma-buf', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    t.equal((await user.fstatfs(buffer)).type, DMA_BUF_MAGIC)
    t.equal(await user.readlink(`/proc/self/fd/${buffer.fd}`), '/dmabuf:')
  })

  test('C8 either of two descriptors closes without hurting the other', async (t, guest) => {
    const user = await guest.process()
    for (const survivor of [0, 1]) {
      const source = await one.open(user)
      const pair = [await source.descriptor(), await source.descriptor()] as const
      await source.close()
      await pair[1 - survivor]?.close()
      const left = pair[survivor] ?? pair[0]
      t.equal(await (await mapToRead(left)).cstring(), greeting, `of pair ${survivor}`)
      await left.close()
    }
  })

  test('C8 a second descriptor can be had after the first was closed', async (t, guest) => {
    const user = await guest.process()
    const source = await one.open(user)
    await (await source.descriptor()).close()
    const again = await source.descriptor()
    t.equal(await (await mapToRead(again)).cstring(), greeting)
  })

  test('C9 an unknown command is refused by the device and by the dma-buf', async (t, guest) => {
    const source = await one.open(await guest.process())
    const { device } = source
    const buffer = await source.descriptor()
    const before = await descriptorNumbers(device.process)
    const numbers = [1, 0xffffffff, IOR('E', 1, 4)]
    // Another type or size: a device that only checks the number would accept it.
    const others = exporter.ioctls.flatMap(({ command }) => [
      command ^ (1 << 16),
      command ^ (1 << 8),
    ])
    for (const command of [...numbers, ...(exporter.judgesWholeCommand ? others : [])]) {
      const name = `0x${command.toString(16)}`
      const argument = Buffer.alloc(64, FILLING)
      const refused = device.ioctl(command, argument)
      await t.rejects(refused, { code: unknownCommand }, `device ${name}`)
      await t.rejects(buffer.ioctl(command, argument), { code: 'ENOTTY' }, `dma-buf ${name}`)
      t.ok(argument.equals(Buffer.alloc(64, FILLING)), `${name} stores nothing`)
    }
    t.strictSame(await descriptorNumbers(device.process), before)
  })

  for (const ioctl of exporter.ioctls) {
    const { name, command } = ioctl

    test(`C10 a bad pointer for ${name} is refused, and nothing is left of the try`, async (t, guest) => {
      const source = await one.open(await guest.process())
      if (source.argument(ioctl) === undefined) return t.plan(0, NO_ARGUMENT)
      const before = await everythingHeld(guest, source)
      for (const pointer of [0n, 8n, 0x7ffffffff000n, 0xffff888000000000n]) {
        const refused = source.device.ioctl(command, pointer)
        await t.rejects(refused, { code: 'EFAULT' }, pointer.toString(16))
      }
      t.strictSame(await everythingHeld(guest, source), before)
    })

    if (exporter.fdIn === undefined) continue
    test(`C11 a read-only page for ${name} is refused, and no descriptor leaks`, async (t, guest) => {
      const { leaksUnansweredDescriptor } = exporter.policies(guest.kernel)
      if (leaksUnansweredDescriptor) return t.plan(0, 'a bug of this kernel: the descriptor stays')
      const user = await guest.process()
      const source = await one.open(user)
      const page = await user.mmap(null, {
        length: PAGE,
        prot: PROT_READ | PROT_WRITE,
        flags: MAP_PRIVATE | MAP_ANONYMOUS,
      })
      await page.write(source.argument(ioctl) ?? Buffer.alloc(0))
      await page.mprotect(PROT_READ)
      const before = await everythingHeld(guest, source)
      await t.rejects(source.device.ioctl(command, page.address), { code: 'EFAULT' })
      t.strictSame(await everythingHeld(guest, source), before)
    })
  }

  test('C12 without a free descriptor it fails, takes nothing, and works when there is one', async (t, guest) => {
    const { leaksWithoutDescriptor } = exporter.policies(guest.kernel)
    if (leaksWithoutDescriptor) return t.plan(0, 'a bug of this kernel: the buffer stays')
    const user = await guest.process()
    const source = await one.open(user)
    const older = await source.descriptor()
    await user.setrlimit(RLIMIT_NOFILE, { soft: 32, hard: 32 })
    const [spare] = await takeAll(source.device)
    const held = async () => ({
      total: await buffersInTotal(guest),
      buffers: await live(guest, exporter),
    })
    const before = await held()

    await t.rejects(source.descriptor(), { code: 'EMFILE' })
    t.strictSame(await held(), before)
    t.equal(await (await mapToRead(older)).cstring(), greeting, 'the buffer is unharmed')

    await spare?.close()
    t.equal(await (await mapToRead(await source.descriptor())).cstring(), greeting, 'a retry')
  })

  if (exporter.modes.includes(O_WRONLY)) {
    test(`a write-only ${modeOf} gives a descriptor that cannot be mapped`, async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process(), O_WRONLY)
      await t.rejects(mapToRead(buffer), { code: 'EACCES' })
      const options = { length: PAGE, prot: PROT_WRITE, flags: MAP_SHARED }
      await t.rejects(buffer.mmap(options), { code: 'EACCES' })
    })
  }

  async function everythingHeld(guest: TestGuest, { device }: Source) {
    return {
      descriptors: await descriptorNumbers(device.process),
      references: await guest.modules
        .loaded()
        .then(names => Promise.all(names.map(name => guest.modules.references(name)))),
      buffers: await live(guest, exporter),
    }
  }
}
