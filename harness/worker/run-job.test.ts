import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FindingReport, RunEvent } from '../contract/events.js'
import { harnessError } from '../platform/errors.js'
import { projectOf } from '../project/project.js'
import { BUILDS, LEAVE_NOTHING, SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { withTap } from './with-tap.js'
import type { Job } from '../session/job.js'
import type { TryResult } from './try-result.js'
import type { Late } from '../contract/late.js'
import { runJob } from './run-job.js'
import type { Session } from '../session/session.js'
import type { StrayErrors } from './stray-errors.js'
import type { TestGuest } from '../suite-api/test-guest.js'
import { QemuDidNotStart } from '../vm/index.js'

const SUITE = `
import { suite } from 'modprove'
const test = suite('toy')
for (const name of ['one', 'two', 'three']) test(name, () => {})
`
const SKIPPED = SUITE.replace('() =>', '{ needs: { since: "9.9" } }, () =>')

const passed: TryResult = { status: 'pass', problems: [], findings: [], tap: '', durationMs: 1 }
const lost: TryResult = { ...passed, status: 'error', cause: 'qemu-died' }
const fails: TryResult = { ...passed, status: 'fail' }

interface Toy {
  readonly suite?: string
  /** Why the machine is spent after this test. */
  readonly spends?: Readonly<Record<string, string>>
  /** Whether machines are gone a moment after this test, in turn. */
  readonly goneAfter?: Readonly<Record<string, readonly boolean[]>>
  /** The verdict on a machine that is gone. */
  readonly died?: 'guest-reset' | 'qemu-died'
  readonly retries?: number
  /** Outcomes of the suite's ends, in turn; they pass by default. */
  readonly ends?: readonly TryResult[]
  /** Outcomes of tests, first tries first; they pass by default. */
  readonly tried?: Readonly<Record<string, readonly TryResult[]>>
  /** What a load and an unload alone leave, which the basics tell. */
  readonly left?: readonly string[]
  /** Modules that are built. */
  readonly modules?: readonly string[]
  readonly remaining?: Job['remaining']
  readonly bail?: boolean
  readonly keep?: Job['keep']
  /** Warnings of a module that is only built. */
  readonly onlyBuilt?: readonly string[]
  /** Why its machines were booted, in turn. */
  readonly notRestored?: readonly (string | undefined)[]
  /** Why no machine starts. */
  readonly noMachine?: Error
}

/** Runs a suite of three tests on fake machines; returns the log and the results. */
async function ran(t: Test, toy: Toy) {
  const {
    tried = {},
    remaining,
    spends = {},
    ends = [],
    goneAfter = {},
    died = 'guest-reset',
  } = toy
  const folder = t.testdir({ 'toy.suite.ts': toy.suite ?? SUITE })
  const job = {
    ref: { id: 'toy', series: '6.1', release: '6.1.1', kernel: '6.1', flavour: 'plain' },
    project: projectOf(join(folder, 'modprove.config.json'), {
      module: { folder: '.' },
      suites: '.',
    }),
    file: join(folder, 'toy.suite.ts'),
    knownFindings: [],
    kernelConfig: '/dev/null',
    knownFlavours: ['plain'],
    modules: (toy.modules ?? []).map(name => ({ name })),
    kernelModules: [],
    atBoot: [],
    folder,
    retries: toy.retries ?? 0,
    bail: toy.bail ?? false,
    keep: toy.keep,
    onlyBuilt: toy.onlyBuilt !== undefined,
    leftIsTold: toy.left !== undefined,
    warnings: toy.onlyBuilt ?? [],
    ssh: { privateKeyFile: '/key' },
    ...(remaining === undefined ? {} : { remaining }),
  } as unknown as Job
  const events: RunEvent[] = []
  const told: Late[] = []
  const done: string[] = []
  const tries = new Map<string, number>()
  let ended = 0
  let guards: { spent: string | undefined }
  let session: { isGone: boolean }
  await runJob(
    job,
    {
      emit: event => events.push(event),
      tellLate: late => told.push(late),
      strays: { take: () => [] } as unknown as StrayErrors,
      signal: new AbortController().signal,
      keep: async ({ ssh }) => void done.push(ssh.replace(/-o .* /, '')),
      whileIdle: async work => (await work(), 0),
    },
    {
      open: async () => {
        done.push('machine')
        if (toy.noMachine !== undefined) throw toy.noMachine
        guards = { spent: undefined }
        const opened = {
          guards,
          notRestored: toy.notRestored?.[done.filter(step => step === 'machine').length - 1],
          isGone: false,
          machine: { sshPort: 1234 },
          gone: Promise.resolve(),
          mark: async () => (opened.isGone ? Promise.reject(new Error('gone')) : 1),
          kernel: { takeFindings: () => [] },
          postMortem: async () => ({
            death: { cause: died },
            findings: [],
          }),
          [Symbol.asyncDispose]: async () => undefined,
        }
        session = opened
        return opened as unknown as Session
      },
      runTest: async ({ name, body }) => {
        if (name === SUITE_END) {
          const { problems } = await withTap(name, async inner => {
            await body(inner, {} as TestGuest, () => undefined)
            return []
          })
          if (problems.length > 0) return { ...passed, status: 'fail', problems }
        }
        if (name === LEAVE_NOTHING) {
          const guest = { modules: { built: [] }, leftByModules: async () => toy.left }
          await withTap(name, async inner => {
            await body(inner, guest as unknown as TestGuest, () => undefined)
            return []
          })
        }
        const nth = tries.get(name) ?? 0
        tries.set(name, nth + 1)
        done.push(name)
        guards.spent = spends[name]
        session.isGone = goneAfter[name]?.[nth] === true
        return tried[name]?.[nth] ?? passed
      },
      suiteEnd: async () => {
        done.push('end')
        return ends[ended++] ?? passed
      },
    },
  )
  const results = events.flatMap(event =>
    event.type === 'test-end' ? [`${event.test}: ${event.status}`] : [],
  )
  const problems = events.flatMap(event => (event.type === 'test-end' ? event.problems : []))
  return {
    done: done.join(' '),
    results,
    reasons: events.flatMap(event => (event.type === 'test-end' ? (event.reason ?? []) : [])),
    notes: events.flatMap(event => (event.type === 'note' ? event.text : [])),
    notRestored: events.flatMap(event => (event.type === 'not-restored' ? event.why : [])),
    told,
    said: problems.map(({ message }) => message).join('; '),
    kinds: problems.map(({ kind }) => kind),
  }
}

t.test('at the end without a machine it is said why there is none', async t => {
  const none = 'there is no machine to look for leaks on: '
  const skipped = await ran(t, { suite: SKIPPED })
  t.equal(skipped.reasons.at(-1), `${none}no test needed one`)
  const failing = { one: [fails], two: [fails], three: [fails] }
  const failed = await ran(t, { tried: failing })
  t.equal(failed.reasons.at(-1), `${none}each was thrown away after a failed test`)
})

t.test('where no machine is started, the build has a verdict, and the rest is skipped', async t => {
  const suite = `
import { suite } from 'modprove'
const test = suite('toy')
test(${JSON.stringify(BUILDS)}, (t, guest) => t.strictSame(guest.modules.warnings, []))
test('one', () => {})
`
  const [built, one, end] = [BUILDS, 'one', SUITE_END]
  const clean = await ran(t, { suite, onlyBuilt: [] })
  t.strictSame(clean.results, [`${built}: pass`, `${one}: skip`, `${end}: skip`])
  t.equal(clean.reasons[0], 'needs a machine, and --build-only starts none')
  t.equal(clean.done, '')
  const warned = await ran(t, { suite, onlyBuilt: ['ring.c:7:3: warning: a'] })
  t.equal(warned.results[0], `${built}: fail`)
})

t.test('a suite runs on one machine to its end', async t => {
  const { done, results } = await ran(t, {})
  t.equal(done, 'machine one two three end')
  t.equal(results.at(-1), `${SUITE_END}: pass`)
})

t.test('a QEMU that hangs before its first word is waited for once', async t => {
  const noMachine = (code: string): Error => {
    const killed = { how: 'killed', why: 'it hung' } as const
    return new QemuDidNotStart(killed, '', '/qemu', '', harnessError(code, ''))
  }
  const mute = await ran(t, { noMachine: noMachine('QMP_MUTE') })
  t.equal(mute.done, 'machine')
  t.match(mute, { results: ['one: error'], kinds: ['no-boot'] })
  const late = await ran(t, { noMachine: noMachine('QMP_TIMEOUT') })
  t.equal(late.done, 'machine machine')
})

t.test('a suite that is written wrongly is wrong use; one that throws has failed', async t => {
  const wrong = await ran(t, { suite: 'export {}' })
  t.strictSame(wrong.results, [`${WHOLE_FILE}: fail`])
  t.strictSame(wrong.kinds, ['wrong-use'])
  const lacking = SUITE.replace("'toy'", "'toy', { modules: [{ name: 'no' }] }")
  t.match(await ran(t, { suite: lacking }), { done: '', kinds: ['wrong-use'] })
  t.strictSame((await ran(t, { suite: 'throw new Error("no")' })).kinds, ['thrown'])
})

t.test('a test that needs another to have passed is not run where that failed', async t => {
  const suite = SUITE.replace(
    '() =>',
    '{ needs: name === "one" ? {} : { passed: ["one"] } }, () =>',
  )
  const red = await ran(t, { suite, tried: { one: [fails] } })
  t.strictSame(red.results, ['one: fail', 'two: skip', 'three: skip', `${SUITE_END}: skip`])
  t.equal(red.done, 'machine one')
  t.equal(red.reasons[0], 'needs "one", which did not pass')
  t.equal((await ran(t, { suite })).done, 'machine one two three end')
  const problem = { kind: 'worker', message: 'it looped' } as const
  const remaining = { tests: ['two', SUITE_END], written: 1, passed: [], late: [] }
  const rest = await ran(t, { suite, remaining: { ...remaining, lost: { test: 'one', problem } } })
  t.strictSame(rest.results[0], 'two: skip', 'nor where a worker was lost with it')
  const chain = SUITE.replace(
    '() =>',
    '{ needs: { passed: { two: ["one"], three: ["two"] }[name] ?? [] } }, () =>',
  )
  const chained = await ran(t, { suite: chain, tried: { one: [fails] } })
  t.strictSame(chained.reasons.slice(0, 2), [
    'needs "one", which did not pass',
    'needs "two", which did not pass',
  ])
  const wrong = await ran(t, { suite: suite.replace('["one"]', '["on"]') })
  t.match(wrong.said, /needs\.passed\[0\] .*one/, 'a name that no test has is wrong use')
})

t.test('modules that do not load fail one test, and others that load them are not run', async t => {
  const loads = [{ module: 'ring', ok: false, isInTheWay: true }] as const
  const refused = { ...fails, loads }
  const red = await ran(t, { tried: { one: [refused] } })
  t.strictSame(red.results, ['one: fail', 'two: skip', 'three: skip', `${SUITE_END}: skip`])
  t.equal(red.reasons[0], 'its modules do not load: see "one"')
  const own = SUITE.replace('() =>', '{ modules: name === "three" ? [{ name: "a" }] : [] }, () =>')
  const other = await ran(t, { suite: own, tried: { one: [refused] }, modules: ['a'] })
  t.strictSame(other.results.slice(1, 3), ['two: skip', 'three: pass'], 'one that loads others is')
  const byHand = { ...fails, loads: [{ module: 'ring', ok: false }] }
  t.equal((await ran(t, { tried: { one: [byHand] } })).results[1], 'two: pass')
  const after = await ran(t, { tried: { two: [refused] } })
  t.strictSame(
    after.results.slice(1, 3),
    ['two: fail', 'three: pass'],
    'a test before left that so',
  )
})

const point = (name: string, status: 'pass' | 'fail') =>
  ({ name, status, problems: [], durationMs: 1 }) as const

t.test('results of a program are tests of their own, before it', async t => {
  const points = [point('a', 'pass'), point('b', 'fail')]
  const { done, results } = await ran(t, { tried: { one: [{ ...passed, points }] } })
  t.strictSame(results.slice(0, 3), ['a: pass', 'b: fail', 'one: pass'])
  t.equal(done, 'machine one machine two three end', 'a failed one ends its machine')
})

t.test('a program is tried again for its results, and told as flaky', async t => {
  const tried = {
    one: [point('a', 'fail'), point('a', 'pass')].map(a => ({ ...passed, points: [a] })),
  }
  const { done, results } = await ran(t, { tried, retries: 1 })
  t.match(done, /^machine one machine one two/)
  t.strictSame(results.slice(0, 2), ['a: pass', 'one: pass'])
})

t.test('results of a program that runs once more are not told twice', async t => {
  const remaining = { tests: [SUITE_END], written: 2, passed: ['one'], late: [] }
  const problems = [{ kind: 'assertion', message: 'b leaks' }] as const
  const again = { ...passed, points: [point('a', 'pass'), { ...point('b', 'fail'), problems }] }
  const { results, said } = await ran(t, { remaining, tried: { one: [again] } })
  t.strictSame(results, [`${SUITE_END}: fail`])
  t.equal(said, '"one", run once more: b leaks')
})

t.test('a machine is kept for its user, also at the first failure', async t => {
  const failed: TryResult = { ...passed, status: 'fail' }
  const kept = 'ssh -i /key -p 1234 root@127.0.0.1'
  const bailed = await ran(t, { tried: { two: [failed] }, bail: true, keep: 'failed' })
  t.equal(bailed.done, `machine one two ${kept}`)
  t.equal((await ran(t, { keep: 'always' })).done, `machine one two three end ${kept}`)
  t.equal((await ran(t, { keep: 'failed' })).done, 'machine one two three end')
})

t.test('each machine that was booted in place of a restored one is noted', async t => {
  const { notRestored } = await ran(t, { tried: { two: [lost] }, notRestored: [undefined, 'bad'] })
  t.strictSame(notRestored, ['bad'])
})

t.test('what went with a machine that was lost is left once more before the end', async t => {
  const { done, results } = await ran(t, { tried: { two: [lost] } })
  t.equal(done, 'machine one two machine two three one two three end')
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: pass`])
})

t.test('the same where a worker was lost, at the end of the suite, too', async t => {
  const all = ['one', 'two', 'three']
  const end = await ran(t, { remaining: { tests: [SUITE_END], written: 3, passed: all, late: [] } })
  t.equal(end.done, 'machine one two three end')
  t.strictSame(end.results, [`${SUITE_END}: pass`])
  const part = await ran(t, {
    remaining: { tests: ['three', SUITE_END], written: 2, passed: ['one'], late: [] },
  })
  t.equal(part.done, 'machine three one three end', 'which tests skipped themselves is known')
  const charged = {
    test: 'two',
    problem: { kind: 'worker', message: 'it looped' },
  } as const
  const red = await ran(t, {
    remaining: {
      tests: ['three', SUITE_END],
      written: 2,
      passed: ['one'],
      late: [],
      lost: charged,
    },
  })
  t.equal(red.done, 'machine three end', 'a run that is red needs no more')
})

const hung = (stuckIn: string): TryResult => ({
  ...passed,
  status: 'fail',
  cause: 'hang',
  overrun: true,
  stuckIn,
  problems: [{ kind: 'overrun', message: `hangs in ${stuckIn}` }],
})

t.test('two tests that hang in the same function end a suite; the rest is not run', async t => {
  const one = [hung('ring_open [ring]')]
  const same = await ran(t, { tried: { one, two: one } })
  t.equal(same.done, 'machine one machine two')
  t.strictSame(same.results, ['one: fail', 'two: fail', 'three: miss', `${SUITE_END}: miss`])
  t.match(same.reasons, [
    '2 tests before it hung in ring_open [ring]',
    '2 tests before it hung in ring_open [ring]',
  ])
  t.match(same.notes, ['"one" hung: hangs in ring_open [ring]', /"two"/])
  const other = await ran(t, { tried: { one, two: [hung('ring_close [ring]')] } })
  t.strictSame(other.results.slice(2), ['three: pass', `${SUITE_END}: pass`])
})

t.test('what came late is reported for a suite that is given up, too', async t => {
  const finding = { kind: 'warning', title: 'WARNING in ring_late', trace: [] } as unknown
  const late = [{ during: 'one', report: finding as FindingReport }]
  const remaining = { tests: ['two', 'three', SUITE_END], written: 1, passed: [], late }
  const tried = { two: [hung('f')], three: [hung('f')] }
  const { results, said } = await ran(t, { remaining, tried })
  t.strictSame(results, ['two: fail', 'three: fail', `${SUITE_END}: fail`])
  t.match(said, /WARNING in ring_late/)
})

t.test('what came late and comes again at the end is reported once', async t => {
  const finding = { kind: 'warning', title: 'WARNING in ring_late', trace: [], text: '' } as const
  const late = [{ during: 'two', report: finding }]
  const remaining = { tests: ['three', SUITE_END], written: 2, passed: [], late }
  const problem = { kind: 'finding', message: 'WARNING in ring_late' } as const
  const end: TryResult = { ...passed, status: 'fail', problems: [problem], findings: [finding] }
  t.equal((await ran(t, { remaining, ends: [end] })).said, 'WARNING in ring_late')
  t.match((await ran(t, { remaining })).said, /^late, from a test before "two"/)
})

t.test('a late complaint is reported at the end, whatever the test does alone', async t => {
  const warning = { kind: 'warning', title: 'WARNING in ring_late', trace: [] } as unknown
  const doubtful: TryResult = {
    ...passed,
    status: 'fail',
    foreign: true,
    problems: [{ kind: 'finding', message: 'the kernel log has a finding' }],
    findings: [warning as FindingReport],
  }
  for (const alone of ['pass', 'skip'] as const) {
    const two = [doubtful, { ...passed, status: alone }]
    const { results, said, told } = await ran(t, { tried: { two } })
    t.equal(results[1], `two: ${alone}`)
    t.equal(results.at(-1), `${SUITE_END}: fail`)
    t.match(said, /late, from a test before "two".*WARNING in ring_late/)
    t.equal(told.length, 1, 'and at once to whoever closes the job')
    const after = await ran(t, {
      remaining: { tests: [SUITE_END], written: 3, passed: [], late: told },
    })
    t.match(after.said, /WARNING in ring_late/, 'another worker reports what it was given')
  }
  const { problems, findings } = doubtful
  const sure: TryResult = { ...passed, status: 'fail', problems, findings }
  const own = await ran(t, { tried: { two: [doubtful, sure] } })
  t.strictSame(own.results.slice(1), ['two: fail', 'three: pass', `${SUITE_END}: pass`])
})

t.test('what follows a report that the test causes alone is of that test, too', async t => {
  const at = (first: number) => ({ trace: [], text: '', records: { first, last: first + 9 } })
  const root: FindingReport = { kind: 'warning', title: 'WARNING in ring_tick', ...at(20) }
  const oops: FindingReport = { kind: 'oops', title: 'page fault in try_to_wake_up', ...at(30) }
  const problems = [{ kind: 'finding', message: 'the kernel log has a finding' }] as const
  const sure: TryResult = { ...passed, status: 'fail', problems, findings: [root] }
  const dies: TryResult = { ...sure, cause: 'panic', foreign: true, findings: [root, oops] }
  const own = await ran(t, { tried: { two: [dies, sure] } })
  t.strictSame(own.results.slice(1), ['two: fail', 'three: pass', `${SUITE_END}: pass`])
  t.notMatch(own.notes, [/came late/], 'no other test is tried')

  const doubtful: TryResult = { ...sure, foreign: true }
  const goneAfter = { two: [true] }
  const later = await ran(t, { tried: { two: [doubtful, sure] }, goneAfter })
  t.equal(later.results.at(-1), `${SUITE_END}: pass`, 'nor does its machine end by another')
  const otherwise = await ran(t, { tried: { two: [sure] }, goneAfter })
  t.match(otherwise.said, /late, from a test before "two".*guest-reset/)

  const innocent = await ran(t, { tried: { one: [passed, sure], two: [dies] } })
  t.strictSame(innocent.results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
  const [said, after] = innocent.said.split('; late, ')
  t.match(said, /^late, from "one", which causes it again alone;.*ring_tick/)
  t.match(after, /^from "one", which causes what came before it again alone;.*try_to_wake_up/)
})

t.test('a machine that would not report everything any more is ended with its tests', async t => {
  const spends = { one: 'lockdep: off' }
  const { done, results } = await ran(t, { spends })
  t.equal(done, 'machine one end machine two three end')
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: pass`])
  const last = await ran(t, { spends: { three: 'kasan' } })
  t.equal(last.done, `machine one two three end machine ${SUITE_END} end`)
  t.equal(last.results.at(-1), `${SUITE_END}: pass`)
  const unsound = {
    ...passed,
    status: 'fail',
    problems: [{ kind: 'finding', message: 'lockdep' }],
  } as const
  const unload = await ran(t, { spends: { three: 'lockdep: off' }, ends: [passed, unsound] })
  t.equal(unload.results.at(-1), `${SUITE_END}: fail`, 'the modules unload on one that reports')

  const leak = {
    ...passed,
    status: 'fail',
    problems: [{ kind: 'finding', message: 'a leak' }],
  } as const
  const leaky = await ran(t, { spends, ends: [leak] })
  t.equal(leaky.results.at(-1), `${SUITE_END}: fail`)
  t.equal(leaky.said, 'a leak', 'which the last machine knows nothing of')
})

