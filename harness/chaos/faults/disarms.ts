import { SUITE_END } from '../../test-names.js'
import type { Fault } from '../fault.js'

/** What reports only once, by its allowed report, and what a later test must make it report. */
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
