import type { RunOptions } from '../../commands/run.js'
import type { CommandSpec } from '../command.js'
import {
  acceleratorOption,
  baselineOption,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
  retriesOption,
  timeoutOption,
} from '../selection.js'

export const runCommand: CommandSpec<RunOptions> = {
  name: 'run',
  args: '[suites...]',
  summary: 'Build what is missing, boot a machine a suite, run the suites, print the verdicts.',
  examples: [
    ['modprove run', 'every suite on 6.1 plain'],
    ['modprove run mmap release', 'two suites, by name; files and globs work too'],
    ['modprove run --kernel 6.1,6.12 --flavour plain,debug', 'four columns'],
    ['modprove run mmap --grep C26 --keep', 'one test; the machine stays up for inspection'],
    ['modprove run --flavour debug --coverage', 'code of the module that no test reaches'],
    [
      'modprove run --kernel all --flavour all --retries 1',
      'the matrix; a failure that passes on retry is flaky',
    ],
    ['modprove run --resume', 'continue the last interrupted run'],
    ['modprove run --reporter tap | tap-parser', 'TAP 14 on standard output'],
  ],
  options: {
    kernel: kernelOption,
    flavour: flavourOption,
    grep: { flags: '--grep <regexp>', description: 'only tests whose name matches' },
    bail: {
      flags: '--bail',
      description: 'once a test has not passed, end its suite and all others at once',
    },
    reporter: {
      flags: '--reporter <name>',
      description: 'how verdicts are printed',
      choices: ['pretty', 'tap'],
      initial: 'pretty',
    },
    keep: {
      flags: '--keep',
      description: 'leave the machine of the first failed suite, else of the last, up until Ctrl+C',
    },
    accel: acceleratorOption,
    jobs: jobsOption,
    cold: coldOption,
    coverage: {
      flags: '--coverage',
      description: 'report which lines and branches of the module ran; lcov and HTML in the record',
    },
    retries: retriesOption,
    timeout: timeoutOption,
    baseline: baselineOption,
    resume: {
      flags: '--resume [run]',
      description:
        'go on with a run that was interrupted (default: the last one of whole suites); other options come from its record',
    },
  },
  load: () => import('../../commands/run.js'),
}