t.test('the end of a spent machine that could not be judged is judged again', async t => {
  const unknown = {
    ...passed,
    status: 'error',
    problems: [{ kind: 'not-asked', message: 'not asked' }],
  } as const
  const { done, results } = await ran(t, { spends: { one: 'lockdep: off' }, ends: [unknown] })
  t.equal(
    done,
    'machine one end machine two three end machine one end machine two three end',
    'all that passed runs once more',
  )
  t.equal(results.at(-1), `${SUITE_END}: pass`)
})

const restarted: TryResult = { ...passed, status: 'fail', cause: 'guest-reset', foreign: true }

t.test('a machine that went before a test began is no failure of that test', async t => {
  const { done, results, said } = await ran(t, { goneAfter: { one: [true] } })
  t.equal(done, 'machine one machine one two three end')
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
  t.match(said, /late, from a test before "two".*"one" had just ended.*guest-reset/)

  const lost = await ran(t, { goneAfter: { one: [true] }, died: 'qemu-died' })
  t.equal(lost.done, 'machine one machine two three one two three end', 'seen again, no more')
  t.equal(lost.results.at(-1), `${SUITE_END}: pass`)
})

for (const retries of [0, 2])
  t.test(
    `a restart in an innocent test is reported at the end, with ${retries} retries`,
    async t => {
      const { done, results, said, told } = await ran(t, { tried: { two: [restarted] }, retries })
      t.equal(done, 'machine one two machine two machine one three end')
      t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
      t.match(said, /"one" had just ended.*guest-reset: the machine ended without a word/)
      t.strictSame(told, [{ during: 'two', after: 'one', report: { cause: 'guest-reset' } }])
    },
  )

