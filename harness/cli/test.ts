import { execa } from 'execa'
import pc from '../colours.js'
import { EXIT } from '../errors.js'
import { noCounts, type Counts } from '../events.js'
import { checkoutRoot } from '../paths.js'
import { during } from '../progress.js'
import { PrettyReporter } from '../report/pretty.js'
import { closingLine } from '../report/summary.js'
import { UnitTestReader } from '../report/unit-tests.js'
import { run } from '../run/run.js'
import type { CommandSpec } from './command.js'

const add = (a: Counts, b: Counts): Counts => ({
  pass: a.pass + b.pass,
  fail: a.fail + b.fail,
  skip: a.skip + b.skip,
  error: a.error + b.error,
  miss: a.miss + b.miss,
  flaky: a.flaky + b.flaky,
})

export const testCommand: CommandSpec<object> = {
  name: 'test',
  summary:
    "Test modprove itself (npm test): the harness's unit tests, then every suite on 6.1 in every flavour.",
  examples: [['modprove test', 'what CI runs']],
  options: {},
  async run({ terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    write(pc.bold('unit tests of the harness\n'))
    const units = new UnitTestReader(write)
    const unitsPassed = await during(terminal, 'running unit tests', 60, async () => {
      const tap = execa('node_modules/.bin/tap', ['--reporter=tap', '--jobs=2'], {
        cwd: checkoutRoot,
        cancelSignal: signal,
        reject: false,
        buffer: false,
        stderr: 'inherit',
      })
      tap.stdout.pipe(units.parser)
      return (await tap).exitCode === 0
    })
    signal.throwIfAborted()
    let counts = units.counts
    // A runner that failed although no test did has not run them all.
    if (!unitsPassed && counts.fail === 0) counts = add(counts, { ...noCounts, error: 1 })

    write(pc.bold('\nsuites in the guest\n'))
    const reporter = new PrettyReporter(write, { closing: false })
    const suites = await run(
      {
        suites: [],
        kernels: ['6.1'],
        flavours: ['all'],
        accelerator: 'auto',
        bail: false,
        keep: false,
        cold: false,
        coverage: false,
      },
      { signal, progress: terminal, report: event => reporter.take(event) },
    )
    write(`${closingLine(add(counts, suites.counts))}\n`)
    if (suites.exitCode !== EXIT.passed) return suites.exitCode
    return counts.fail + counts.error > 0 ? EXIT.failed : EXIT.passed
  },
}
