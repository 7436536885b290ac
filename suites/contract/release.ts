import type { Calls, DeclareTest, TestGuest } from 'modprove'
import { buffersInTotal } from '../bufinfo.js'
import { Importer } from '../importer.js'
import { fullDirection, isOneForAll, mapFully } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'
import { live, released } from './released.js'

type Holder = 'device' | 'descriptor' | 'mapping' | 'attachment'

/** C78: a buffer is released once, when nothing holds it any more. */
export function releasePromises(test: DeclareTest, exporter: Exporter): void {
  const one = exporter.of(1)
  const options = withImporter(one)
  const device: Holder[] = exporter.sourceHolds ? ['device'] : []
  const holders: readonly Holder[] = [...device, 'descriptor', 'mapping', 'attachment']

  for (const last of holders) {
    test(
      `C78 the buffer is released once, at the last of its holders: the ${last} (S11)`,
      options,
      async (t, guest) => {
        const user = await guest.process()
        let made = 0
        for (const others of permutations(holders.filter(holder => holder !== last))) {
          const order = [...others, last]
          made += 1
          const counts = await releaseInOrder(guest, user, order, made)
          t.strictSame(counts, [...others.map(() => 0), 1], order.join(', '))
        }
      },
    )
  }

  test(
    'C78 a second descriptor and a second mapping hold the buffer too',
    options,
    async (t, guest) => {
      const user = await guest.process()
      const buffer = await newBuffer(one, user)
      const copy = await buffer.dup()
      const map = () => mapFully(exporter, copy)
      const [first, second] = [await map(), await map()]
      for (const close of [() => buffer.close(), () => first.munmap(), () => copy.close()]) {
        await close()
        t.equal(await released(guest, exporter), 0)
      }
      await second.munmap()
      t.equal(await released(guest, exporter), 1)
    },
  )

  test(
    'C78 an importer holds the buffer between its detach and its put',
    options,
    async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process())
      const session = await Importer.attached(buffer, 0, 1)
      await buffer.close()
      for (const number of [0, 1]) {
        await session.detach(number)
        t.equal(await released(guest, exporter), 0)
      }
      await session.put()
      t.equal(await released(guest, exporter), 1)
    },
  )

  test('C78 of many buffers, each is released once', options, async (t, guest) => {
    if (isOneForAll(t, exporter)) return
    const user = await guest.process()
    const empty = await buffersInTotal(guest)
    const buffers = []
    for (let count = 0; count < 20; count++) buffers.push(await newBuffer(one, user))
    t.equal((await live(guest, exporter)).length, 20)
    for (const [index, buffer] of buffers.entries()) {
      await buffer.close()
      t.equal(await released(guest, exporter, 20), index + 1)
    }
    t.equal(await buffersInTotal(guest), empty)
  })

  /** Makes the `made`-th buffer with all holders, drops them, and counts releases after each. */
  async function releaseInOrder(
    guest: TestGuest,
    user: Calls,
    order: readonly Holder[],
    made: number,
  ): Promise<number[]> {
    const letGo = await holdByAll(user)
    const before = await released(guest, exporter, made)
    const counts: number[] = []
    for (const holder of order) {
      await letGo[holder]()
      counts.push((await released(guest, exporter, made)) - before)
    }
    return counts
  }

  async function holdByAll(user: Calls): Promise<Record<Holder, () => Promise<void>>> {
    const source = await one.open(user)
    const descriptor = await source.descriptor()
    if (!exporter.sourceHolds) await source.close()
    const mapping = await mapFully(exporter, descriptor)
    const session = await Importer.attached(descriptor, 0)
    await session.map(0, fullDirection(exporter))
    return {
      device: () => source.close(),
      descriptor: () => descriptor.close(),
      mapping: () => mapping.munmap(),
      attachment: () => session.close(),
    }
  }
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map(rest => [first, ...rest]),
  )
}
