import type { ReplayOptions } from '../../commands/replay.js'
import type { CommandSpec } from '../command.js'
import { acceleratorOption } from '../selection.js'

export const replayCommand: CommandSpec<ReplayOptions> = {
  name: 'replay',
  args: '[failure...]',
  summary:
    'Run a test that failed again: the same kernel, module, suite and test. FAILURE is SUITE:C26 (a promise), SUITE:REGEXP, or a folder that a report names.',
  examples: [
    ['modprove replay --last', 'what failed last'],
    ['modprove replay mmap:C26', 'the newest failure of a promise'],
    [
      'modprove replay 20261120T020000Z-1a2b3c/jobs/6.1.192-plain/mmap/failures/1-c26-…',
      'one of a run',
    ],
    ['modprove replay mmap:C26 --whole', 'with the tests before it, in case it depends on them'],
    ['modprove replay --last --keep', 'the machine stays up for inspection'],
  ],
  options: {
    last: { flags: '--last', description: 'the newest failure of all' },
    whole: { flags: '--whole', description: "run all of the suite's tests, as the run did" },
    keep: { flags: '--keep', description: 'leave the machine up until Ctrl+C' },
    accel: acceleratorOption,
  },
  load: () => import('../../commands/replay.js'),
}
