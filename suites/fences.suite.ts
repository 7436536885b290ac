import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLLIN,
  EPOLLOUT,
  F_GETFD,
  FD_CLOEXEC,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  POLLIN,
  POLLOUT,
  PROT_READ,
  PROT_WRITE,
  suite,
  type Descriptor,
  type TestGuest,
} from 'modprove'
import { descriptorNumbers } from './descriptors.js'
import { eventually } from './eventually.js'
import { noSyncFiles, syncFiles } from './expectations.js'
import { exporter, invariants, newBuffer, openDevice, PAGE, releases } from './exporter.js'
import { exportSyncFile, fencesLeft, fencesTaint, importSyncFile, Timeline } from './sw-sync.js'
import {
  DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
  DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
  DMA_BUF_SYNC_END,
  DMA_BUF_SYNC_READ,
  DMA_BUF_SYNC_RW,
  DMA_BUF_SYNC_WRITE,
  dmaBufExportSyncFile,
  dmaBufImportSyncFile,
} from './uapi.js'

const test = suite('fences, sync files and poll', {
  modules: [exporter],
  invariants: [...invariants, fencesLeft],
  taints: fencesTaint,
})

const withSyncFiles = { needs: syncFiles }
const BOTH = POLLIN | POLLOUT

const events = async (file: Descriptor) =>
  (await file.process.poll([{ fd: file, events: BOTH }]))[0] ?? 0

/** A buffer, and a fence that is not signalled yet. */
async function pending(guest: TestGuest) {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const timeline = await Timeline.open(user)
  return { user, buffer, timeline, fence: await timeline.fence() }
}

/** The same, with the fence as a write to the buffer. */
async function pendingWrite(guest: TestGuest) {
  const { fence, ...all } = await pending(guest)
  await importSyncFile(all.buffer, fence, DMA_BUF_SYNC_WRITE)
  return all
}

test(
  'C55 a sync file of an idle buffer is signalled, and close-on-exec',
  withSyncFiles,
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    for (const flags of [DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW]) {
      const file = await exportSyncFile(buffer, flags)
      t.equal(await file.fcntl(F_GETFD), FD_CLOEXEC)
      t.equal(await events(file), POLLIN, `flags ${flags}`)
      await file.close()
    }
  },
)

test(
  'C55 flags that name no access are refused, and leave no descriptor',
  withSyncFiles,
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const before = await descriptorNumbers(buffer.process)
    for (const flags of [0, DMA_BUF_SYNC_END, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW, 8]) {
      await t.rejects(exportSyncFile(buffer, flags), { code: 'EINVAL' }, `flags ${flags}`)
    }
    t.strictSame(await descriptorNumbers(buffer.process), before)
  },
)

test('C55 a bad pointer is refused, and leaves no descriptor', withSyncFiles, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const options = { length: PAGE, prot: PROT_READ | PROT_WRITE, flags: MAP_PRIVATE | MAP_ANONYMOUS }
  const page = await user.mmap(null, options)
  await page.write(dmaBufExportSyncFile.encode({ flags: DMA_BUF_SYNC_READ }))
  await page.mprotect(PROT_READ)
  const before = await descriptorNumbers(user)
  for (const pointer of [0n, 0x7ffffffff000n, page.address]) {
    const call = buffer.ioctl(DMA_BUF_IOCTL_EXPORT_SYNC_FILE, pointer)
    await t.rejects(call, { code: 'EFAULT' }, pointer.toString(16))
  }
  t.strictSame(await descriptorNumbers(user), before)
})

test(
  'C55 a kernel without sync files of dma-bufs knows neither command',
  { needs: noSyncFiles },
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    for (const command of [DMA_BUF_IOCTL_EXPORT_SYNC_FILE, DMA_BUF_IOCTL_IMPORT_SYNC_FILE]) {
      await t.rejects(buffer.ioctl(command, Buffer.alloc(8)), { code: 'ENOTTY' })
    }
  },
)

test('C55 a sync file carries the fence that is pending', withSyncFiles, async (t, guest) => {
  const { buffer, timeline } = await pendingWrite(guest)
  const file = await exportSyncFile(buffer, DMA_BUF_SYNC_READ)
  t.equal(await events(file), 0)
  await timeline.advance()
  t.equal(await events(file), POLLIN)
})

