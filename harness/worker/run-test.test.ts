import { AsyncLocalStorage } from 'node:async_hooks'
import t from 'tap'
import { CallTimeout, type OtherProcess } from '../guest/index.js'
import type { Late } from '../contract/late.js'
import type { LogRecord } from '../contract/log-record.js'
import { deferred } from '../platform/waiting/deferred.js'
import {
  FindingReader,
  markKnownFindings,
  lostProblem,
  outlivingEntries,
  reportOf,
  type Finding,
} from '../verdict/index.js'
import { findingAt } from '../verdict/finding.fixture.js'
import type { FindingReports } from '../session/finding-reports.js'
import type { Job } from '../session/job.js'
import type { Life } from '../session/life/life.js'
import { LateFindings } from './late-findings.js'
import type { TryResult } from './try-result.js'
import { runTest } from './run-test.js'
import type { TestBody, TestDefinition } from '../suite-api/registry.js'
import type { TestGuest } from '../suite-api/test-guest.js'
import type { ModuleLoad } from '../session/modules/module-loads.js'
import type { Session } from '../session/session.js'
import { StrayErrors } from './stray-errors.js'

/** A healthy guest, and its faults. */
interface Toy {
  /** How many log records are overwritten during the test. */
  readonly lost?: number
  /** The reports among them, as its console has them. */
  readonly mended?: readonly Finding[]
  /** Why its modules do not load. */
  readonly refused?: Error
  /** The connection ends with the first call; `gone` resolves a moment later. */
  readonly cut?: boolean
  /** Processes that outlive the test. */
  readonly left?: readonly OtherProcess[]
  readonly body?: TestBody
  /** An oops kills what its verdict waits for. */
  readonly oopses?: boolean
  /** References to its module at each reading; 0 at all further ones. */
  readonly references?: readonly number[]
  /** The kernel's reports are known false alarms. */
  readonly allowed?: boolean
  /** Why its machine is spent. */
  readonly unguarded?: string
  /** Checks that turn off during the test. */
  readonly off?: readonly string[]
  /** Checks that known findings turned off while its modules loaded. */
  readonly offAtLoad?: readonly string[]
  /** The kernel's taint before the test, and after it. */
  readonly taints?: readonly number[]
  /** The kernel warns during the test. */
  readonly warns?: boolean
  /** The report, then or while its modules load. */
  readonly says?: LogRecord
  /** Receives each check that is armed during the body. */
  readonly arms?: string[]
  /** The answer whether it is alive; by default it is. */
  readonly life?: Life
  /** Timeout of the test, in milliseconds. */
  readonly timeoutMs?: number
  /** Told what came after the verdict. */
  readonly tellLate?: (late: Late) => void
  /** It has a module loaded, and the next test needs others. */
  readonly unloads?: {
    /** What the kernel says then. */
    readonly says?: LogRecord
    readonly fails?: Error
    /** What outlives the module, at each look and then at the last. */
    readonly left?: readonly (readonly Finding[])[]
    /** A look at it crashes. */
    readonly crashes?: boolean
  }
}

const strays = new StrayErrors()
const alive: Life = { pingAnswered: true, connection: 'open' }

const warning: LogRecord = {
  sequence: 1,
  timeUs: 1,
  level: 4,
  facility: 0,
  caller: 'T1',
  text: 'WARNING: CPU: 0 PID: 1 at module/ring.c:7 ring_init+0x1/0x2 [ring]',
}

