import { relative } from 'node:path'
import type { SuiteFile } from '../../plan/suite-files.js'
import { affectedSuites } from './affected.js'
import type { WatchRequest } from './keys.js'
import type { Outcomes } from './outcomes.js'

const SHOWN_PATHS = 3

export interface WatchState {
  /** The pressed key's request; undefined if none. */
  readonly wanted: WatchRequest | undefined
  /** Absolute paths. */
  readonly changed: ReadonlySet<string>
  /** Formats paths for the user. */
  readonly shown: (changed: ReadonlySet<string>) => string
  readonly all: readonly SuiteFile[]
  /** What ran last. */
  readonly latest: readonly SuiteFile[]
  readonly outcomes: Pick<Outcomes, 'failed' | 'unfinished'>
}

export interface NextRun {
  readonly suites: readonly SuiteFile[]
  /** For the user: `what module/ring.c touches`. */
  readonly what: string
}

/** Selects the suites of a watch's next run. A change also reruns interrupted suites. */
export async function nextRun(state: WatchState): Promise<NextRun> {
  const { wanted, changed, shown, all, latest, outcomes } = state
  const { failed, unfinished } = outcomes
  if (changed.size > 0) {
    const touched = new Set(await affectedSuites(changed, all))
    const suites = all.filter(suite => touched.has(suite) || unfinished.has(suite.name))
    const more = suites.length - touched.size
    const others = more === 0 ? '' : `, and ${suitesText(more)} that did not end`
    return { suites, what: `what ${shown(changed)} touches${others}` }
  }
  if (wanted === 'failed')
    return { suites: all.filter(({ name }) => failed.has(name)), what: 'what failed' }
  if (wanted === 'again') return { suites: latest, what: 'the same again' }
  if (wanted !== undefined) return { suites: all, what: 'all suites' }
  const suites = all.filter(({ name }) => unfinished.has(name))
  return { suites, what: `${suitesText(suites.length)} that did not end` }
}

const suitesText = (count: number): string => `${count} suite${count === 1 ? '' : 's'}`

/** The first of some paths, relative to the root. */
export function shownPaths(changed: ReadonlySet<string>, root: string): string {
  const names = [...changed].map(path => relative(root, path))
  const more = names.length - SHOWN_PATHS
  return names.slice(0, SHOWN_PATHS).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
