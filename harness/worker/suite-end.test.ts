import t, { type Test } from 'tap'
import type { Late } from '../contract/late.js'
import { failureError, harnessError } from '../platform/errors.js'
import { SyscallError } from '../guest/index.js'
import { findingAt } from '../verdict/finding.fixture.js'
import { besideLog } from '../verdict/finding.js'
import { LEAKS_COUNTED } from '../verdict/kmemleak.js'
import { lostProblem, parseTraceLine, type Finding } from '../verdict/index.js'
import { FindingReports } from '../session/finding-reports.js'
import type { Life } from '../session/life/life.js'
import type { Job } from '../session/job.js'
import type { Session } from '../session/session.js'
import { LateFindings } from './late-findings.js'
import { suiteEnd } from './suite-end.js'
import { mergeEnds, type TryResult } from './try-result.js'

interface Toy {
  /** What kmemleak finds; absent if the kernel has none. */
  readonly leaks?: string
  /** What page_owner lists; absent if the kernel has none. */
  readonly pages?: string
  /** Why it cannot be read. */
  readonly unreadable?: string
  /** Result of the command that starts a scan. */
  readonly scan?: () => Promise<{ code: number; stderr: string }>
  readonly unload?: () => Promise<void>
  readonly findings?: readonly Finding[]
  readonly lost?: number
  /** The last test, run once more. */
  readonly again?: Partial<TryResult>
  /** Why the machine judges no further tests. */
  readonly spent?: string
  /** What holds a module of the kernel that the modules needed. */
  readonly heldBy?: string
  /** What unloaded modules left. */
  readonly outliving?: readonly Finding[]
  /** Whether the guest answers; default: it does. */
  readonly life?: () => Promise<Life>
  /** In which test a thread began, by its pid. */
  readonly began?: Readonly<Record<number, string>>
}

const WAITED_MS = 60_000
/** As 6.1 prints it (mm/kmemleak.c, print_unreferenced). */
const LEAK = `unreferenced object 0xff11000006338700 (size 96):
  comm "pusher", pid 61, jiffies 4294899255 (age 6.120s)
  hex dump (first 32 bytes):
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  backtrace:
    [<00000000d4f30a13>] kmalloc_trace+0x25/0xc0
    [<0000000012f30a13>] ring_push+0x26/0x40 [ring_test]
`
const PAGES = `Page allocated via order 2, mask 0xcc0(GFP_KERNEL), pid 61, tgid 61 (pusher), ts 1 ns, free_ts 0 ns
PFN 8100 type Unmovable Block 15 type Unmovable Flags 0x100000000000000(node=0|zone=1)
 get_page_from_freelist+0x424/0x597
 ring_grow+0x13/0x2a [ring_test]

`
const scanned = async () => ({ code: 0, stderr: '' })
/** The end of a suite on a fake machine, and how many scans it asked for. */
async function ended(t: Test, toy: Toy) {
  const {
    leaks,
    pages,
    scan = scanned,
    unload = async () => undefined,
    findings = [],
    lost = 0,
    outliving = [],
    again = {},
  } = toy
  const done: string[] = []
  const job = {
    ref: { id: 'toy', series: '6.1', release: '6.1.1', kernel: '6.1', flavour: 'debug' },
    machine: { accelerator: 'tcg' },
    modules: [{ name: 'ring_test', debugKo: '', sources: [] }],
    knownFindings: [],
  } as unknown as Job
  let scans = 0
  const session = {
    setup: job,
    guest: {
      exists: async (path: string) => (path.endsWith('/page_owner') ? pages : leaks) !== undefined,
      exec: async (command: unknown) => {
        // The wait until leaks are old enough.
        if (Array.isArray(command)) return { code: 0, stderr: '' }
        if (String(command).includes('page_owner')) {
          const { unreadable: stderr = '' } = toy
          return { code: stderr === '' ? 0 : 1, stderr, stdout: pages }
        }
        scans += 1
        return scan()
      },
      readFile: async () => leaks ?? '',
      log: { last: 9 },
    },
    modules: {
      replace: () => (done.push('unload'), unload()),
      unloadNeeded: async () => {
        if (toy.heldBy !== undefined) throw new Error(`videodev is used by ${toy.heldBy}`)
      },
      sections: toy.again === undefined ? [] : ['.text'],
    },
    guards: { unguarded: [], spent: toy.spent },
    outliving: async () => outliving,
    threads: { testOf: (pid: number) => toy.began?.[pid] },
    machine: { stoppedMs: 0, sinceSuspendMs: Infinity },
    gone: new Promise(() => undefined),
    isGone: false,
    life: toy.life ?? (async () => ({ pingAnswered: true, connection: 'open' })),
    postMortem: async (_: boolean, asked: Promise<Life> | undefined) => ({
      death: { cause: 'hang', explanation: JSON.stringify(await asked) },
      findings: [],
      evidence: '',
      stuckIn: 'ring_exit [ring]',
    }),
    settled: async () => undefined,
    mark: async () => 9,
    kernel: {
      nameAddresses: async (text: string) => text,
      takeFindings: () => findings,
      takeLost: async () =>
        lost === 0 ? undefined : { problem: lostProblem(lost, 0), findings: [] },
    },
  } as unknown as Session
  const { signal } = new AbortController()
  const told: Late[] = []
  const late = new LateFindings([], each => told.push(each))
  const site = {
    job,
    reports: new FindingReports(job, signal),
    signal,
    whileIdle: async () => (done.push('wait'), WAITED_MS),
    late,
  }
  const passed = { status: 'pass', problems: [], findings: [], tap: '', durationMs: 1 } as const
  const rerun = async () => (done.push('test'), { ...passed, ...again })
  const result = await suiteEnd(session, site, rerun)
  return { result, scans, done: done.join(' '), told }
}

