import type { CompareOptions } from '../../commands/compare.js'
import type { CommandSpec } from '../command.js'
import { baselineOption } from '../selection.js'

export const compareCommand: CommandSpec<CompareOptions> = {
  name: 'compare',
  args: '[run]',
  summary:
    'Compare the record of a run (default: the last one) with the runs before it, and add what changed to the record.',
  examples: [
    ['modprove compare', 'the last run with those before it'],
    ['modprove compare latest --baseline 20261120T0200', 'with a chosen run, too'],
    ['modprove compare merged --remember', 'a record that was merged or brought from elsewhere'],
  ],
  outlivesReader: true,
  options: {
    baseline: baselineOption,
    remember: {
      flags: '--remember',
      description: 'add the run to the history: `run` does so by itself, `merge` does not',
    },
  },
  load: () => import('../../commands/compare.js'),
}