t.test('a known finding does not explain a restart away', async t => {
  const known = { kind: 'warning', title: 'known', trace: [], text: '', allowed: 'noise' } as const
  const two = [{ ...restarted, findings: [known] }]
  const { results, said } = await ran(t, { tried: { two } })
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
  t.match(said, /guest-reset: the machine ended without a word$/)
})

t.test('the test that had just ended is named when it causes the same alone', async t => {
  const toy = { tried: { two: [restarted] }, goneAfter: { one: [false, true] } }
  const { done, results, said } = await ran(t, toy)
  t.equal(done, 'machine one two machine two machine one machine three end')
  t.strictSame(results.slice(1), ['two: pass', 'three: pass', `${SUITE_END}: fail`])
  t.match(
    said,
    /^late, from "one", which causes it again alone; it appeared during "two": guest-reset/,
  )
})

t.test('so is one before that, and the newest of them all', async t => {
  const far = await ran(t, { tried: { three: [restarted] }, goneAfter: { one: [false, true] } })
  t.equal(far.done, 'machine one two three machine three machine two machine one')
  t.match(far.said, /^late, from "one", which causes it again alone; it appeared during "three"/)
  const goneAfter = { one: [false, true], two: [false, true] }
  const newest = await ran(t, { tried: { three: [restarted] }, goneAfter })
  t.match(newest.said, /^late, from "two", which causes it again alone/)
  const between = await ran(t, { goneAfter: { one: [true, true] } })
  t.match(between.said, /^late, from "one", which causes it again alone; it appeared during "two"/)
})