void t.test('a suite that left nothing passes, where leaks can be seen and where not', async t => {
  t.match(await ended(t, {}), { result: { status: 'pass', problems: [] }, scans: 0 })
  t.match(await ended(t, { leaks: '' }), { result: { status: 'pass', problems: [] }, scans: 2 })
})

void t.test(
  'where a check is off after a known finding, the last test does not run again',
  async t => {
    const again = { status: 'error', cause: 'unguarded' } as const
    const { result, done } = await ended(t, { again, spent: 'lockdep: off' })
    t.equal(result.status, 'pass')
    t.notMatch(done, 'test')
  },
)

void t.test('the wait for its turn is none of its time', async t => {
  const { result } = await ended(t, {})
  t.ok(result.durationMs < 0, 'less than the minute that the toy scheduler says it waited')
})

void t.test('what leaked fails it', async t => {
  const { result } = await ended(t, { leaks: LEAK })
  t.match(result, { status: 'fail', cause: undefined })
  t.match(
    result.problems[0]?.message,
    /the kernel log has a finding: kmemleak: memory leak in ring_push/,
  )
})

void t.test(
  'pages that were not given back fail it, and a loaded module may have some',
  async t => {
    const { result } = await ended(t, { pages: PAGES })
    t.match(result, {
      status: 'fail',
      findings: [{ kind: 'page-owner', title: 'pages leaked in ring_grow' }],
    })
    const unload = () => Promise.reject(failureError('TOY', 'delete_module: EWOULDBLOCK'))
    t.strictSame((await ended(t, { pages: PAGES, unload })).result.findings, [])
  },
)

void t.test('pages whose owners cannot be read are an error', async t => {
  const { result } = await ended(t, { pages: '', unreadable: 'cat: Cannot allocate memory\n' })
  t.match(result, {
    status: 'error',
    cause: 'not-asked',
    problems: [{ message: /page_owner cannot be read: cat: Cannot allocate memory$/ }],
  })
})

void t.test(
  'a kmemleak that has switched itself off is an error: nothing is known of leaks',
  async t => {
    const off = async () => ({ code: 1, stderr: 'sh: write error: Operation not permitted\n' })
    const { result } = await ended(t, { leaks: '', scan: off })
    t.match(result, {
      status: 'error',
      cause: 'not-asked',
      problems: [{ message: /kmemleak does not scan.*not permitted/ }],
    })
  },
)

void t.test(
  'a module that does not unload fails it, and leaks are asked for all the same',
  async t => {
    const unload = () => Promise.reject(failureError('TOY', 'delete_module: EWOULDBLOCK'))
    const outliving = [{ ...findingAt(9), kind: 'outliving', title: 'kernel thread x' }] as const
    const { result, scans } = await ended(t, { leaks: '', unload, outliving })
    t.match(result, { status: 'fail', problems: [{ message: /EWOULDBLOCK/ }] })
    t.equal(result.problems.length, 1, 'its thread outlives nothing')
    t.equal(scans, 2)
  },
)

void t.test('leaks that were read one by one are not counted beside', async t => {
  const count = { ...findingAt(9), kind: 'kmemleak', title: LEAKS_COUNTED } as const
  const read = await ended(t, { leaks: LEAK, findings: [count, findingAt(7)] })
  t.match(read.result.findings, [
    { title: 'memory leak in ring_push' },
    { kind: findingAt(7).kind },
  ])
  t.equal(read.result.findings.length, 2)
  const unread = await ended(t, { leaks: '', findings: [count] })
  t.match(unread.result, { status: 'fail', findings: [{ title: LEAKS_COUNTED }] })
})

void t.test('what could not be asked is an error, and no failure of the module', async t => {
  const late = () => Promise.reject(harnessError('COMMAND_TIMEOUT', 'echo scan: still running'))
  const { result } = await ended(t, { leaks: '', scan: late })
  t.match(result, { status: 'error', cause: 'not-asked', problems: [{ message: /still running/ }] })

  const both = await ended(t, { leaks: '', scan: late, findings: [findingAt(7)] })
  t.match(both.result, { status: 'fail' }, 'what the kernel complained of is one beside it')
})

