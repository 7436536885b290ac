import type { BisectEvent } from '../../contract/bisect-events.js'
import pc from '../../platform/terminal/colours.js'
import type { RunEvent } from '../../contract/events.js'
import { escapeTerminal } from '../../platform/text/text.js'
import type { Write } from '../reporter.js'
import { duration } from '../summary.js'

type Of<Type> = Extract<BisectEvent, { type: Type }>

const MARKS = { good: pc.green('✓'), bad: pc.red('✗'), skip: pc.dim('○') }
const WORDS = { good: 'passes', bad: 'fails', skip: 'skipped' }

/** For people: a line for each answer, how much is left, then where it broke and the suspects. */
export class BisectReporter {
  readonly #write: Write
  #over: Of<'bisect-start'>['over'] = 'releases'
  #width = 0
  #folder = ''

  constructor(write: Write) {
    this.#write = write
  }

  take(event: RunEvent | BisectEvent): void {
    if (event.type === 'run-start') this.#folder = event.folder
    if (event.type === 'bisect-start') this.#start(event)
    if (event.type === 'bisect-answer') this.#answer(event)
    if (event.type === 'bisect-left') {
      const steps = `about ${event.steps} ${event.steps === 1 ? 'step' : 'steps'}`
      this.#write(pc.dim(`  ${event.left} ${this.#nouns(event.left)} left, ${steps}\n`))
    }
    if (event.type === 'bisect-end') this.#end(event)
    if (event.type === 'run-end') {
      if (event.interrupted)
        this.#write(pc.yellow('interrupted: the same command goes on from here\n'))
      this.#write(`record: ${this.#folder} ${pc.dim(`(${duration(event.durationMs)})`)}\n`)
    }
  }

  #nouns(count: number): string {
    return count === 1 ? this.#over.slice(0, -1) : this.#over
  }

  #start({ over, test, candidates }: Of<'bisect-start'>): void {
    this.#over = over
    this.#width = Math.max(...candidates.map(name => name.length))
    const [good = '', bad = ''] = [candidates[0], candidates.at(-1)]
    const row = `${candidates.length} ${over}, from ${good} to ${bad}`
    this.#write(`bisecting ${escapeTerminal(test)} over ${row}\n`)
  }

  #answer({ candidate, answer, tries, reason, wavers }: Of<'bisect-answer'>): void {
    const known = tries.length === 0 ? ', as an earlier bisect saw' : ''
    const repeated = tries.length > 1 ? ` (${tries.join(', ')})` : ''
    const unsure = wavers === true ? ', but not always: that counts as failing' : ''
    const why = reason === undefined || answer === 'good' ? '' : `: ${escapeTerminal(reason)}`
    const words = `${WORDS[answer]}${unsure}${repeated}${known}`
    this.#write(`${MARKS[answer]} ${candidate.padEnd(this.#width)}  ${words}${pc.dim(why)}\n`)
  }

  #end({ lastGood, suspects, between }: Of<'bisect-end'>): void {
    const noun = this.#nouns(1)
    const [first = '', ...more] = suspects
    const found =
      more.length === 0
        ? `${pc.bold(first)} is the first bad ${noun}; ${lastGood} is the last good one`
        : `the first bad ${noun} is one of ${suspects.join(', ')}; ${lastGood} is the last good one`
    this.#write(`\n${found}\n`)
    for (const line of between) this.#write(`  ${escapeTerminal(line)}\n`)
  }
}
