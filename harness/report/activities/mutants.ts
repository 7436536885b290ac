import pc from '../../platform/terminal/colours.js'
import type { RunEvent, TestEnd } from '../../contract/events.js'
import type {
  MutantEvent,
  MutantMap,
  MutantOutcome,
  MutantResult,
} from '../../contract/mutant-events.js'
import { locationText } from '../../platform/text/source-text.js'
import { escapeTerminal } from '../../platform/text/text.js'
import type { Write } from '../reporter.js'
import { duration } from '../summary.js'

const MARKS: Readonly<Record<MutantOutcome, string>> = {
  killed: pc.green('✓'),
  survived: pc.red('✗'),
  unrelated: pc.red('✗'),
  error: pc.yellow('‼'),
  miss: pc.yellow('–'),
}

/** For people: a row for each mutant as it ends, then the promises without a mutant. */
export class MutantsReporter {
  readonly #write: Write
  readonly #results: MutantResult[] = []
  readonly #names = new Map<string, string>()
  readonly #baseline: string[] = []
  #map: MutantMap | undefined
  #width = 0
  #folder = ''

  constructor(write: Write) {
    this.#write = write
  }

  take(event: RunEvent | MutantEvent): void {
    if (event.type === 'run-start') this.#folder = event.folder
    if (event.type === 'plan') {
      for (const { id, mutant, flavour, suite } of event.jobs) {
        if (mutant === undefined) this.#names.set(id, `${flavour} ${suite}`)
        else this.#width = Math.max(this.#width, mutant.length)
      }
    }
    if (event.type === 'test-end') this.#test(event)
    if (event.type === 'mutant-end') {
      this.#results.push(event)
      this.#row(event)
    }
    if (event.type === 'mutant-map') this.#map = event
    if (event.type !== 'run-end') return
    if (this.#map !== undefined) this.#promises(this.#map)
    // After an interruption, untested promises say nothing of the module.
    if (this.#baseline.length > 0 && !event.interrupted) {
      this.#write(pc.red('\nthe module as it is fails tests that should catch mutants:\n'))
      for (const line of this.#baseline) this.#write(`  ${escapeTerminal(line)}\n`)
    }
    this.#write(`\nrecord: ${this.#folder} ${pc.dim(`(${duration(event.durationMs)})`)}\n`)
    if (event.interrupted) this.#write(pc.yellow('interrupted: results are incomplete\n'))
    this.#write(`${this.#closing()}\n`)
  }

  #test(event: TestEnd): void {
    const name = this.#names.get(event.job)
    if (name === undefined || event.status === 'pass' || event.status === 'skip') return
    const why = event.problems[0]?.message ?? event.reason ?? event.status
    this.#baseline.push(`${name}: ${event.test}: ${why}`)
  }

  /** Writes a row of the table once its result is known. */
  #row(result: MutantResult): void {
    const { mutant, outcome, flavour = '', durationMs } = result
    const time = durationMs === 0 ? '' : duration(durationMs)
    const row = `${mutant.padEnd(this.#width)}  ${flavour.padEnd(6)} ${pc.dim(time.padStart(12))}`
    this.#write(`${MARKS[outcome]} ${row}  ${escapeTerminal(verdict(result))}\n`)
    if (outcome === 'killed') return
    this.#write(pc.dim(`    ${escapeTerminal(result.breaks)}\n`))
    for (const line of result.problem?.detail?.split('\n') ?? [])
      this.#write(`    ${escapeTerminal(line)}\n`)
  }

  #promises(map: MutantMap): void {
    const { allMutants, complete, promises, untested, unbreakable, broken, onlyOne } = map
    const known = Object.keys(promises)
    const caught = `${known.length - untested.length} of ${known.length} promises caught a mutant`
    const open = untested.filter(promise => unbreakable[promise] === undefined)
    const without = allMutants && open.length > 0 ? `; without one: ${open.join(' ')}` : ''
    this.#write(`\n${caught}${without}\n`)
    if (allMutants) this.#reasons(unbreakable)
    for (const promise of broken)
      this.#write(pc.yellow(`${promise} is listed as unbreakable, and caught a mutant\n`))
    const ones = Object.entries(onlyOne).map(([mutant, promise]) => `${mutant} (${promise})`)
    if (!complete)
      this.#write(
        pc.dim(
          'it stopped at first kills: --all --keep-going maps every promise that catches one\n',
        ),
      )
    else if (ones.length > 0) this.#write(`caught by one promise alone: ${ones.join(', ')}\n`)
  }

  /** Why no mutant can break some promises; one line for each reason. */
  #reasons(unbreakable: MutantMap['unbreakable']): void {
    for (const reason of new Set(Object.values(unbreakable))) {
      const those = Object.keys(unbreakable).filter(promise => unbreakable[promise] === reason)
      this.#write(pc.dim(`no mutant can break ${those.join(' ')}: ${escapeTerminal(reason)}\n`))
    }
  }

  #closing(): string {
    const number = (outcome: MutantOutcome): number =>
      this.#results.filter(result => result.outcome === outcome).length
    const parts = [
      `${number('killed')} killed`,
      `${number('survived')} survived`,
      `${number('unrelated')} failed for another reason`,
      `${number('error')} in error`,
      ...(number('miss') > 0 ? [`${number('miss')} not run`] : []),
    ]
    return parts.join(', ')
  }
}

/** The part of a row after mutant, flavour and time. */
function verdict(result: MutantResult): string {
  const { outcome, problem, test = '', suite = '', finding, instead = false } = result
  const where = finding?.location === undefined ? '' : ` at ${locationText(finding.location)}`
  const splat = finding === undefined ? '' : `${finding.kind}: ${finding.title}${where}`
  const what = splat === '' ? `${suite}: ${test}` : `${splat}, in ${suite}: ${test}`
  if (outcome === 'killed') return instead ? `${what} (not as named)` : what
  if (outcome === 'unrelated') return `not by its catcher: ${what}`
  if (outcome === 'survived') return 'survived'
  return problem?.message ?? outcome
}