test('C56 what is no sync file is not imported', withSyncFiles, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const others = [await openDevice(user), await user.memfdCreate('no fence'), buffer]
  for (const other of others) {
    const link = await user.readlink(`/proc/self/fd/${other.fd}`)
    await t.rejects(importSyncFile(buffer, other, DMA_BUF_SYNC_WRITE), { code: 'EINVAL' }, link)
  }
  const nothing = dmaBufImportSyncFile.encode({ flags: DMA_BUF_SYNC_WRITE, fd: 0xffffffff })
  await t.rejects(buffer.ioctl(DMA_BUF_IOCTL_IMPORT_SYNC_FILE, nothing), { code: 'EINVAL' }, '-1')
  await t.rejects(buffer.ioctl(DMA_BUF_IOCTL_IMPORT_SYNC_FILE, 0n), { code: 'EFAULT' })
  t.equal(await events(buffer), BOTH, 'it is idle')
})

test('C56 flags that name no access are refused on import too', withSyncFiles, async (t, guest) => {
  const { buffer, fence } = await pending(guest)
  for (const flags of [0, DMA_BUF_SYNC_END, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW, 8]) {
    await t.rejects(importSyncFile(buffer, fence, flags), { code: 'EINVAL' }, `flags ${flags}`)
  }
  t.equal(await events(buffer), BOTH, 'it is idle')
})

test('C56 poll sees an imported fence until it is signalled', withSyncFiles, async (t, guest) => {
  const { buffer, timeline, fence } = await pending(guest)
  await importSyncFile(buffer, fence, DMA_BUF_SYNC_WRITE)
  await fence.close()
  t.equal(await events(buffer), 0)
  await timeline.advance()
  t.equal(await events(buffer), BOTH)
})

test('C57 an idle buffer can be read and written at once', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  t.equal(await events(buffer), BOTH)
  t.equal(await events(buffer), BOTH, 'again')
  t.strictSame(await buffer.process.poll([{ fd: buffer, events: POLLIN }]), [POLLIN])
  t.strictSame(await buffer.process.poll([{ fd: buffer, events: POLLOUT }]), [POLLOUT])
  t.strictSame(await buffer.process.poll([{ fd: buffer, events: 0 }]), [0])
})

test(
  'C57 a pending write forbids both, a pending read only writes',
  withSyncFiles,
  async (t, guest) => {
    const user = await guest.process()
    const [written, read] = [await newBuffer(user), await newBuffer(user)]
    const timeline = await Timeline.open(user)
    await importSyncFile(written, await timeline.fence(), DMA_BUF_SYNC_WRITE)
    await importSyncFile(read, await timeline.fence(), DMA_BUF_SYNC_READ)
    t.equal(await events(written), 0)
    t.equal(await events(read), POLLIN)
    await timeline.advance()
    t.equal(await events(written), BOTH)
    t.equal(await events(read), BOTH)
  },
)

test(
  'C57 a poll that waits is woken when the fence is signalled',
  withSyncFiles,
  async (t, guest) => {
    const { user, buffer, timeline } = await pendingWrite(guest)
    const waiter = await user.thread()
    const woken = waiter.within(60_000).poll([{ fd: buffer, events: BOTH }], -1)
    const stack = await eventually(
      () => guest.readFile(`/proc/${user.pid}/task/${waiter.tid}/stack`),
      text => text.includes('do_sys_poll'),
    )
    t.match(stack, 'do_sys_poll', 'it waits')
    await timeline.advance()
    const [seen = 0] = await woken
    t.ok((seen & BOTH) !== 0, `events ${seen}`)
    await waiter.end()
  },
)

test('C58 epoll tells of a fence that was signalled', withSyncFiles, async (t, guest) => {
  const { user, buffer, timeline } = await pendingWrite(guest)
  const epoll = await user.epollCreate1(EPOLL_CLOEXEC)
  await user.epollCtl(epoll, EPOLL_CTL_ADD, buffer, EPOLLIN | EPOLLOUT)
  t.strictSame(await user.epollWait(epoll, 1, 0), [])
  await timeline.advance()
  const [event] = await user.epollWait(epoll, 1, 0)
  t.equal(event?.events, EPOLLIN | EPOLLOUT)
})

test(
  'C58 a pending fence holds a buffer that is polled and closed, and lets it go',
  withSyncFiles,
  async (t, guest) => {
    const { user, buffer, timeline } = await pendingWrite(guest)
    const epoll = await user.epollCreate1(EPOLL_CLOEXEC)
    await user.epollCtl(epoll, EPOLL_CTL_ADD, buffer, EPOLLIN | EPOLLOUT)
    await buffer.close()
    t.equal(await releases(guest), 0, 'the callback on the fence holds it')
    await timeline.advance()
    t.equal(
      await eventually(
        () => releases(guest),
        count => count === 1,
      ),
      1,
    )
    t.strictSame(await user.epollWait(epoll, 1, 0), [])
  },
)
