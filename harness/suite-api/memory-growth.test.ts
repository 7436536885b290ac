import t from 'tap'
import { growingMemory, memoryInUse, type MemoryInUse } from './memory-growth.js'

/** A guest of 65536 pages, as each reading finds it. */
function guestWith(readings: readonly { readonly free: number; readonly objects: number }[]) {
  let at = -1
  const done: string[] = []
  return {
    done,
    process: async () => ({
      syscall: async () => void (at += 1),
      open: async (path: string) => {
        done.push('open')
        return { write: async (text: string) => void done.push(`${path.slice(17)} ${text[0]}`) }
      },
      [Symbol.asyncDispose]: async () => void done.push('end'),
    }),
    writeFile: async () => undefined,
    readFile: async (path: string) => {
      const { free = 0, objects = 0 } = readings[at] ?? {}
      if (path === '/proc/slabinfo') {
        done.push('count')
        return `slabinfo - version: 2.1\n# name <active_objs> …\nkmalloc-96  ${objects}  400  96 42 1\n`
      }
      if (path === '/proc/zoneinfo')
        return 'Node 0, zone DMA\n  count: 0\n    cpu: 0\n  count: 30\n'
      return `MemTotal:  262144 kB\nMemFree:  ${4 * free} kB\nSlab:  80 kB\nPercpu:   152 kB\n`
    },
  }
}

void t.test('the lesser of two readings is in use, without what processors keep free', async t => {
  const guest = guestWith([
    { free: 1000, objects: 300 },
    { free: 1010, objects: 310 },
  ])
  t.same(await memoryInUse(guest as never), {
    slabs: new Map([['kmalloc-96', 300]]),
    pages: 65_536 - 1010 - 30 - 20,
    perCpuPages: 38,
  })
  // An open or a close of a file of /sys before a count would leave an object that waits.
  const shrunk = ['kmalloc-96/shrink 1', 'count']
  t.strictSame(guest.done, ['count', 'open', ...shrunk, ...shrunk, 'end'])
})

void t.test('a kernel that lists no cache, or no memory, is an error', async t => {
  const guest = guestWith([])
  await t.rejects(memoryInUse({ ...guest, readFile: async () => '' } as never), /no cache/)
  const readFile = async (path: string) => (path === '/proc/meminfo' ? '' : guest.readFile(path))
  await t.rejects(memoryInUse({ ...guest, readFile } as never), /has no Mem/)
})

void t.test('what grows in every round is reported, and noise is not', async t => {
  const at = (objects: number, pages: number, perCpuPages: number): MemoryInUse => ({
    slabs: new Map([
      ['kmalloc-96', objects],
      ['vmap_area', 10 * objects],
    ]),
    pages,
    perCpuPages,
  })
  const growth = (...of: readonly [number, number, number]) =>
    growingMemory([0, 1, 2].map(round => at(round * of[0], round * of[1], round * of[2])))
  t.strictSame(growth(64, 0, 0), [
    'kmalloc-96: 64 objects a round; --flavour debug names where, unless the kernel still has them in a list',
  ])
  t.strictSame(growth(0, 256, 0), ['256 pages a round; --flavour poison names where'])
  t.strictSame(growth(0, 0, 1), ['1 per-CPU pages a round'])
  t.strictSame(growth(31, 31, 0), [])
  t.strictSame(growingMemory([at(0, 0, 0), at(500, 500, 5), at(501, 501, 5)]), [], 'in one only')
})
