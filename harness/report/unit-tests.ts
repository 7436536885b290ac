import { stringify } from 'yaml'
import { Parser, type Result } from 'tap-parser'
import pc from '../platform/colours.js'
import { count, noCounts, type Counts } from '../contract/events.js'
import { sum } from '../record/view.js'
import { escapeTerminal } from '../platform/text.js'
import type { Write } from './reporter.js'

const LONGEST_DIAGNOSTICS_CHARACTERS = 4000

/** What is known of one file until it has ended. */
interface OpenFile {
  readonly name: string
  readonly failures: string[]
  counts: Counts
}

/**
 * Reads the TAP of a run of unit-test files, tells each file as it ends, and counts their tests: the
 * subtests one level below the files. A file that failed without a failed test counts as one failure; one that an interruption
 * cut off, as one that was not run.
 */
export class UnitTestReader {
  readonly parser = new Parser()
  readonly #write: Write
  readonly #isInterrupted: () => boolean
  #counts: Counts = noCounts
  readonly #failures: string[] = []
  /** Read, and without the test point that closes it: that comes last. */
  #open: OpenFile | undefined

  /** @param isInterrupted whether the run of the tests was, by now */
  constructor(write: Write, isInterrupted: () => boolean = () => false) {
    this.#write = write
    this.#isInterrupted = isInterrupted
    this.parser.on('child', (child: Parser) => {
      const file: OpenFile = { name: child.name, failures: [], counts: noCounts }
      this.#open = file
      child.on('assert', (result: Result) => {
        const status = result.skip || result.todo ? 'skip' : result.ok ? 'pass' : 'fail'
        file.counts = count(file.counts, status)
      })
      collect(child, [], text => file.failures.push(text))
    })
    this.parser.on('assert', ({ ok, diag }: Result) => this.#close(ok, signalOf(diag)))
    this.parser.on('complete', () => this.#close(false, undefined))
  }

  /** @param signal that ended the file's process, where one did */
  #close(ok: boolean, signal: string | undefined): void {
    const file = this.#open
    if (file === undefined) return
    this.#open = undefined
    // Ctrl+C at a terminal reaches the tests themselves, maybe before it is known here.
    const isCutOff = !ok && (signal === 'SIGINT' || this.#isInterrupted())
    if (isCutOff) file.counts = count(file.counts, 'miss')
    else if (!ok && file.counts.fail === 0) {
      file.counts = count(file.counts, 'fail')
      if (file.failures.length === 0) file.failures.push('ended before its tests did\n')
    }
    this.#counts = sum(this.#counts, file.counts)
    const { pass, fail } = file.counts
    const mark = isCutOff ? pc.yellow('–') : ok ? pc.green('✓') : pc.red('✗')
    const tail = [fail > 0 ? pc.red(`, ${fail} failed`) : '', isCutOff ? ', interrupted' : '']
    this.#write(`${mark} ${file.name} ${pc.dim(`${pass} passed`)}${tail.join('')}\n`)
    const told = file.failures.map(text => `  ${pc.red('✗')} ${pc.dim(file.name)} ${text}`)
    for (const text of told) this.#write(text)
    this.#failures.push(...told)
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Each assertion that failed, with the file and the tests it stands in and what is known of it. */
  get failures(): readonly string[] {
    return this.#failures
  }
}

/** node-tap's diagnostics of a file that a signal ended. */
function signalOf(diag: unknown): string | undefined {
  if (typeof diag !== 'object' || diag === null || !('signal' in diag)) return undefined
  return typeof diag.signal === 'string' ? diag.signal : undefined
}

/** Tells each failed assertion below a parser, and each failed subtest that has none. */
function collect(parser: Parser, path: readonly string[], tell: (text: string) => void): void {
  let told = 0
  parser.on('child', (child: Parser) => {
    told = 0
    collect(child, [...path, child.name], text => {
      told += 1
      tell(text)
    })
  })
  parser.on('assert', ({ ok, skip, todo, closingTestPoint, name, diag }: Result) => {
    const explained = closingTestPoint && told > 0
    told = 0
    if (ok || skip || todo || explained) return
    const known = diag === null ? '' : stringify(diag).slice(0, LONGEST_DIAGNOSTICS_CHARACTERS)
    const lines = escapeTerminal(known).trimEnd().split('\n').filter(Boolean)
    const title = escapeTerminal([...path, name].join(' › '))
    tell([title, ...lines.map(line => `      ${line}`), ''].join('\n'))
  })
}
