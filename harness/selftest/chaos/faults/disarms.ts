import { SUITE_END } from '../../../contract/test-names.js'
import type { FindingReport } from '../../../contract/events.js'
import { allEnd } from '../expected.js'
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
        ...allEnd(names, 'pass', 'allowed '),
        ...allEnd(names, 'fail', 'later '),
        'another dma in the same test': 'fail',
        'another refcount in the same test': 'fail',
        'another lockdep in the same test': 'pass',
        'takes the last fault': 'pass',
        'has a fault to take': 'pass',
        'turns kmemleak off': ['error', 'unguarded'],
        'allowed kmemleak': 'pass',
        'later leak': 'pass',
        [SUITE_END]: 'fail',
      },
    })
    for (const [name, kind] of Object.entries(PAIRS)) {
      const found = lab.result(ended, 'disarms', `later ${name}`)?.findings ?? []
      const isFound = found.some(each => each.kind === kind && isIn('later_', each))
      lab.check(`later ${name}: ${kind} in later_…()`, isFound, titles(found))
    }
    for (const name of ['dma', 'refcount']) {
      const found = lab.result(ended, 'disarms', `another ${name} in`)?.findings ?? []
      const areBoth = ['allowed_', 'later_'].every(prefix => found.some(each => isIn(prefix, each)))
      lab.check(`${name}: both are found in one test`, areBoth, titles(found))
    }
    const unguarded = lab.result(ended, 'disarms', 'another lockdep in')?.unguarded ?? []
    lab.check('lockdep: what is not found is said', unguarded.includes('lockdep'), unguarded.join())
    const end = lab.said(ended, 'disarms', SUITE_END)
    const leaks = lab.result(ended, 'disarms', SUITE_END)?.findings ?? []
    const isLeak = leaks.some(each => each.kind === 'kmemleak' && isIn('later_leak', each))
    lab.check('the leak after kmemleak gave up is found', isLeak, end)
    lab.tell(`${names.length} checks report again after a known finding; ${end}`)
  },
}

/** Whether it is at a line of a function of the module that is named so. */
const isIn = (prefix: string, { trace }: FindingReport): boolean =>
  trace.some(
    line => 'function' in line && line.function.startsWith(prefix) && line.location !== undefined,
  )

const titles = (findings: readonly FindingReport[]): string =>
  findings.map(({ kind, title }) => `${kind}: ${title}`).join('; ')

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
    const areOff = off.length > 3 && off.every(names => names === 'lockdep')
    lab.check('each says so', areOff, off.join('; '))
    const words = /not fully checked by lockdep, after a known finding: "does nothing".*/
    lab.match('the run says so once', ended.output, words)
    lab.tell(words.exec(ended.output)?.[0] ?? '')
  },
}