void t.test('records that were lost are an error', async t => {
  const { result } = await ended(t, { lost: 3 })
  t.match(result, { status: 'error', cause: 'log-lost', problems: [{ message: /3 records/ }] })
})

void t.test('what outlives the modules fails it', async t => {
  const thread = {
    ...findingAt(9),
    kind: 'outliving',
    title: 'kernel thread ring/N outlives the modules',
    text: 'kernel thread ring/7 (pid 70)\n[<0>] msleep+0x29/0x40\n',
  } as const
  const { result } = await ended(t, { outliving: [thread] })
  t.match(result, {
    status: 'fail',
    problems: [{ message: 'left behind by the modules: kernel thread ring/7 (pid 70)' }],
  })
})

void t.test(
  'who started a thread that crashed is named, and that it outlived its module',
  async t => {
    const unloaded = { digits: '0xffffffffa0000000', module: 'ring' }
    const frames = [parseTraceLine(' ret_from_fork+0x1f/0x30') ?? []].flat()
    const crash = { ...findingAt(9), task: { comm: 'ring/7', pid: 70 }, frames, unloaded }
    const began = { 70: 'pushes' }
    const message = 'kernel thread ring/7 (pid 70) began during "pushes", and outlived its module'
    const { result, told } = await ended(t, { findings: [crash, crash], began })
    t.strictSame(told, [{ kind: 'late', message }])
    t.match({ foreign: false, ...result }, { status: 'fail', foreign: false }, 'none runs again')
    const ofNone = await ended(t, { findings: [crash] })
    t.match(ofNone, { told: [], result: { foreign: true } })
    const timer = await ended(t, { findings: [{ ...crash, caller: 'C0' }], began })
    t.match(timer, { told: [], result: { foreign: true } }, 'a timer came upon the thread')
  },
)

void t.test('a module of the kernel that they still hold fails it', async t => {
  const { result } = await ended(t, { heldBy: 'nobody' })
  t.match(result.problems, [{ kind: 'thrown', message: 'videodev is used by nobody' }])
})

void t.test('modules go at once after the last test has armed what they may forget', async t => {
  const { result, done } = await ended(t, { again: {} })
  t.equal(done, 'unload test unload wait unload')
  t.equal(result.status, 'pass')
  t.equal((await ended(t, {})).done, 'unload wait unload', 'where there is a module')
})

void t.test('a module that is still held at once may go a moment later', async t => {
  let asked = 0
  const unload = async (): Promise<void> => {
    if (++asked === 2) throw new SyscallError('delete_module', [], 11)
  }
  t.match(await ended(t, { again: {}, unload }), { result: { status: 'pass' } })
})

void t.test('what the kernel says of the last test run again counts, and no more', async t => {
  const problem = { kind: 'assertion', message: 'there already' } as const
  const failed = { status: 'fail', problems: [problem] } as const
  t.match(await ended(t, { again: failed }), { result: { status: 'pass', problems: [] } })
  const finding = { kind: 'warning', title: 'in ring_late', trace: [], text: '' } as const
  const told = await ended(t, { again: { ...failed, findings: [finding] } })
  t.match(told.result, { status: 'fail', findings: [finding] })
  const endAt = (first: number): TryResult => {
    return { ...told.result, ...failed, findings: [{ ...finding, records: { first, last: 9 } }] }
  }
  const twice = mergeEnds([endAt(1)], endAt(5))
  t.match(twice, { problems: { length: 1 }, findings: { length: 1 } }, 'both times the same')
  const outliving = [besideLog('outliving', '/proc/ring outlives the modules', 9)]
  const left = await ended(t, { outliving, again: { ...failed, findings: [finding] } })
  const first = left.result.problems[0]?.message ?? ''
  t.match(first, /^left behind/, 'comes first')
  const loads = [{ module: 'ring', ok: false }]
  const refused = await ended(t, { outliving, again: { ...failed, findings: [finding], loads } })
  t.equal(refused.result.problems.length, 1, 'a second load fails by what the first left')
  const lost = await ended(t, { again: { ...failed, cause: 'panic' } })
  t.match(lost, { result: { status: 'fail', cause: 'panic' }, done: 'unload test' })
})

void t.test(
  'an unload that loops is given up when the guest is silent, long before its limit',
  async t => {
    const { result } = await ended(t, {
      unload: () => new Promise(() => undefined),
      life: async () => ({ pingAnswered: false, connection: 'open' }),
    })
    t.match(result, { status: 'fail', cause: 'hang' })
    t.match(result.problems[0]?.message, /^hangs in ring_exit \[ring\]: .*"pingAnswered":false/)
  },
)
