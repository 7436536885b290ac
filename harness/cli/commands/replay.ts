import type { RunRequest } from '../../run/run.js'
import type { CommandSpec } from '../command.js'
import { acceleratorOption } from '../selection.js'

export interface ReplayOptions {
  whole?: boolean
  keep?: boolean
  accel: RunRequest['accelerator']
}

export const replayCommand: CommandSpec<ReplayOptions> = {
  name: 'replay',
  args: '<folder>',
  summary:
    'Run a test that failed again: the same kernel, image, suite and test. Reports name the folder.',
  examples: [
    ['modprove replay .modprove/runs/latest/jobs/6.1.192-plain/mmap/failures/1-c26-…', 'one test'],
    ['modprove replay <folder> --whole', 'with the tests before it, which may be what it needs'],
    ['modprove replay <folder> --keep', 'the machine stays up for a look'],
  ],
  options: {
    whole: { flags: '--whole', description: "run all of the suite's tests, as the run did" },
    keep: { flags: '--keep', description: 'leave the machine up until Ctrl+C' },
    accel: acceleratorOption,
  },
  load: () => import('../replay.js'),
}
