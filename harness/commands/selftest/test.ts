import { join } from 'node:path'
import { faults } from '../../selftest/chaos/faults/index.js'
import { selectFaults } from '../../selftest/chaos/select-faults.js'
import pc from '../../platform/terminal/colours.js'
import { EXIT } from '../../platform/errors.js'
import { noCounts, sum, type Counts } from '../../contract/events.js'
import { onAbort } from '../../platform/waiting/on-abort.js'
import { packageRoot } from '../../platform/files/package-root.js'
import { owned } from '../../platform/process/owned.js'
import { during } from '../../platform/terminal/progress.js'
import { runName } from '../../record/record.js'
import { viewOf } from '../../record/view.js'
import { chaosRow } from '../../report/activities/chaos.js'
import { Outline } from '../../report/terminal/outline.js'
import { PrettyReporter } from '../../report/terminal/pretty.js'
import { closingLine } from '../../report/summary.js'
import { needsAttention } from '../../report/terminal/terminal-summary.js'
import { UnitTestReader } from '../../report/activities/unit-tests.js'
import { plainRun } from '../../plan/request.js'
import { run } from '../run/run.js'
import type { Invocation } from '../invocation.js'
import { countFaults, makeAndKeep } from './keep-faults.js'

/** On two cores without anything beside. */
const UNIT_TESTS_SECONDS = 420

const section = (title: string, text: string): string =>
  text === '' ? '' : `\n${pc.bold(title)}\n${text}`

export async function execute({
  terminal,
  signal,
  project: read,
}: Invocation<object>): Promise<number> {
  const project = await read()
  const { write } = terminal
  write(pc.bold('unit tests of the harness\n'))
  const units = new UnitTestReader(write, () => signal.aborted)
  const outline = new Outline()
  /** What was known until then; what was to come is not counted. */
  const closeInterrupted = (): void => {
    if (!signal.aborted) return
    const { events } = outline
    const suites = events.length === 0 ? noCounts : viewOf(events).counts
    write(`${closingLine(sum(units.counts, suites))}\n`)
  }
  const unitsPassed = await during(terminal, 'running unit tests', UNIT_TESTS_SECONDS, async () => {
    const words = ['--reporter=tap', '--jobs=2']
    const { child, ended, kill } = owned('node_modules/.bin/tap', words, {
      cwd: packageRoot,
      // As on a terminal, so that a test that cannot read coloured words is red everywhere.
      env: { FORCE_COLOR: '1' },
    })
    using _abort = onAbort(signal, kill)
    child.stdout?.pipe(units.parser)
    child.stderr?.pipe(process.stderr)
    return (await ended).exitCode === 0
  })
  closeInterrupted()
  signal.throwIfAborted()
  let counts: Counts = units.counts
  // A runner that failed although no test did has not run them all.
  if (!unitsPassed && counts.fail === 0) counts = sum(counts, { ...noCounts, error: 1 })

  write(pc.bold('\nsuites in the guest\n'))
  const reporter = new PrettyReporter(write, { closing: false })
  const suites = await run(
    {
      suites: [],
      kernels: ['6.1'],
      flavours: ['all'],
      accelerator: 'auto',
      ...plainRun,
    },
    {
      project,
      signal,
      progress: terminal,
      report(event) {
        reporter.take(event)
        outline.take(event)
      },
    },
  ).finally(closeInterrupted)
  counts = sum(counts, suites.counts)

  write(pc.bold('\nfaults made for real\n'))
  const folder = join(project.state, 'chaos', runName(new Date()))
  const quick = selectFaults(faults, [], true)
  const faulty = await makeAndKeep(quick, folder, { kernel: '6.1', seed: 1, signal, terminal })
  counts = sum(counts, countFaults(faulty))

  // Printed again: it is thousands of lines above, and a log may keep only its end.
  write(section('unit tests that failed', units.failures.join('')))
  write(needsAttention(viewOf(outline.events)))
  const odd = faulty.filter(({ ok }) => !ok).map(chaosRow)
  write(section('faults that went otherwise', odd.join('')))
  write(`${closingLine(counts)}\n`)
  if (suites.exitCode !== EXIT.passed) return suites.exitCode
  return counts.fail + counts.error > 0 ? EXIT.failed : EXIT.passed
}
