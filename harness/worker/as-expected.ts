import { didYouMean } from '../platform/names/did-you-mean.js'
import { configPlace } from '../project/config-place.js'
import type { ExpectedFailure } from '../project/expected-failures.js'
import { expectedOn } from '../project/expected-on.js'
import type { Project } from '../project/project.js'
import type { Job } from '../session/job.js'
import type { TryResult } from './try-result.js'

/** What the configuration expects to fail in one job. */
export class Expectations {
  readonly #suite: string
  readonly #project: Pick<Project, 'configFile' | 'xfail'>
  readonly #entries: readonly ExpectedFailure[]
  /** Names of all tests with a result. */
  readonly #seen = new Set<string>()

  constructor({ ref, project }: Pick<Job, 'ref' | 'project'>) {
    this.#suite = ref.suite
    this.#project = project
    this.#entries = expectedOn(project.xfail, ref)
  }

  /**
   * A result as reports have it: a failure that was expected is an `xfail`; what passed although it
   * was expected to fail says so, and fails where the configuration is strict.
   */
  apply(test: string, { loads = [], ...result }: TryResult): TryResult {
    this.#seen.add(this.#named(test))
    const { status } = result
    if (status !== 'fail' && status !== 'pass') return result
    const entry = this.#entries.find(entry =>
      entry.what === 'load'
        ? loads.some(({ module, ok }) => module === entry.module && ok === (status === 'pass'))
        : entry.what === 'test' && entry.name === this.#named(test),
    )
    if (entry === undefined || entry.what === 'build') return result
    const { reason } = entry
    if (status === 'fail') return { ...result, status: 'xfail', reason }
    if (entry.strict !== true) return { ...result, xpass: reason }
    const what = entry.what === 'load' ? `module ${entry.module} loads` : 'it passed'
    const message = `${what} although it is expected to fail: ${reason}`
    const problems = [...result.problems, { kind: 'unexpected-pass' as const, message }]
    return { ...result, status: 'fail', problems }
  }

  /** A line for each entry that names no test of the suite, which has run as a whole. */
  async notes(): Promise<string[]> {
    const lines = this.#entries.map(async entry => {
      if (entry.what !== 'test' || !entry.name.startsWith(this.#named(''))) return []
      if (this.#seen.has(entry.name)) return []
      const field = `xfail[${this.#project.xfail.indexOf(entry)}].name`
      const place = await configPlace(this.#project, field, entry.name)
      const near = didYouMean(entry.name, [...this.#seen])
      return [`${place}: no test is named ${entry.name}. ${near}`.trim()]
    })
    return (await Promise.all(lines)).flat()
  }

  #named(test: string): string {
    return `${this.#suite}: ${test}`
  }
}
