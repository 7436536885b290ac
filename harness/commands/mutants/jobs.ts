import type { JobRef } from '../../contract/events.js'
import { columnRef, type Column } from '../../plan/column.js'
import type { SuiteFile } from '../../plan/suite-files.js'
import type { PlannedMutant } from './plan.js'

/** A job without its machine. */
export interface PlannedJob {
  readonly ref: JobRef
  readonly file: string
  readonly grep?: string
  readonly bail: boolean
}

/** Jobs on one kernel: the unmodified module, then each mutant. */
export interface ColumnPlan {
  readonly column: Column
  readonly baseline: readonly PlannedJob[]
  readonly mutants: readonly {
    readonly planned: PlannedMutant
    readonly jobs: readonly PlannedJob[]
  }[]
}

/** Name of the unmodified module in job ids. */
const UNMUTATED = 'unmutated'

/**
 * Plans each mutant's jobs on its flavour's column, and those of the unmodified module, which must
 * pass every test that a mutant must fail.
 * @param keepGoing also run the tests after a failed one
 */
export function planJobs(
  column: Column,
  planned: readonly PlannedMutant[],
  { keepGoing }: { readonly keepGoing: boolean },
): ColumnPlan {
  const { id, flavour } = column
  const here = planned.filter(({ mutant }) => mutant.flavour === flavour.name)
  const ref = (module: string, { name: suite }: SuiteFile): JobRef => ({
    id: `${id}/${module}/${suite}`,
    ...columnRef(column),
    suite,
    ...(module === UNMUTATED ? {} : { mutant: module }),
  })
  const greps = new Map<string, { suite: SuiteFile; patterns: Set<string> }>()
  for (const { suites, grep = '' } of here) {
    for (const suite of suites) {
      const entry = greps.get(suite.name) ?? { suite, patterns: new Set() }
      greps.set(suite.name, entry)
      entry.patterns.add(grep)
    }
  }
  return {
    column,
    baseline: [...greps.values()].map(({ suite, patterns }) => ({
      ref: ref(UNMUTATED, suite),
      file: suite.file,
      grep: [...patterns].map(pattern => `(?:${pattern})`).join('|'),
      bail: false,
    })),
    mutants: here.map(one => ({
      planned: one,
      jobs: one.suites.map(suite => ({
        ref: ref(one.mutant.name, suite),
        file: suite.file,
        ...(one.grep === undefined ? {} : { grep: one.grep }),
        bail: !keepGoing && one.grep !== undefined,
      })),
    })),
  }
}
