import type { SoakOptions } from '../../commands/soak.js'
import type { CommandSpec } from '../command.js'
import {
  acceleratorOption,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
  positive,
} from '../selection.js'

const RUNS = 200

export const soakCommand: CommandSpec<SoakOptions> = {
  name: 'soak',
  args: '[suites...]',
  summary:
    'Run the suites repeatedly: none may fail, and files, processes, descriptors and memory may not grow.',
  examples: [
    [
      'modprove soak',
      `${RUNS} runs of every suite on 6.1 plain and debug; ends at the first failure`,
    ],
    ['modprove soak --runs 20 --flavour plain', 'fewer, and on one flavour'],
    [
      'modprove soak --runs 20 --flavour plain --cold',
      'the same on machines that boot, none restored',
    ],
  ],
  options: {
    runs: {
      flags: '--runs <n>',
      description: 'how often',
      initial: RUNS,
      parse: positive,
    },
    kernel: kernelOption,
    flavour: { ...flavourOption, description: 'as in run (default: plain,debug)' },
    accel: acceleratorOption,
    cold: coldOption,
    jobs: jobsOption,
  },
  load: () => import('../../commands/soak.js'),
}