async function ran(toy: Toy): Promise<TryResult> {
  const { lost = 0, refused, cut = false, left = [], body = passes, life = alive, timeoutMs } = toy
  const held = [...(toy.references ?? [])]
  const { unguarded, arms, off = [], offAtLoad = [], mended = [], unloads } = toy
  const reader = new FindingReader()
  const loads: ModuleLoad[] = []
  const says = refused !== undefined || toy.warns === true
  const taints = [...(toy.taints ?? [])]
  const reported = says ? [...reader.push(toy.says ?? warning), ...reader.end()] : []
  let findings: Finding[] = [...reported]
  let isGone = false
  let looks = 0
  const doomed = deferred<void>()
  const session = {
    doomed: doomed.promise,
    machine: { stoppedMs: 0, sinceSuspendMs: Infinity },
    setup: {},
    guest: {
      readFile: async (path: string) => {
        if (path === '/proc/modules') return `ring 4096 ${held.shift() ?? 0} - Live 0x0\n`
        return String(path.endsWith('/tainted') ? (taints.shift() ?? 0) : 0)
      },
      readWithoutProcesses: async (_: unknown, read: () => Promise<unknown>) => {
        if (toy.oopses !== true) return { values: await read(), last: 1, left }
        doomed.resolve()
        return new Promise(() => undefined)
      },
    },
    threads: { look: async () => undefined, testOf: () => undefined },
    modules: {
      loaded: async () => ((unloads ?? toy.references) ? ['ring'] : []),
      match: () => false,
      takeLoads: () => loads.splice(0),
      replace: async () => {
        if (unloads?.says !== undefined)
          findings.push(...reader.push(unloads.says), ...reader.end())
        if (unloads?.fails !== undefined) throw unloads.fails
      },
    },
    outliving: async () => unloads?.left?.[looks++] ?? unloads?.left?.at(-1) ?? [],
    guards: {
      rearm: async () => off,
      note: () => undefined,
      areNew: true,
      spent: unguarded,
      unguarded: offAtLoad,
      armAfter: ({ title }: Finding) => arms?.push(title),
    },
    get isGone() {
      return isGone
    },
    settled: async () => void (isGone = cut),
    mark: async () => 1,
    loadModules: async () => {
      if (refused) {
        loads.push({ module: 'ring', ok: false })
        throw refused
      }
      return 0
    },
    kernel: {
      hasOopsed: unloads?.crashes === true,
      takeFindings: () => findings.splice(0),
      takeLost: async () =>
        lost === 0 ? undefined : { problem: lostProblem(lost, 0), findings: mended },
    },
    life: async () => life,
    postMortem: async (late: boolean, asked?: Promise<Life>) =>
      late
        ? {
            death: { cause: 'hang', explanation: JSON.stringify(await asked) },
            findings: findings.splice(0),
            evidence: '',
            stuckIn: 'ring_open [ring]',
          }
        : {
            death: { cause: 'qemu-died', explanation: 'QEMU ended' },
            findings: [],
            evidence: '',
          },
  } as unknown as Session
  const known = (toy.allowed === true ? reported : []).map(({ kind }) => {
    return { kind, title: '.', reason: 'a false alarm' }
  })
  const ref = { kernel: '6.1', series: '6.1', release: '6.1.1', flavour: 'plain', suite: 'toy' }
  const test: TestDefinition = {
    name: 'toy',
    options: {},
    body: async (inner, guest) => {
      if (arms !== undefined) reported.forEach(finding => session.kernel.onReport?.(finding))
      await body(inner, guest)
    },
  }
  const other: TestDefinition = { name: 'other', options: { modules: [] }, body: passes }
  const tests = [test, other]
  const result = await runTest(test, session, {
    job: { ref, machine: { accelerator: 'kvm' }, timeoutMs } as unknown as Job,
    kernel: ref,
    suite: { title: 'toy', options: {}, tests },
    tests,
    reports: {
      of: async (given: readonly Finding[]) => markKnownFindings(given, known, ref).map(reportOf),
      isKnown: (finding: Finding) =>
        markKnownFindings([finding], known, ref)[0]?.allowed !== undefined,
    } as unknown as FindingReports,
    strays,
    late: new LateFindings([], toy.tellLate ?? (() => undefined)),
    signal: new AbortController().signal,
  })
  t.strictSame(findings, [], 'nothing is left to the next test')
  findings = []
  return result
}

const passes: TestBody = inner => void inner.pass('done')
const words = ({ problems }: TryResult): string => problems.map(({ message }) => message).join('; ')

t.test('a test of a guest without a fault passes', async t => {
  t.match(await ran({}), { status: 'pass', problems: [] })
})

