import {
  MADV_DONTNEED,
  MFD_CLOEXEC,
  MREMAP_DONTUNMAP,
  MREMAP_MAYMOVE,
  PROT_EXEC,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  suite,
  type Mapping,
} from '../harness/suite.js'
import { references } from './bufinfo.js'
import { expectations } from './expectations.js'
import {
  exporterOfPages,
  invariants,
  mapShared,
  newBuffer,
  openDevice,
  PAGE,
  releases,
  stampPages,
} from './exporter.js'
import { EXPORTER_GREETING } from './uapi.js'

const PAGES = 4
const SIZE = PAGES * PAGE

const test = suite('mmap: the life of a mapping', {
  modules: [exporterOfPages(PAGES)],
  invariants,
})

const mapAll = (buffer: Parameters<typeof mapShared>[0]) => mapShared(buffer, { length: SIZE })

test('C34 mprotect takes access away and gives it back', async (t, guest) => {
  const pages = await mapAll(await newBuffer(await guest.process()))
  await pages.mprotect(PROT_NONE)
  await t.rejects(pages.read(), { code: 'SIGSEGV' })
  await pages.mprotect(PROT_READ)
  t.equal(await pages.cstring(), EXPORTER_GREETING)
  await t.rejects(pages.write('x'), { code: 'SIGSEGV' })
  await pages.mprotect(PROT_READ | PROT_WRITE)
  await pages.write('x')
  t.equal(await pages.cstring(), `x${EXPORTER_GREETING.slice(1)}`)
})

test('C34 mprotect to execute is answered as this kernel answers', async (t, guest) => {
  const pages = await mapAll(await newBuffer(await guest.process()))
  const { protExec } = expectations(guest.kernel)
  const change = pages.mprotect(PROT_READ | PROT_EXEC)
  if (protExec === undefined) await t.resolves(change)
  else await t.rejects(change, { code: protExec })
})

test('C35 what is left of a partly unmapped mapping is readable, the hole faults', async (t, guest) => {
  const pages = await mapAll(await newBuffer(await guest.process()))
  await stampPages(pages)
  await pages.munmap({ offset: PAGE, length: PAGE })
  t.equal(await pages.cstring(0), 'page 0')
  await t.rejects(pages.read(PAGE, 1), { code: 'SIGSEGV' })
  t.equal(await pages.cstring(2 * PAGE), 'page 2')
  t.equal(await pages.cstring(3 * PAGE), 'page 3')
})

test('C36 parent and child share a mapping, and the end of the child does no harm', async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const pages = await mapAll(buffer)
  await buffer.close()
  const child = await user.fork()
  const inherited = child.mapping(pages)
  await pages.write('by the parent\0')
  t.equal(await inherited.cstring(), 'by the parent')
  await inherited.write('by the child\0')
  await child.exit()
  await user.wait4(child.pid)
  t.equal(await pages.cstring(), 'by the child')
  t.equal(await releases(guest), 0)
})

test('C36 a mapping outlives the parent that made it', async (t, guest) => {
  const parent = await guest.process()
  const pages = await mapAll(await newBuffer(parent))
  const child = await parent.fork()
  await parent.exit()
  await parent.exited
  t.equal(await child.mapping(pages).cstring(), EXPORTER_GREETING)
})

test('C37 a mapping cannot be made longer, doubled, or left behind empty', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const page = await mapShared(buffer)
  await t.rejects(page.mremap({ length: 2 * PAGE }), { code: 'EFAULT' }, 'longer')
  await t.rejects(page.mremap({ oldLength: 0, length: PAGE }), { code: 'EFAULT' }, 'doubled')
  const flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP
  await t.rejects(page.mremap({ length: PAGE, flags }), { code: 'EINVAL' }, 'left behind')
  t.equal(await page.cstring(), EXPORTER_GREETING)
})

test('C37 a mapping can be made shorter, and moved', async (t, guest) => {
  const user = await guest.process()
  const pages = await mapAll(await newBuffer(user))
  await stampPages(pages)
  const shorter = await pages.mremap({ length: 2 * PAGE })
  t.equal(await shorter.cstring(PAGE), 'page 1')
  await t.rejects(pages.read(2 * PAGE, 1), { code: 'SIGSEGV' })

  const elsewhere = shorter.address + 0x10000000n
  const moved = await shorter.mremap({ length: 2 * PAGE, address: elsewhere })
  t.equal(moved.address, elsewhere)
  t.equal(await moved.cstring(PAGE), 'page 1')
  await t.rejects(shorter.read(0, 1), { code: 'SIGSEGV' })
})

test('C38 smaps shows I/O pages that are neither expanded nor dumped', async (t, guest) => {
  const pages = await mapAll(await newBuffer(await guest.process()))
  const flags = await vmFlags(pages)
  for (const flag of ['sh', 'io', 'pf', 'de', 'dd']) t.ok(flags.includes(flag), flag)
})

test('C39 the kernel copies from the mapping, and takes no hold of its pages', async (t, guest) => {
  const user = await guest.process()
  const other = await guest.process()
  const pages = await mapAll(await newBuffer(user))
  const file = await user.memfdCreate('copy', MFD_CLOEXEC)
  t.equal(Number(await user.syscall('write', file, pages.address, SIZE)), SIZE)
  t.ok((await file.pread(SIZE, 0)).equals(await pages.read()))
  await t.rejects(other.processVmReadv(user.pid, pages.address, PAGE), { code: 'EFAULT' })
})

test('C40 MADV_DONTNEED is refused, and the bytes stay', async (t, guest) => {
  const pages = await mapAll(await newBuffer(await guest.process()))
  await t.rejects(pages.madvise(MADV_DONTNEED), { code: 'EINVAL' })
  t.equal(await pages.cstring(), EXPORTER_GREETING)
})

test('C41 a mapping stays valid when the descriptor is closed', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapAll(buffer)
  await buffer.close()
  await pages.write('after the close\0')
  t.equal(await pages.cstring(), 'after the close')
  t.equal(await releases(guest), 0)
})

test('C42 each mapping holds the buffer once, each part of a split one too', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  t.equal(await references(buffer), 1, 'the descriptor')
  const one = await mapAll(buffer)
  t.equal(await references(buffer), 2, 'and a mapping')
  const two = await mapAll(buffer)
  t.equal(await references(buffer), 3, 'and another')
  await two.munmap({ offset: PAGE, length: PAGE })
  t.equal(await references(buffer), 4, 'and the other half of that')
  await two.munmap()
  t.equal(await references(buffer), 2)
  await one.munmap()
  t.equal(await references(buffer), 1)
})

test('C84 a mapping shows no other bytes when everything else of the buffer is closed', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  const pages = await mapAll(device)
  const content = Buffer.alloc(SIZE, 'mine ')
  await pages.write(content)
  await device.close()
  // Pages that had been freed would be the next buffers' pages.
  for (let round = 0; round < 8; round++) {
    await (await mapAll(await newBuffer(user))).write(Buffer.alloc(SIZE, 'yours'))
  }
  t.ok(content.equals(await pages.read()))
})

/** VmFlags of /proc/PID/smaps. */
async function vmFlags(mapping: Mapping): Promise<string[]> {
  const smaps = await mapping.process.readFile('/proc/self/smaps')
  const start = smaps.indexOf(`${mapping.address.toString(16)}-`)
  const [, flags = ''] = /^VmFlags: (.*)$/m.exec(smaps.slice(start)) ?? []
  return flags.trim().split(' ')
}
