import { Parser } from 'tap-parser'
import pc from '../colours.js'
import { count, noCounts, type Counts } from '../events.js'
import type { Write } from './reporter.js'

/**
 * Reads the TAP of a run of unit-test files, tells each file as it ends, and counts their tests: the
 * subtests one level below the files. A file that failed without a failed test counts as one failure.
 */
export class UnitTestReader {
  readonly parser = new Parser()
  #counts: Counts = noCounts

  constructor(write: Write) {
    this.parser.on('child', (file: Parser) => {
      let own: Counts = noCounts
      const failures: string[] = []
      file.on(
        'assert',
        (result: { ok: boolean; skip: boolean | string; todo: boolean | string; name: string }) => {
          const status = result.skip || result.todo ? 'skip' : result.ok ? 'pass' : 'fail'
          if (status === 'fail') failures.push(result.name)
          own = count(own, status)
        },
      )
      file.on('complete', (results: { ok: boolean }) => {
        if (!results.ok && own.fail === 0) own = count(own, 'fail')
        this.#counts = {
          ...this.#counts,
          pass: this.#counts.pass + own.pass,
          fail: this.#counts.fail + own.fail,
          skip: this.#counts.skip + own.skip,
        }
        const mark = results.ok ? pc.green('✓') : pc.red('✗')
        const tail = own.fail > 0 ? pc.red(`, ${own.fail} failed`) : ''
        write(`${mark} ${file.name} ${pc.dim(`${own.pass} passed`)}${tail}\n`)
        for (const name of failures) write(`    ${pc.red('✗')} ${name}\n`)
      })
    })
  }

  get counts(): Counts {
    return this.#counts
  }
}
