import { stringify } from 'yaml'
import { Parser, type Result } from 'tap-parser'
import pc from '../../platform/terminal/colours.js'
import { count, noCounts, sum, type Counts } from '../../contract/events.js'
import { escapeTerminal } from '../../platform/text/text.js'
import type { Write } from '../reporter.js'

const MAX_DIAGNOSTICS_CHARACTERS = 4000

/** A file that has not ended. */
interface OpenFile {
  readonly name: string
  readonly failures: string[]
  counts: Counts
}

/**
 * Reads the TAP of unit-test files, reports each file as it ends, and counts their tests: the
 * subtests one level below the files. A file that failed without a failed test counts as one
 * failure; a file that was interrupted counts as one test that was not run.
 */
export class UnitTestReader {
  readonly parser = new Parser()
  readonly #write: Write
  readonly #isInterrupted: () => boolean
  #counts: Counts = noCounts
  readonly #failures: string[] = []
  /** A file without its test point, which comes last. */
  #open: OpenFile | undefined

  /** @param isInterrupted whether the run has been interrupted */
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

  /** @param signal that ended the file's process, if any */
  #close(ok: boolean, signal: string | undefined): void {
    const file = this.#open
    if (file === undefined) return
    this.#open = undefined
    // Ctrl+C at a terminal may reach the tests before this process handles it.
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
    const failures = file.failures.map(text => `  ${pc.red('✗')} ${pc.dim(file.name)} ${text}`)
    for (const text of failures) this.#write(text)
    this.#failures.push(...failures)
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Failed assertions, each with its file, tests and diagnostics. */
  get failures(): readonly string[] {
    return this.#failures
  }
}

/** The signal that ended a file, from node-tap's diagnostics. */
function signalOf(diag: unknown): string | undefined {
  if (typeof diag !== 'object' || diag === null || !('signal' in diag)) return undefined
  return typeof diag.signal === 'string' ? diag.signal : undefined
}

/** Reports each failed assertion below a parser, and each failed subtest without one. */
function collect(parser: Parser, path: readonly string[], report: (text: string) => void): void {
  let reported = 0
  parser.on('child', (child: Parser) => {
    reported = 0
    collect(child, [...path, child.name], text => {
      reported += 1
      report(text)
    })
  })
  parser.on('assert', ({ ok, skip, todo, closingTestPoint, name, diag }: Result) => {
    const explained = closingTestPoint && reported > 0
    reported = 0
    if (ok || skip || todo || explained) return
    const known = diag === null ? '' : stringify(diag).slice(0, MAX_DIAGNOSTICS_CHARACTERS)
    const lines = escapeTerminal(known).trimEnd().split('\n').filter(Boolean)
    const title = escapeTerminal([...path, name].join(' › '))
    report([title, ...lines.map(line => `      ${line}`), ''].join('\n'))
  })
}
