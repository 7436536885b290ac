import { SIGUSR1, suite, type Calls, type Descriptor, type TestGuest } from 'modprove'
import { eventually } from './eventually.js'
import { syncFiles } from './expectations.js'
import { exporter, importer, invariants, mapShared, mapToRead, newBuffer } from './exporter.js'
import { Importer } from './importer.js'
import { fencesLeft, fencesTaint, importSyncFile, Timeline } from './sw-sync.js'
import {
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SYNC_END,
  DMA_BUF_SYNC_READ,
  DMA_BUF_SYNC_RW,
  DMA_BUF_SYNC_START,
  DMA_BUF_SYNC_WRITE,
  dmaBufSync,
  EXPORTER_GREETING,
} from './uapi.js'

const test = suite('sync: turns of the CPU', {
  modules: [exporter, importer],
  invariants: [...invariants, fencesLeft],
  taints: fencesTaint,
})

const ways = [
  ['read', DMA_BUF_SYNC_READ],
  ['write', DMA_BUF_SYNC_WRITE],
  ['read and write', DMA_BUF_SYNC_RW],
] as const

/** Milliseconds of a wait that should end earlier. */
const WAIT_MS = 60_000

const sync = (buffer: Descriptor, flags: number | bigint, by: Calls = buffer.process) =>
  by.ioctl(buffer, DMA_BUF_IOCTL_SYNC, dmaBufSync.encode({ flags }))

for (const [name, way] of ways) {
  test(`C48 a turn to ${name} can begin and end, with and without a device at work`, async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    t.equal(await sync(buffer, DMA_BUF_SYNC_START | way), 0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_END | way), 0)

    const session = await Importer.attached(buffer, 0, 1)
    await session.map(0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_START | way), 0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_END | way), 0)
    t.equal((await session.deviceRead(11)).toString(), EXPORTER_GREETING)
  })
}

test('C49 a turn of neither kind is refused, and so are bits that mean nothing', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  for (const flags of [0, DMA_BUF_SYNC_END, 8, 8 | DMA_BUF_SYNC_RW, 1n << 32n, (1n << 63n) | 1n]) {
    await t.rejects(sync(buffer, flags), { code: 'EINVAL' }, `flags 0x${flags.toString(16)}`)
  }
  t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING)
})

test('C50 a bad pointer is refused', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  for (const pointer of [0n, 8n, 0x7ffffffff000n, 0xffff888000000000n]) {
    const call = buffer.ioctl(DMA_BUF_IOCTL_SYNC, pointer)
    await t.rejects(call, { code: 'EFAULT' }, pointer.toString(16))
  }
})

test('C51 a turn that never began can end, and one can begin twice', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const page = await mapShared(buffer)
  for (const [, way] of ways) {
    t.equal(await sync(buffer, DMA_BUF_SYNC_END | way), 0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_START | way), 0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_START | way), 0)
    t.equal(await sync(buffer, DMA_BUF_SYNC_END | way), 0)
  }
  await page.write('still there\0')
  t.equal(await page.cstring(), 'still there')
})

const withFences = { needs: syncFiles }

test('C52 a turn to read waits for the fence of a write', withFences, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const timeline = await Timeline.open(user)
  await importSyncFile(buffer, await timeline.fence(), DMA_BUF_SYNC_WRITE)
  const { waiter, turn } = await waitingTurn(guest, user, buffer, DMA_BUF_SYNC_READ)

  await timeline.advance()
  t.equal(await turn, 0)
  await waiter.end()
})

test('C52 a turn to write waits for the fence of a read', withFences, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const timeline = await Timeline.open(user)
  await importSyncFile(buffer, await timeline.fence(), DMA_BUF_SYNC_READ)
  t.equal(await sync(buffer, DMA_BUF_SYNC_READ), 0, 'a turn to read does not')
  const { waiter, turn } = await waitingTurn(guest, user, buffer, DMA_BUF_SYNC_WRITE)

  await timeline.advance()
  t.equal(await turn, 0)
  await waiter.end()
})

test('C52 a signal interrupts the wait, and leaves nothing of it', withFences, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const timeline = await Timeline.open(user)
  await importSyncFile(buffer, await timeline.fence(), DMA_BUF_SYNC_WRITE)
  const { waiter, turn } = await waitingTurn(guest, user, buffer, DMA_BUF_SYNC_READ)

  await Promise.all([
    t.rejects(turn, { code: 'EINTR' }),
    user.tgkill(user.pid, waiter.tid, SIGUSR1),
  ])
  await timeline.advance()
  t.equal(await sync(buffer, DMA_BUF_SYNC_READ), 0, 'a later turn begins')
  await waiter.end()
})

/** A thread that blocks at the start of its turn. */
async function waitingTurn(
  guest: TestGuest,
  user: Awaited<ReturnType<TestGuest['process']>>,
  buffer: Descriptor,
  flags: number,
) {
  const waiter = await user.thread()
  const turn = sync(buffer, DMA_BUF_SYNC_START | flags, waiter.within(WAIT_MS))
  const stack = await eventually(
    () => guest.readFile(`/proc/${user.pid}/task/${waiter.tid}/stack`),
    text => text.includes('dma_fence_default_wait'),
  )
  if (!stack.includes('dma_fence_default_wait')) throw new Error(`it does not wait: ${stack}`)
  return { waiter, turn }
}
