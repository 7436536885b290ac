import { EXIT, usageError } from '../errors.js'
import { compareWithPast, historyFile, remember } from '../history/index.js'
import { putComparisons } from '../record/put-comparisons.js'
import { findRecord } from '../record/read.js'
import { readRun } from '../record/require-run.js'
import type { RunView } from '../record/view.js'
import { newsOf } from '../report/terminal-summary.js'
import type { CommandSpec } from './command.js'
import { baselineOption } from './selection.js'

interface CompareOptions {
  baseline?: string
  remember?: boolean
}

export const compareCommand: CommandSpec<CompareOptions> = {
  name: 'compare',
  args: '[run]',
  summary:
    'Compare the record of a run (default: the last one) with the runs before it, and add what changed to the record.',
  examples: [
    ['modprove compare', 'the last run with those before it'],
    ['modprove compare latest --baseline 20261120T0200', 'with a run of ones own choice, too'],
    ['modprove compare merged --remember', 'a record that was merged or brought from elsewhere'],
  ],
  options: {
    baseline: baselineOption,
    remember: {
      flags: '--remember',
      description: 'add the run to the history: `run` does so by itself, `merge` does not',
    },
  },
  async run({ args: [name = 'latest'], options, terminal }) {
    const folder = await findRecord(name)
    const view = await readRun(folder)
    requireEnd(view, folder)
    const baseline =
      options.baseline === undefined ? undefined : await readRun(await findRecord(options.baseline))
    const comparisons = await compareWithPast(view, baseline, historyFile, text =>
      terminal.say(text),
    )
    await putComparisons(folder, comparisons)
    if (options.remember === true) await remember(view)
    terminal.print(process.stdout, newsOf({ ...view, comparisons }))
    return EXIT.passed
  },
}

function requireEnd({ start, end }: RunView, folder: string): void {
  if (end !== undefined) return
  throw usageError('RUN_NOT_ENDED', `${start.run} goes on still, or was cut off: ${folder}`, {
    remedy: `modprove run --resume ${folder} brings it to its end; then compare it`,
  })
}