t.test('where records of the log were lost, nothing passes and nothing is blamed', async t => {
  const result = await ran({ lost: 12 })
  t.match(result, { status: 'error', cause: 'log-lost' })
  t.match(words(result), /^12 records of the kernel's log were lost/)
  const skips: TestBody = inner => void inner.pass('a', { skip: 'no device' })
  t.match(await ran({ lost: 1, body: skips }), { status: 'error' })
  const failed = await ran({ lost: 12, body: inner => void inner.fail('it does not hold') })
  t.match(failed, { status: 'fail' })
  t.match(words(failed), /it does not hold.*12 records/)
})

t.test('a report among lost records fails the test, in place of what was read of it', async t => {
  const whole = { ...findingAt(1), title: 'all of the report' }
  const result = await ran({ lost: 12, warns: true, mended: [whole] })
  t.match(result, { status: 'fail', findings: [{ title: 'all of the report' }] })
  t.equal(result.findings.length, 1, words(result))
  t.match(words(result), /^12 records/)
})

t.test('a process that nothing waited for fails the test that left it', async t => {
  const sleep = { pid: 71, isLeft: true, name: 'sleep' }
  const result = await ran({ left: [sleep, { ...sleep, pid: 72 }, { ...sleep, name: 'sh' }] })
  t.equal(result.status, 'fail')
  t.equal(words(result), 'left running: sleep; left running: sh')
  t.match(result.problems[0]?.detail, /killed after the test: 71, 72\n/)
})

t.test('a reference to its module that a test leaves is its own failure', async t => {
  const result = await ran({ references: [0, ...Array<number>(9999).fill(1)] })
  t.equal(result.status, 'fail')
  t.match(words(result), /^left behind: 1 reference to module ring: /)
  t.match(await ran({ references: [0, 1, 1] }), { status: 'pass' }, 'the kernel releases it late')
  t.match(await ran({ references: [1, 1, 1] }), { status: 'pass' }, 'the module holds it itself')
})

t.test('what the kernel said of modules that do not load is reported with that test', async t => {
  const result = await ran({ refused: new Error('insmod ring fails') })
  t.match(result, { status: 'fail', loads: [{ module: 'ring', isInTheWay: true }] })
  t.match(words(result), /insmod ring fails.*the kernel log has a finding: warning/)
  t.equal(result.findings.length, 1)
})

t.test('a call that fails because its machine went is no failure of the test', async t => {
  const body: TestBody = () => Promise.reject(new Error('the stream ended'))
  t.match(await ran({ cut: true, body }), { status: 'error', cause: 'qemu-died' })
})

t.test(
  'after an oops a guest is not asked whether it lives: the log says what happened',
  async t => {
    const result = await ran({ oopses: true, life: { ...alive, pingAnswered: false } })
    t.notOk(result.overrun)
    t.match(result.problems, [{ kind: 'death' }])
  },
)

t.test('nothing is proved where the kernel does not report everything', async t => {
  let isRun = false
  const body: TestBody = inner => void (isRun = inner.pass('done'))
  const before = await ran({ unguarded: 'lockdep: off', body })
  t.match(before, { status: 'error', cause: 'unguarded' })
  t.equal(words(before), "this machine's kernel does not report everything any more: lockdep: off")
  t.notOk(isRun, 'it is not run')

  const silent = await ran({ off: ['lockdep', 'kmemleak'] })
  t.match(silent, { status: 'error', cause: 'unguarded' })
  t.match(words(silent), /^lockdep, kmemleak: went off while it ran/)

  const finds = { warns: true, says: lockdep } as const
  for (const off of [{ unguarded: 'lockdep: off' }, { off: ['kmemleak'] }]) {
    const { problems } = await ran({ ...finds, ...off })
    t.match(problems, [{ kind: 'finding' }, { kind: 'unguarded' }], 'after what may explain it')
  }
})

const report = (text: string): LogRecord => ({ ...warning, text })
const lockdep = report('WARNING: possible recursive locking detected')
const kasan = report('BUG: KASAN: use-after-free in ring_get+0x1/0x2 [ring]')

t.test('a known false alarm excuses the checks that it turns off, and no other', async t => {
  const known = { allowed: true, warns: true } as const
  const excused: readonly [off: string, by: LogRecord][] = [
    ['lockdep', lockdep],
    ['lockdep', kasan],
    ['lockdep', report('BUG: Bad page state in process agent  pfn:01f2')],
    ['debug-objects', report('ODEBUG: Out of memory. ODEBUG disabled')],
    ['DMA-API debugging', report('DMA-API: debugging out of memory - disabling')],
  ]
  for (const [off, says] of excused)
    t.match(
      await ran({ ...known, off: [off], says }),
      { status: 'pass', unguarded: [off] },
      `${off}: ${says.text}`,
    )
  const others: readonly [off: string, by: LogRecord][] = [
    ['lockdep', warning],
    ['lockdep', report('WARNING: suspicious RCU usage')],
    ['kmemleak', lockdep],
    ['debug-objects', kasan],
  ]
  for (const [off, says] of others) {
    const result = await ran({ ...known, off: [off], says })
    t.match(result, { status: 'error', cause: 'unguarded' }, `${off}: ${says.text}`)
    t.match(words(result), `${off}: went off while it ran, without a report that explains it`)
  }
  const failed = await ran({ off: ['lockdep'], warns: true, says: lockdep })
  t.match(failed, { status: 'fail' })
  t.notMatch(words(failed), /went off/)
})

t.test('the result names what was not checked after a known false alarm', async t => {
  const known = { allowed: true, warns: true } as const
  t.match(await ran({ ...known, says: kasan, off: ['lockdep'] }), {
    status: 'pass',
    unguarded: ['lockdep', 'kasan'],
  })
  t.match(await ran({ offAtLoad: ['lockdep'] }), { status: 'pass', unguarded: ['lockdep'] })
  t.equal((await ran({})).unguarded, undefined)
  t.equal((await ran({ warns: true, says: kasan })).unguarded, undefined, 'of what fails it')
})

t.test('what a known report used up is armed while the test still runs', async t => {
  const armed: string[] = []
  await ran({ warns: true, allowed: true, arms: armed })
  t.strictSame(armed, ['WARNING in ring_init'])
  await ran({ warns: true, arms: armed })
  t.equal(armed.length, 1, 'what fails it anyway is not made to come again')
})

t.test('what comes of the unload of its modules is of the last test that used them', async t => {
  const passed = await ran({ unloads: {} })
  t.match(passed, { status: 'pass', problems: [] })
  t.ok(Number.isInteger(passed.durationMs), 'no digits of a clock that is not that exact')

  const warned = await ran({ unloads: { says: warning } })
  t.match(warned, { status: 'fail', findings: [{ kind: 'warning' }] })

  const held = new Error('delete_module("ring"): EAGAIN')
  const refused = await ran({ unloads: { fails: held } })
  t.match(refused, { status: 'fail', problems: [{ message: /EAGAIN/ }] })

  const [left] = outlivingEntries(new Set(), new Set(['/dev/ring']), 1)
  const late = left === undefined ? [] : [left]
  const outlived = { status: 'fail', findings: [{ title: '/dev/ring outlives the modules' }] }
  t.match(await ran({ unloads: { left: [late] } }), outlived)
  const goes = [late, late, []]
  t.match(await ran({ unloads: { left: goes } }), { status: 'pass' }, 'it went a moment after')
  const crashed = await ran({ unloads: { left: goes, crashes: true } })
  t.match(crashed, outlived, 'what crashed is not asked again')

  const failed = await ran({ unloads: { says: warning }, body: inner => void inner.fail('no') })
  t.equal(words(failed), 'no', 'a machine that is thrown away keeps its modules')
})

t.test('a taint is told after the finding that explains it', async t => {
  const { problems } = await ran({ warns: true, taints: [0, 1 << 9] })
  t.match(problems, [{ kind: 'finding' }, { kind: 'taint', message: /tainted \(W\)/ }])
})

const hangs: TestBody = () => new Promise(() => undefined)

t.test('a guest that stops answering is given up, however long its test may take', async t => {
  const result = await ran({ body: hangs, life: { ...alive, pingAnswered: false } })
  t.match(result, {
    status: 'fail',
    cause: 'hang',
    overrun: true,
    stuckIn: 'ring_open [ring]',
  })
  const said = /^hangs in ring_open \[ring\]: the guest stopped answering: .*"pingAnswered":false/
  t.match(words(result), said, 'where, before how that was seen')
})

t.test('a guest that answers has the time that was asked for', async t => {
  const result = await ran({ body: hangs, timeoutMs: 5 })
  t.match(result, { status: 'fail', overrun: true })
  t.match(
    words(result),
    /^hangs in ring_open \[ring\]: did not end within 0\.0 s: .*"pingAnswered":true/,
  )
})

t.test('what a body does after its end is reported, but not of one that was cut off', async t => {
  const told: Late[] = []
  const tellLate = (late: Late): void => void told.push(late)
  const over = deferred()
  const uses = async (guest: TestGuest): Promise<void> => {
    await over.promise
    void guest.exec('true')
  }
  await ran({ body: async (_, guest) => uses(guest), timeoutMs: 5, tellLate })
  const result = await ran({
    body: (inner, guest) => {
      inner.pass('it began')
      void uses(guest)
    },
    tellLate,
  })
  t.equal(result.status, 'pass')
  over.resolve()
  await new Promise(resolve => setImmediate(resolve))
  t.match(told, [{ message: '"toy" had ended: its guest was used' }])
  t.equal(told.length, 1)
})

t.test('an error of a timer that a body left is reported with its name', async t => {
  const told: Late[] = []
  let throws = (): void => undefined
  const body: TestBody = inner => {
    inner.pass('fine')
    throws = AsyncLocalStorage.bind(() => void process.emit('uncaughtException', new Error('lost')))
  }
  const result = await ran({ body, tellLate: late => told.push(late) })
  t.equal(result.status, 'pass')
  throws()
  t.match(told, [{ kind: 'late', message: '"toy" had ended: Error: lost' }])
  t.strictSame(strays.take(), [], 'the next test does not fail for it')
})

t.test('a load that does not end is a hang, though its release fails after it', async t => {
  const hidden = Object.assign(new Error('An error was suppressed'), {
    name: 'SuppressedError',
    suppressed: new CallTimeout('finit_module(3)', 45_000),
  })
  const result = await ran({ refused: hidden })
  t.match(result, { status: 'fail', cause: 'hang', stuckIn: 'ring_open [ring]' })
  t.match(
    words(result),
    /ring_init; hangs in ring_open \[ring\]: finit_module\(3\): no answer within 45000 ms/,
  )
})
