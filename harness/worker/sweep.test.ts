import t from 'tap'
import type { FaultSweep } from '../contract/events.js'
import { SyscallError, type Process } from '../guest/index.js'
import { withTap } from './with-tap.js'
import type { Finding } from '../verdict/index.js'
import { sweep, sweepModule } from '../suite-api/sweep.js'
import type { TestGuest } from '../suite-api/test-guest.js'

/** A call with `points` points of failure; `errno` gives the nth one's error, 0 for none. */
interface Toy {
  readonly points: number
  readonly errno?: (n: number) => number
  /** The title of a warning that a failure brings. */
  readonly warns?: (n: number) => string | undefined
  /** Where in a module the call is made that fails; undefined: the kernel does not say. */
  readonly caller?: (n: number) => readonly string[] | undefined
  /** What a failure leaves that only a slow look shows. */
  readonly leaves?: (n: number) => string | undefined
  /** Descriptors that a failure leaves open. */
  readonly leaks?: number
}

const ENOMEM = 12
const EPERM = 1

/** Sweeps a toy, and returns what node-tap and the record would receive. */
async function swept(toy: Toy, maxPoints = 50, by = sweep) {
  const { points, errno = () => ENOMEM, leaks = 0, warns = () => undefined } = toy
  const { caller = () => [], leaves = () => undefined } = toy
  const left: string[] = []
  let looks = 0
  const said: string[] = []
  let open = 3
  const process = {
    pid: 1,
    dup: async () => ({ fd: open, close: async () => undefined }),
    failNth: async (n: number) => {
      const injected = n <= points
      if (injected) open += leaks
      const title = injected ? warns(n) : undefined
      const calls = injected ? caller(n) : undefined
      if (calls !== undefined)
        said.push(
          'FAULT_INJECTION: forcing a failure.',
          ' kmalloc+0x1/0x2',
          ...calls.map(line => ` ${line}`),
        )
      if (title !== undefined) said.push(title)
      const kept = injected ? leaves(n) : undefined
      if (kept !== undefined) left.push(kept)
      const number = injected ? errno(n) : 0
      const error = number === 0 ? {} : { error: new SyscallError('toy', [], number) }
      return { injected, failuresLeft: Math.max(0, n - points), ...error }
    },
  } as unknown as Process
  const sweeps: FaultSweep[] = []
  const guest = {
    kernel: { flavour: 'toy' },
    sweeps,
    readFile: async () => '',
    modules: { loaded: async () => [] },
    kernelLog: async () =>
      said
        .splice(0)
        .map(text => ({ sequence: 1, timeUs: 1, level: 3, facility: 0, caller: '', text })),
    isKnown: ({ title }: Finding) => title.includes('harmless'),
    logPosition: async () => 0,
    writeFile: async () => undefined,
  } as unknown as TestGuest
  const done = async () => undefined
  const scenario = { name: 'toy', process, prepare: done, call: done, undo: done, maxPoints }
  const leftovers = async () => {
    looks += 1
    return [...left]
  }
  const { problems } = await withTap('sweep', async inner => {
    await by(inner, guest, { ...scenario, leftovers, within: 'load' })
    return []
  })
  return { messages: problems.map(({ message }) => message), sweeps, looks }
}

t.test('every point fails once, and what was tolerated is counted apart', async t => {
  const { messages, sweeps } = await swept({ points: 5, errno: n => (n % 2 ? ENOMEM : 0) })
  t.strictSame(messages, [])
  t.strictSame(sweeps, [{ scenario: 'toy', points: 5, errors: 3, tolerated: 2 }])
})

t.test('a scenario in which nothing could fail has proved nothing', async t => {
  t.match((await swept({ points: 0 })).messages, [/toy: 0 points of failure/])
})

t.test('an unexpected error is reported with its point', async t => {
  const { messages } = await swept({ points: 3, errno: n => (n === 2 ? EPERM : ENOMEM) })
  t.match(messages, [/toy, failure 2: .*EPERM/])
})

t.test('what a failure leaves behind ends the sweep, and is reported with its point', async t => {
  const { messages } = await swept({ points: 3, leaks: 1 })
  t.match(messages, [/toy, failure 1: left behind: lowest free descriptor .*3 before, 4 after/])
})

const init = (offset: number) => [
  '? ring_stale+0x1/0x2 [ring]',
  `ring_init+0x${offset}/0x99 [ring]`,
]

