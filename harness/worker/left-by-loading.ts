import { isDeepStrictEqual } from 'node:util'
import { LEAVE_NOTHING } from '../contract/test-names.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { findingProblems, verdictOfProblems, whatIsLeft } from '../verdict/index.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import type { TryResult } from './try-result.js'

/**
 * What modules leave that are only loaded and unloaded is of no test and no suite: the basics tell
 * it, if they are in the run. One for each job.
 */
export class LeftByLoading {
  readonly #site: Pick<JobSite, 'job' | 'results'>
  readonly #machine: JobMachine
  #left: Promise<readonly string[]> | undefined

  constructor(site: Pick<JobSite, 'job' | 'results'>, machine: JobMachine) {
    this.#site = site
    this.#machine = machine
  }

  /** A test's result without it: the suite's end has that. */
  async withoutOf(result: TryResult): Promise<TryResult> {
    const { own, others } = await this.#split(result)
    if (others !== undefined) this.#machine.ends.push(others)
    return own
  }

  /** The result of the suite's end without it. */
  async withoutAtEnd(end: TryResult): Promise<TryResult> {
    const { own, others } = await this.#split(end)
    if (others === undefined || own.status !== 'pass') return own
    const what = others.findings.map(whatIsLeft).join('; ')
    const reason = `a load and an unload alone leave ${what}: see "basics: ${LEAVE_NOTHING}"`
    return { ...own, status: 'skip', reason }
  }

  async #split(result: TryResult): Promise<{ own: TryResult; others?: TryResult }> {
    const { job } = this.#site
    const findings = result.findings.filter(isLeft)
    // Only a fresh machine can tell.
    const isAskable = job.leftIsTold === true && job.keep === undefined
    if (!isAskable || findings.length === 0 || result.cause !== undefined) return { own: result }
    const left = await (this.#left ??= this.#look())
    const known = findings.filter(finding => left.includes(whatIsLeft(finding)))
    if (known.length === 0) return { own: result }
    const told = findingProblems(known)
    const isKnown = (problem: object) => told.some(each => isDeepStrictEqual(each, problem))
    const [problems, others] = [false, true].map(of =>
      result.problems.filter(problem => isKnown(problem) === of),
    )
    return {
      own: {
        ...result,
        ...verdictOfProblems(problems ?? []),
        findings: result.findings.filter(finding => !known.includes(finding)),
      },
      others: { ...result, ...verdictOfProblems(others ?? []), findings: known },
    }
  }

  async #look(): Promise<readonly string[]> {
    this.#site.results.note(
      'the modules are loaded and unloaded alone: what is left may be of that',
    )
    const left: string[] = []
    await this.#machine.discard()
    await this.#machine.runTest(lookingAt(left))
    await this.#machine.discard()
    return left
  }
}

const isLeft = ({ kind, allowed }: TryResult['findings'][number]): boolean =>
  kind === 'outliving' && allowed === undefined

/** As the basics do, which give the verdict. */
const lookingAt = (left: string[]): TestDefinition => ({
  name: LEAVE_NOTHING,
  options: { modules: [] },
  body: async (t, guest) => {
    const { modules } = guest
    for (const name of modules.built) await modules.load({ name })
    for (const name of modules.built.toReversed()) await modules.unload(name)
    left.push(...(await guest.leftByModules()))
    t.pass('it was looked at')
  },
})
