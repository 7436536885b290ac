import type { NightlyOptions } from '../../commands/nightly.js'
import type { CommandSpec } from '../command.js'
import {
  acceleratorOption,
  baselineOption,
  flavourOption,
  jobsOption,
  kernelOption,
  positive,
  retriesOption,
} from '../selection.js'

const NIGHTS = 30

export const nightlyCommand: CommandSpec<NightlyOptions> = {
  name: 'nightly',
  summary:
    'Run everything on every kernel: refresh the indexes, run, try again what failed, compare, report.',
  examples: [
    ['modprove nightly', 'all series in all flavours'],
    ['modprove nightly --kernel 6.1,6.12 --flavour plain,debug', 'four columns'],
    ['modprove nightly --baseline 20261101T0200 --nights 90', 'compared with that run, too'],
  ],
  options: {
    kernel: { ...kernelOption, description: 'as in run (default: all)' },
    flavour: { ...flavourOption, description: 'as in run (default: all)' },
    accel: acceleratorOption,
    jobs: jobsOption,
    retries: {
      ...retriesOption,
      description: 'retries of a failed test, on a fresh machine (default: 1)',
    },
    baseline: baselineOption,
    faults: {
      flags: '--no-faults',
      description: 'only run the suites: another host runs chaos and fuzz',
    },
    nights: {
      flags: '--nights <n>',
      description: 'number of newest nights whose records are kept',
      initial: NIGHTS,
      parse: positive,
    },
  },
  load: () => import('../../commands/nightly.js'),
}