t.test('what is left is looked for where the caller in the module is another', async t => {
  const caller = (n: number) => init(n < 3 ? 10 : 20)
  const found = await swept({
    points: 9,
    caller,
    leaves: n => (n === 3 ? '/dev/ring0' : undefined),
  })
  t.strictSame(found.messages, ['toy, failure 3 in ring_init+0x20 [ring]: left behind: /dev/ring0'])
  const clean = await swept({ points: 9, caller })
  t.match(clean, { messages: [], looks: 4 }, 'before, at two callers, at the end')
})

/** Points of slab objects, of which the last eight lie within `load`, and of pages. */
async function sweptBackwards(caller: (n: number, tried: number) => readonly string[]) {
  const tried: number[] = []
  const logged = (n: number) => {
    tried.push(n)
    return n > 20 ? [...caller(n, tried.length), 'load+0x1/0x2'] : ['before+0x1/0x2']
  }
  const found = await swept({ points: 28, caller: logged }, 50, sweepModule)
  return { ...found, tried }
}

t.test(
  "a module's points are tried back to those before it, slab objects and pages apart",
  async t => {
    const { tried, messages, sweeps } = await sweptBackwards(() => init(10))
    t.strictSame(messages, [])
    t.strictSame(sweeps, [
      { scenario: 'toy, slab', points: 16, errors: 16, tolerated: 0 },
      { scenario: 'toy, pages', points: 16, errors: 16, tolerated: 0 },
    ])
    const pass = Array.from({ length: 16 }, (_, at) => 28 - at)
    t.strictSame(
      tried,
      Array<number[]>(3 + 3)
        .fill(pass)
        .flat(),
      'until two passes bring no place',
    )
  },
)

t.test('a pass that finds a new place in a module is not the last but two', async t => {
  const { tried } = await sweptBackwards((_, tries) => init(tries === 40 ? 20 : 10))
  t.equal(tried.length / 16, 5 + 3, 'the third pass found one')
})

t.test('where no point lies within it, all are tried', async t => {
  const { sweeps } = await swept({ points: 28, caller: () => ['other+0x1/0x2'] }, 50, sweepModule)
  t.match(sweeps, [{ points: 28 }, { points: 28 }])
})

t.test('points that are tolerated in silence are left out of later passes', async t => {
  const tried: number[] = []
  const errno = (n: number) => {
    tried.push(n)
    return n % 2 === 0 ? 0 : ENOMEM
  }
  const said = (n: number) => (n % 2 === 0 ? undefined : [...init(10), 'load+0x1/0x2'])
  const { messages } = await swept({ points: 8, errno, caller: said }, 50, sweepModule)
  t.strictSame(messages, [])
  t.strictSame(tried.slice(0, 16), [8, 7, 6, 5, 4, 3, 2, 1, 7, 5, 3, 1, 7, 5, 3, 1])
})

t.test('what a later failure of the same caller leaves is found at the end', async t => {
  const caller = () => init(10)
  const { messages } = await swept({
    points: 9,
    caller,
    leaves: n => (n === 5 ? '/proc/r' : undefined),
  })
  t.match(messages, [/^toy, after all: left behind: \/proc\/r$/])
})

t.test('the first failure that brings a finding ends the sweep', async t => {
  const { messages, sweeps } = await swept({ points: 20, warns: n => `BUG: lost after ${n}` })
  t.match(messages, [/^toy, failure 1: bug: BUG: lost .*1 of about 20 points were tried, and the/])
  t.equal(messages.length, 1)
  t.strictSame(sweeps, [])
  const known = await swept({ points: 20, warns: () => 'BUG: harmless' })
  t.match(known, { messages: [], sweeps: [{ points: 20 }] }, 'a known false alarm does not')
})

t.test('a sweep that does not end stops at its bound, as an error', async t => {
  const { messages, sweeps } = await swept({ points: Infinity }, 10)
  t.match(messages, [/has more than 10 points of failure/])
  t.strictSame(sweeps, [])
})

t.test('a point that was tolerated is tried again: it may have stood in for another', async t => {
  let second = false
  const { messages, sweeps } = await swept({
    points: 1,
    errno: () => {
      const number = second ? EPERM : 0
      second = true
      return number
    },
  })
  t.match(messages, [/failure 1: .*EPERM/])
  t.match(sweeps, [{ points: 1, errors: 1, tolerated: 0 }])
})