t.test('what comes when all tests have ended names the test that causes it', async t => {
  const late: TryResult = { ...restarted, problems: [{ kind: 'death', message: 'it restarted' }] }
  const goneAfter = { one: [false, true] }
  const { done, results, said } = await ran(t, { ends: [late], goneAfter })
  t.equal(done, 'machine one two three end machine three machine two machine one')
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
  t.match(said, /it restarted; "one" causes it again alone: guest-reset/)
  const nobody = await ran(t, { ends: [late] })
  t.equal(nobody.said, 'it restarted')
  const own = await ran(t, { ends: [{ ...passed, status: 'fail', problems: late.problems }] })
  t.equal(own.done, 'machine one two three end', 'what a process did is not searched for')
})

t.test('what failed a test already does not fail the end again', async t => {
  const reportOf = (title: string): FindingReport[] => [
    { kind: 'oops', title, trace: [], text: '' },
  ]
  const problems = [{ kind: 'death', message: 'The kernel panicked' }] as const
  const crash: TryResult = { ...restarted, cause: 'panic', problems, findings: reportOf('in f') }
  const same = await ran(t, { tried: { one: [crash] }, ends: [crash] })
  t.equal(same.results.at(-1), `${SUITE_END}: skip`)
  t.equal(same.reasons.at(-1), 'fails only by the same as "one"')
  t.notMatch(same.done, /end machine/, 'and no test is searched for that causes it')
  const other = { ...crash, findings: reportOf('in g') }
  t.equal(
    (await ran(t, { tried: { one: [crash] }, ends: [other] })).results.at(-1),
    `${SUITE_END}: fail`,
  )
  const more = { ...crash, problems: [...problems, { kind: 'thrown', message: 'a' }] } as const
  t.equal(
    (await ran(t, { tried: { one: [crash] }, ends: [more] })).results.at(-1),
    `${SUITE_END}: fail`,
  )
})

