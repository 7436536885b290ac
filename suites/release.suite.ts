import { suite, type Calls, type TestGuest } from '../harness/suite.js'
import { buffersInTotal, liveBuffers } from './bufinfo.js'
import {
  exporter,
  getFd,
  importer,
  invariants,
  mapShared,
  newBuffer,
  openDevice,
  releases,
} from './exporter.js'
import { Importer } from './importer.js'

const test = suite('release on the last close', { modules: [exporter, importer], invariants })

const holders = ['device', 'descriptor', 'mapping', 'attachment'] as const
type Holder = (typeof holders)[number]

for (const last of holders) {
  test(`C78 the buffer is released once, at the last of its holders: the ${last} (S11)`, async (t, guest) => {
    const user = await guest.process()
    for (const others of permutations(holders.filter(holder => holder !== last))) {
      const order = [...others, last]
      const counts = await releaseInOrder(guest, user, order)
      t.strictSame(counts, [0, 0, 0, 1], order.join(', '))
    }
  })
}

test('C78 a second descriptor and a second mapping hold the buffer too', async (t, guest) => {
  const user = await guest.process()
  const one = await newBuffer(user)
  const two = await one.dup()
  const [first, second] = [await mapShared(one), await mapShared(two)]
  for (const close of [() => one.close(), () => first.munmap(), () => two.close()]) {
    await close()
    t.equal(await releases(guest), 0)
  }
  await second.munmap()
  t.equal(await releases(guest), 1)
})

test('C78 an importer holds the buffer between its detach and its put', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const session = await Importer.attached(buffer, 0, 1)
  await buffer.close()
  for (const device of [0, 1]) {
    await session.detach(device)
    t.equal(await releases(guest), 0)
  }
  await session.put()
  t.equal(await releases(guest), 1)
})

test('C78 an open device alone holds its buffer, and releases it on close', async (t, guest) => {
  const device = await openDevice(await guest.process())
  t.equal((await liveBuffers(guest)).length, 1)
  await device.close()
  t.equal(await releases(guest), 1)
  t.strictSame(await liveBuffers(guest), [])
})

test('C78 of many buffers, each is released once', async (t, guest) => {
  const user = await guest.process()
  const empty = await buffersInTotal(guest)
  const buffers = []
  for (let count = 0; count < 20; count++) buffers.push(await newBuffer(user))
  t.equal((await liveBuffers(guest)).length, 20)
  for (const [index, buffer] of buffers.entries()) {
    await buffer.close()
    t.equal(await releases(guest), index + 1)
  }
  t.equal(await buffersInTotal(guest), empty)
})

/** Makes a buffer with all holders, lets them go, and counts its releases after each. */
async function releaseInOrder(guest: TestGuest, user: Calls, order: readonly Holder[]) {
  const before = await releases(guest)
  const letGo = await holdByAll(user)
  const counts: number[] = []
  for (const holder of order) {
    await letGo[holder]()
    counts.push((await releases(guest)) - before)
  }
  return counts
}

async function holdByAll(user: Calls): Promise<Record<Holder, () => Promise<void>>> {
  const device = await openDevice(user)
  const descriptor = await getFd(device)
  const mapping = await mapShared(descriptor)
  const session = await Importer.attached(descriptor, 0)
  await session.map()
  return {
    device: () => device.close(),
    descriptor: () => descriptor.close(),
    mapping: () => mapping.munmap(),
    attachment: () => session.close(),
  }
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map(rest => [first, ...rest]),
  )
}
