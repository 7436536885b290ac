import { stringify } from 'yaml'
import { Parser, type Result } from 'tap-parser'
import pc from '../colours.js'
import { count, noCounts, type Counts } from '../events.js'
import { escapeTerminal } from '../text.js'
import type { Write } from './reporter.js'

const LONGEST_DIAGNOSTICS_CHARACTERS = 4000

/**
 * Reads the TAP of a run of unit-test files, tells each file as it ends, and counts their tests: the
 * subtests one level below the files. A file that failed without a failed test counts as one failure.
 */
export class UnitTestReader {
  readonly parser = new Parser()
  #counts: Counts = noCounts
  readonly #failures: string[] = []

  constructor(write: Write) {
    this.parser.on('child', (file: Parser) => {
      let own: Counts = noCounts
      const failures: string[] = []
      file.on('assert', (result: Result) => {
        const status = result.skip || result.todo ? 'skip' : result.ok ? 'pass' : 'fail'
        own = count(own, status)
      })
      collect(file, [], text => failures.push(text))
      file.on('complete', (results: { ok: boolean }) => {
        if (!results.ok && own.fail === 0) {
          own = count(own, 'fail')
          if (failures.length === 0) failures.push('ended before its tests did\n')
        }
        this.#counts = {
          ...this.#counts,
          pass: this.#counts.pass + own.pass,
          fail: this.#counts.fail + own.fail,
          skip: this.#counts.skip + own.skip,
        }
        const mark = results.ok ? pc.green('✓') : pc.red('✗')
        const tail = own.fail > 0 ? pc.red(`, ${own.fail} failed`) : ''
        write(`${mark} ${file.name} ${pc.dim(`${own.pass} passed`)}${tail}\n`)
        const told = failures.map(text => `  ${pc.red('✗')} ${pc.dim(file.name)} ${text}`)
        for (const text of told) write(text)
        this.#failures.push(...told)
      })
    })
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Each assertion that failed, with the file and the tests it stands in and what is known of it. */
  get failures(): readonly string[] {
    return this.#failures
  }
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