const leaving = (...paths: string[]): TryResult => {
  const findings = paths.map((text): FindingReport => {
    return { kind: 'outliving', title: text, trace: [], text }
  })
  const problems = paths.map(path => {
    return { kind: 'finding', message: `left behind by the modules: ${path}` } as const
  })
  return { ...passed, status: 'fail', problems, findings }
}

t.test('what a load and an unload alone leave is charged to no other suite', async t => {
  const ring = leaving('/dev/ring0')
  const toy = { tried: { one: [ring], two: [ring] }, ends: [ring] }
  const left = ['/dev/ring0', '/proc/ring']
  const { done, results, reasons } = await ran(t, { ...toy, left })
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: skip`])
  t.equal(
    done,
    `machine one machine ${LEAVE_NOTHING} machine two machine three end`,
    'each on a fresh machine; it is looked at once',
  )
  t.match(reasons, [`a load and an unload alone leave /dev/ring0: see "basics: ${LEAVE_NOTHING}"`])
  const untold = await ran(t, toy)
  t.strictSame(untold.results.slice(0, 2), ['one: fail', 'two: fail'], 'where nobody tells it')
  const other = { ...toy, tried: { one: [leaving('/dev/ring0', '/dev/ring1')] } }
  const more = await ran(t, { ...other, left })
  t.equal(more.results[0], 'one: fail')
  t.equal(more.said, 'left behind by the modules: /dev/ring1', 'what a test leaves is its own')
})

t.test('a test that hangs on what an earlier one left passes, and the suite does not', async t => {
  const { done, results, said } = await ran(t, { tried: { two: [hung('ring_take [ring]')] } })
  t.equal(done, 'machine one two machine two machine one two three end')
  t.strictSame(results, ['one: pass', 'two: pass', 'three: pass', `${SUITE_END}: fail`])
  t.equal(
    said,
    '"two" hung in ring_take [ring], and passed when it ran again alone: a test before it left that so',
  )
  const three = [hung('f'), passed, passed, hung('f')]
  const pair = await ran(t, { tried: { three } })
  t.match(pair.done, /^machine one two three machine three machine two three machine one three$/)
  t.match(pair.said, /^"three" hung in f, .* alone: "one" left that so: it hung again where only/)
  const guilty = await ran(t, { tried: { two: [hung('f'), hung('f')] } })
  t.strictSame(guilty.results.slice(1), ['two: fail', 'three: pass', `${SUITE_END}: pass`])
})

t.test('a test that ends its machine alone has failed, and is not the only suspect', async t => {
  const toy = { tried: { two: [restarted] }, goneAfter: { two: [false, true] } }
  const { done, results, said } = await ran(t, toy)
  t.equal(done, 'machine one two machine two machine three one three end')
  t.strictSame(results.slice(0, 2), ['one: pass', 'two: fail'])
  t.match(said, /a moment after it had ended, alone: guest-reset/)
  const again = await ran(t, { tried: { two: [restarted, restarted] } })
  t.equal(again.results[1], 'two: fail', 'or one that ends it in its midst')
})

t.test('the first test of a machine has nobody before it', async t => {
  const { done, results } = await ran(t, { tried: { one: [restarted] } })
  t.equal(done, 'machine one machine two three end')
  t.equal(results[0], 'one: fail')
})
