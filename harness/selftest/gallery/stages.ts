import { count, noCounts, type Counts, type Status, type TestEnd } from '../../contract/events.js'
import type {
  GalleryColumn,
  GalleryResult,
  Stage,
  StageResult,
} from '../../contract/gallery-result.js'
import { LOADS_AND_UNLOADS } from '../../contract/test-names.js'
import type { ColumnView, RunView } from '../../record/view.js'
import { headline } from '../../report/evidence.js'

/** Of harness/basics/basics.suite.ts. */
const BASICS = 'basics'

/** The worst first; what was skipped says nothing of the others. */
const ORDER: readonly Status[] = ['fail', 'error', 'miss', 'xfail', 'pass', 'skip']

/** How far a module comes on each kernel of a run. */
export const galleryColumns = ({ columns }: RunView): GalleryColumn[] =>
  columns.map(column => ({
    kernel: column.kernel,
    release: column.release,
    stages: stagesOf(column),
  }))

function stagesOf({ failed, jobs }: ColumnView): GalleryColumn['stages'] {
  if (failed !== undefined) {
    const { status, problem } = failed
    const reason = failed.reason ?? problem.firstError ?? problem.message
    const notBuilt: StageResult = { status: 'skip', reason: 'it does not build' }
    return { builds: { status, reason }, loads: notBuilt, works: notBuilt, clean: notBuilt }
  }
  const results: Record<Exclude<Stage, 'builds'>, TestEnd[]> = { loads: [], works: [], clean: [] }
  for (const { ref, results: ends } of jobs)
    for (const end of ends) results[stageOf(ref.suite, end)].push(end)
  const { loads, works, clean } = results
  return {
    builds: { status: 'pass' },
    loads: worst(loads),
    works: works.length === 0 ? { status: 'skip', reason: 'it has no suite' } : worst(works),
    clean: worst(clean),
  }
}

function stageOf(suite: string, { test }: TestEnd): Exclude<Stage, 'builds'> {
  if (suite !== BASICS) return 'works'
  return test === LOADS_AND_UNLOADS ? 'loads' : 'clean'
}

function worst(ends: readonly TestEnd[]): StageResult {
  for (const status of ORDER) {
    const end = ends.find(each => each.status === status)
    if (end === undefined) continue
    if (status === 'pass') return { status }
    const why = status === 'fail' ? headline(end) : (end.reason ?? headline(end))
    return { status, reason: `${end.test}: ${why}` }
  }
  return { status: 'miss', reason: 'the run was cut off' }
}

/** Each stage counts as a test, a module that was not run as one that was lost. */
export function galleryCounts(results: readonly GalleryResult[]): Counts {
  const statuses = results.flatMap(({ columns, problem }): Status[] =>
    problem === undefined
      ? columns.flatMap(({ stages }) => Object.values(stages).map(({ status }) => status))
      : ['error'],
  )
  return statuses.reduce((counts, status) => count(counts, status), noCounts)
}
