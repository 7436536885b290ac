import { SUITE_END } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

/** Checks that report only once: the allowed report, and the later one that must still appear. */
const PAIRS = {
  lockdep: 'lockdep',
  dma: 'dma-api',
  'warn-once': 'warning',
  refcount: 'refcount',
  kasan: 'kasan',
  ubsan: 'ubsan',
  atomic: 'sleeping-in-atomic',
  'debug-objects': 'debug-objects',
  'hung-task': 'hung-task',
} as const

export const disarmsFault: Fault = {
  row: 3,
  name: 'disarms',
  fault: 'a known finding of each check that reports only once, then one that is not known',
  expected: 'the known one is allowed, the other fails its test; a check that is off is an error',
  make: async lab => {
    const ended = await lab.run(['run', 'disarms', '--flavour', 'debug'])
    const names = Object.keys(PAIRS)
    lab.expect(ended, {
      disarms: {
        ...Object.fromEntries(names.map(name => [`allowed ${name}`, 'pass'] as const)),
        ...Object.fromEntries(names.map(name => [`later ${name}`, 'fail'] as const)),
        'another dma in the same test': 'fail',
        'another refcount in the same test': 'fail',
        'another lockdep in the same test': 'pass',
        'takes the last fault': 'pass',
        'has a fault to take': 'pass',
        'turns kmemleak off': 'error unguarded',
        'allowed kmemleak': 'pass',
        'later leak': 'pass',
        [SUITE_END]: 'fail',
      },
    })
    for (const [name, kind] of Object.entries(PAIRS)) {
      const { findings = [] } = lab.result(ended, 'disarms', `later ${name}`) ?? {}
      const told = findings.some(each => each.kind === kind && each.title.includes(' in later_'))
      const seen = findings.map(({ title }) => title).join('; ')
      lab.check(`later ${name}: ${kind} in later_…()`, told, seen)
    }
    for (const name of ['dma', 'refcount'] as const) {
      const { findings = [] } = lab.result(ended, 'disarms', `another ${name} in`) ?? {}
      const seen = findings.map(({ title }) => title).join('; ')
      lab.check(`${name}: both are found in one test`, / in allowed_.* in later_/.test(seen), seen)
    }
    const unguarded = lab.result(ended, 'disarms', 'another lockdep in')?.unguarded ?? []
    lab.check('lockdep: what is not found is said', unguarded.includes('lockdep'), unguarded.join())
    const { problems = [] } = lab.result(ended, 'disarms', SUITE_END) ?? {}
    const end = problems.map(({ message }) => message).join('; ')
    lab.check(
      'the leak after kmemleak gave up is found',
      /kmemleak: memory leak in later_leak at \S+\/once\.c:\d/.test(end),
      end,
    )
    lab.tell(`${names.length} checks report again after a known finding; ${end}`)
  },
}

export const knownAtLoadFault: Fault = {
  row: 3,
  name: 'known-at-load',
  fault: 'a known finding of lockdep when the module loads',
  expected: 'its tests have a verdict, which says that lockdep did not check them; other checks do',
  make: async lab => {
    const ended = await lab.run(['run', 'known-at-load', '--flavour', 'debug'])
    lab.expect(ended, {
      'known-at-load': {
        'does nothing': 'pass',
        'uses what is freed': 'fail',
        'takes locks in two orders': 'pass',
      },
    })
    const off = ended.results.map(({ unguarded }) => unguarded?.join() ?? '')
    lab.check(
      'each says so',
      off.length > 3 && off.every(names => names === 'lockdep'),
      off.join('; '),
    )
    const said = /not fully checked by lockdep, after a known finding: "does nothing".*/.exec(
      ended.output,
    )
    lab.check('the run says so once', said !== null, ended.output)
    lab.tell(said?.[0] ?? '')
  },
}
