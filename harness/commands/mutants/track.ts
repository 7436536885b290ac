import type { Problem, TestEnd } from '../../contract/events.js'
import type { MutantOutcome, MutantResult } from '../../contract/mutant-events.js'
import { SUITE_END } from '../../contract/test-names.js'
import { judge, type Kill } from './judge.js'
import type { PlannedMutant } from './plan.js'
import { defined, pick } from '../../platform/pick.js'
import { promisesOf } from '../../platform/names/promise-ids.js'

/** Strongest first. */
const RIGHTS = ['catcher', 'better', 'unrelated'] as const

/** Determines one mutant's result from its tests. */
export class MutantTrack {
  readonly planned: PlannedMutant
  readonly #kills: (Kill & { readonly suite: string })[] = []
  #broken: Problem | undefined
  #lost: Problem | undefined
  #ran = 0
  #durationMs = 0

  constructor(planned: PlannedMutant) {
    this.planned = planned
  }

  /** It does not apply, build or load. */
  breaks(problem: Problem): void {
    this.#broken ??= problem
  }

  take(suite: string, end: TestEnd): void {
    const { mutant, promised } = this.planned
    if (end.status === 'pass' && mutant.catcher.test(end.test)) this.#ran += 1
    const unloaded = end.problems.find(({ code }) => code === 'MODULE_DOES_NOT_LOAD')
    if (unloaded !== undefined) return this.breaks(unloaded)
    if (end.status === 'error')
      this.#lost ??= end.problems[0] ?? {
        kind: 'unknown',
        message: `${end.test}: ended in an error`,
      }
    if (end.status !== 'fail') return
    // A timeout without kernel messages says nothing about the change.
    if (isSilentTimeout(end)) {
      const message = `${end.test}: timed out without kernel messages`
      this.#lost ??= { kind: 'overrun', message }
      return
    }
    this.#kills.push({ ...judge(mutant, end, promised), suite })
  }

  spent(durationMs: number): void {
    this.#durationMs += durationMs
  }

  /** Whether no remaining test could change the result. */
  get isDecided(): boolean {
    return this.#broken !== undefined || this.#kills.some(({ by }) => by !== 'unrelated')
  }

  /** @param failing tests that fail without the mutant, too: `flavour/suite` → names */
  result(failing: ReadonlyMap<string, ReadonlySet<string>>): MutantResult {
    const { mutant, promised } = this.planned
    const [best] = RIGHTS.flatMap(right => this.#kills.filter(({ by }) => by === right))
    if (best !== undefined && failing.get(`${mutant.flavour}/${best.suite}`)?.has(best.test))
      this.breaks({
        kind: 'build',
        message: `the module without it fails that test as well: ${best.test}`,
      })
    const problem =
      this.#broken ?? (this.isDecided ? undefined : this.#lost) ?? this.#nothingRan(best)
    const proved = this.#kills.filter(
      ({ by, suite, test }) =>
        by !== 'unrelated' && failing.get(`${mutant.flavour}/${suite}`)?.has(test) !== true,
    )
    const failed = proved.flatMap(({ test }) =>
      test === SUITE_END ? [...promised] : promisesOf(test),
    )
    return {
      mutant: mutant.name,
      outcome: outcomeOf(problem, best),
      breaks: mutant.breaks,
      flavour: mutant.flavour,
      durationMs: this.#durationMs,
      promises: [...new Set(failed)],
      ...(best && pick(best, 'suite', 'test', 'finding')),
      ...(best?.by === 'better' ? { instead: true } : {}),
      ...defined({ problem }),
    }
  }

  #nothingRan(best: Kill | undefined): Problem | undefined {
    if (best !== undefined || this.#ran > 0) return undefined
    return { kind: 'unknown', message: 'none of its tests ran to an end' }
  }
}

const isSilentTimeout = ({ cause, overrun, findings }: TestEnd): boolean =>
  (cause === 'timeout' || cause === 'hang' || (cause === undefined && overrun === true)) &&
  findings.every(finding => finding.allowed !== undefined)

function outcomeOf(problem: Problem | undefined, best: Kill | undefined): MutantOutcome {
  if (problem !== undefined) return 'error'
  if (best === undefined) return 'survived'
  return best.by === 'unrelated' ? 'unrelated' : 'killed'
}
